"""The sandbox account's page, and connecting a real account."""

import json
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.models import Connection, SandboxItem, SandboxPost
from takeover.instagram.permalinks import NotAPermalink, on_account
from takeover.instagram.sealing import unseal
from takeover.posts.models import Surface
from tests.conftest import settings_for
from tests.preparing import a_photo

FEED = "/sandbox/a_week_at_nordwerk"
SESSION = {
    "uuids": {},
    "cookies": {"sessionid": "4242%3Aabc%3A1"},
    "authorization_data": {"ds_user_id": "4242", "sessionid": "4242%3Aabc%3A1"},
}


def a_post(session, *, caption="Sparks fly", size=(1080, 1350)):
    post = SandboxPost(
        account="a_week_at_nordwerk",
        client_id=caption,
        caption=caption,
        published_at=now(),
    )
    post.items = [SandboxItem(alt_text="A welder", picture=a_photo(caption, size=size))]
    session.add(post)
    session.commit()
    return post


def test_the_account_shows_its_posts_the_latest_first(browse, cast, session):
    a_post(session, caption="Monday morning")
    newest = a_post(session, caption="Tuesday morning", size=(1080, 566))

    page = browse(cast.zofia).get(FEED)

    assert page.says("2 posts")
    assert page.text.index("Tuesday morning") < page.text.index("Monday morning")
    picture = next(e for e in page.tree.iter("img"))
    assert picture.get("src") == f"/sandbox/photo/{newest.items[0].id}"
    assert (picture.get("width"), picture.get("height")) == ("1080", "566")
    answer = browse(cast.zofia).fetch(picture.get("src"))
    with Image.open(BytesIO(answer.data)) as shown:
        assert shown.size == (1080, 566)


def test_a_new_post_is_seen_to_appear(browse, cast, session):
    zofia = browse(cast.zofia)
    page = zofia.get(FEED)
    assert page.says("Nothing here yet")
    again = next(e.get("hx-get") for e in page.tree.iter("div") if e.get("hx-get"))
    look = lambda: zofia.fetch(again, headers={"HX-Request": "true"})  # noqa: E731
    assert look().status_code == 204

    a_post(session)

    assert "Sparks fly" in look().text


def test_only_people_signed_in_see_it(browse, cast, session):
    post = a_post(session)

    for path in (FEED, f"/sandbox/photo/{post.items[0].id}"):
        assert browse().fetch(path).status_code == 403
    assert browse(cast.zofia).get("/sandbox/somebody_else").status == 404
    assert browse(cast.zofia).fetch("/sandbox/photo/99").status_code == 404


def test_there_is_no_sandbox_where_posts_go_to_instagram(
    app, browse, cast, session, monkeypatch, tmp_path
):
    post = a_post(session)
    zofia = browse(cast.zofia)
    changed = settings_for(
        app.extensions["settings"].database_url, tmp_path, publisher="instagrapi"
    )
    monkeypatch.setitem(app.extensions, "settings", changed)

    assert zofia.get(FEED).status == 404
    assert zofia.fetch(f"/sandbox/photo/{post.items[0].id}").status_code == 404


@pytest.fixture
def connect(app, tmp_path, session):
    """Runs the command as an operator does."""
    runner = app.test_cli_runner()

    def run(saved, *, programme="a-week-in-a-life", publisher="instagrapi"):
        file = tmp_path / "session.json"
        file.write_bytes(saved if isinstance(saved, bytes) else json.dumps(saved).encode())
        session.commit()
        words = ["--programme", programme, "--publisher", publisher, "--session-file", str(file)]
        result = runner.invoke(args=["account", "connect", *words])
        session.expire_all()
        return result

    return run


def test_an_account_is_connected_by_a_session_that_a_person_made(connect, cast, session):
    result = connect(SESSION)

    assert result.exit_code == 0, result.output
    assert "@a_week_at_nordwerk" in result.output
    connection = session.scalars(select(Connection)).one()
    assert json.loads(unseal(connection.sealed_session)) == SESSION
    assert b"sessionid" not in connection.sealed_session
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "account_connected"))
    assert "4242" not in json.dumps(entry.one().facts)


def test_connecting_again_lets_a_stopped_account_go_on(connect, cast, session):
    connect(SESSION)
    stopped = session.scalars(select(Connection)).one()
    stopped.stopped_at, stopped.trouble = now(), "challenge_required"

    connect(SESSION | {"renewed": True})

    connection = session.scalars(select(Connection)).one()
    assert connection.stopped_at is None
    assert connection.trouble == ""
    assert json.loads(unseal(connection.sealed_session))["renewed"]


@pytest.mark.parametrize("saved", [b"", b"hello", [], {}, {"cookies": {}}, b"[" * 9999, b"\xff"])
def test_what_is_no_session_gets_a_sentence(connect, cast, session, saved):
    result = connect(saved)

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "Traceback" not in result.output
    assert session.scalars(select(Connection)).all() == []


def test_an_unknown_programme_or_file_gets_a_sentence(app, connect, cast):
    assert "The programmes are: a-week-in-a-life." in connect(SESSION, programme="x").output
    words = ["--programme", "x", "--publisher", "instagrapi", "--session-file", "/nowhere.json"]
    result = app.test_cli_runner().invoke(args=["account", "connect", *words])
    assert "There is no file /nowhere.json" in result.output


def test_without_a_secret_key_nothing_can_be_sealed(app, connect, cast, tmp_path, monkeypatch):
    url = app.extensions["settings"].database_url
    monkeypatch.setitem(app.extensions, "settings", settings_for(url, tmp_path, secret_key=""))

    result = connect(SESSION)

    assert result.exit_code == 1
    assert "SECRET_KEY is missing" in result.output


def test_a_copied_address_says_which_post_it_is_whatever_publishes_where_nothing_is_connected(app):
    # The code and its number, as the client's own codec has them.
    ours = {"door": "instagrapi", "handle": {"account_pk": "42"}, "account": "a.week"}
    feed, story = ours | {"surface": Surface.FEED}, ours | {"surface": Surface.STORY}
    found = on_account(" https://www.instagram.com/A.Week/p/B1LbfVPlwIA/?igsh=x ", **feed)

    assert found.media_id == "2110901750722920960_42"
    assert found.permalink == "https://www.instagram.com/p/B1LbfVPlwIA/"
    for copied, media_id, where in (
        ("/reel/B1LbfVPlwIA", "2110901750722920960_42", "/reel/B1LbfVPlwIA/"),
        ("/a.week/reel/B1LbfVPlwIA/?hl=fr", "2110901750722920960_42", "/reel/B1LbfVPlwIA/"),
        ("/stories/a.week/3400000000000000001", "3400000000000000001_42",
         "/stories/a.week/3400000000000000001/"),
    ):  # fmt: skip
        facts = story if "stories" in copied else feed
        found = on_account(f"https://instagram.com{copied}", **facts)
        assert (found.media_id, found.permalink) == (media_id, f"https://www.instagram.com{where}")
    for wrong in (
        "https://www.instagram.com/a.week/",
        "https://www.instagram.com/somebody/p/B1LbfVPlwIA/",
        "https://www.instagram.com/stories/a.week/",
        "https://www.instagram.com/stories/highlights/x/",
        "https://evil.example/p/B1LbfVPlwIA/",
        "/p/B1LbfVPlwIA/",
        "javascript:/p/B1LbfVPlwIA/",
        "javascript://www.instagram.com/p/B1LbfVPlwIA/",
        "https://www.instagram.com/p/éèàçù/",
        "http://[",
    ):
        with pytest.raises(NotAPermalink):
            on_account(wrong, **feed)
    for wrong, facts in (
        ("/p/B1LbfVPlwIA/", story),
        ("/stories/a.week/3400000000000000001", feed),
        ("/stories/somebody/3400000000000000001", story),
    ):
        with pytest.raises(NotAPermalink):
            on_account(f"https://www.instagram.com{wrong}", **facts)


def test_a_copied_address_of_the_sandbox_leads_nowhere_else(app):
    ours = {"door": "sandbox", "handle": {}, "account": "nordwerk", "surface": Surface.FEED}
    for copied in (
        "http://localhost/sandbox/nordwerk#post-7",
        "https://evil.example/sandbox/nordwerk#post-7",
        "javascript:/sandbox/nordwerk#post-7",
    ):
        found = on_account(copied, **ours)
        assert found.permalink == "http://localhost/sandbox/nordwerk#post-7"
        assert found.media_id == "sandbox-7"
    for wrong in ("http://[", "/sandbox/#post-7", "/sandbox/another#post-7", "/sandbox/nordwerk#7"):
        with pytest.raises(NotAPermalink):
            on_account(wrong, **ours)
