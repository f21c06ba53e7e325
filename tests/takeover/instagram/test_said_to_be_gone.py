"""What a person says is gone from the account: looked for, on the record, and taken back."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.graph.publisher import GraphPublisher
from takeover.instagram.models import Alarm, Takedown
from takeover.instagram.publisher import OutcomeUnknown, Reason
from takeover.mail.models import Message
from takeover.posts.models import PostState, Surface
from tests.takeover.instagram.test_views_takedown import connect, published_officially

NOBODY = "Nobody can see it on @a_week_at_nordwerk any more."


@pytest.fixture
def shows(session, cast, published, monkeypatch):
    """`shows["is"]`: whether the account shows the post, which a person has to take down; or what
    is raised."""
    published_officially(session, published)
    connect(session, cast, "instagram")
    answer = {"is": True}

    def still_shows(self, on):
        if isinstance(answer["is"], Exception):
            raise answer["is"]
        return answer["is"]

    monkeypatch.setattr(GraphPublisher, "still_shows", still_shows)
    return answer


UNREADABLE = OutcomeUnknown("500", reason=Reason.TEMPORARY)


def asked_by_hand(browser, post):
    return browser.get(f"/posts/{post.id}/take-down").submit("Have it taken down by hand")


def said_gone(browser, post):
    """However often it takes to be believed."""
    page = asked_by_hand(browser, post).submit("It is gone")
    for words in ("It is gone all the same", "Yes, it is gone"):
        if page.says(words):
            return page.submit(words)
    return page


def entries(session, action):
    found = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
    return [(one.by_id, one.facts) for one in session.scalars(found)]


def test_what_nobody_could_look_for_is_asked_about_once(browse, session, cast, published, shows):
    shows["is"] = UNREADABLE
    amir = browse(cast.amir)
    asked_by_hand(amir, published)

    page = amir.get("/posts").submit("It is gone")
    assert page.path == f"/posts/{published.id}/take-down"  # Back and a reload send nothing
    assert page.says("Is it gone from @a_week_at_nordwerk?")
    assert page.says("The app could not look there itself.")
    session.expire_all()
    assert published.state is PostState.PUBLISHED

    page.submit("Yes, it is gone")
    session.expire_all()
    assert published.state is PostState.TAKEN_DOWN


SEEN = {"there": True, "gone": False, "unknown": UNREADABLE}


@pytest.mark.parametrize("seen", SEEN)
def test_the_record_says_who_said_so_and_what_the_app_saw(
    browse, session, cast, published, shows, seen
):
    shows["is"] = SEEN[seen]
    said_gone(browse(cast.amir), published)

    assert entries(session, "taken_down") == [(cast.amir.id, {"seen": seen})]


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ("there", "When the app looked, Instagram still showed it."),
        ("unknown", "The app could not look."),
    ],
)
def test_what_was_not_seen_to_go_is_a_persons_word_on_every_page(
    browse, session, cast, published, shows, seen, words
):
    shows["is"] = SEEN[seen]
    amir, zofia = browse(cast.amir), browse(cast.zofia)
    page = said_gone(amir, published)

    assert page.says("Amir Haddad says that it is gone")
    assert page.says(words)
    for shown in (page, zofia.get(f"/posts/{published.id}/take-down")):
        assert not shown.says(NOBODY)
        assert not shown.says("It is no longer on the account")
    for shown in (zofia.get("/my-week"), amir.get("/calendar"), amir.get(f"/queue/{published.id}")):
        assert shown.says("Said to be gone")
        assert not shown.says("Taken down")
    page = zofia.get(f"/posts/{published.id}")
    assert page.says("Comms says that it is no longer on the account.")
    assert page.says("Comms said that it is gone from the account")
    assert amir.get(f"/queue/{published.id}").says("Comms said that it is gone from the account")
    letters = session.scalars(select(Message.text).where(Message.kind == "taken_down")).all()
    assert letters
    assert all("Amir Haddad says that it is gone" in text for text in letters)
    assert not any("Nobody can see it" in text for text in letters)


def test_a_story_whose_day_is_over_is_gone_whoever_said_so(browse, session, cast, published, shows):
    shows["is"] = UNREADABLE
    published.surface = Surface.STORY
    session.commit()
    said_gone(browse(cast.amir), published)
    assert browse(cast.zofia).get(f"/posts/{published.id}").says("Said to be gone")

    with time_machine.travel(now() + timedelta(days=3), tick=True):
        for person, path in ((cast.zofia, "posts"), (cast.amir, "queue")):
            page = browse(person).get(f"/{path}/{published.id}")
            assert page.says("Taken down")
            assert not page.says("Said to be gone")


def test_nobody_waits_for_a_story_that_was_to_be_taken_down_once_its_day_is_over(
    browse, session, cast, published, shows
):
    published.surface = Surface.STORY
    session.commit()
    asked_by_hand(browse(cast.amir), published)
    path = f"/posts/{published.id}"
    assert "hx-trigger" in browse(cast.zofia).get(path).html

    with time_machine.travel(now() + timedelta(days=3), tick=True):
        assert "hx-trigger" not in browse(cast.zofia).get(path).html


def test_a_page_that_leads_to_it_looks_again_once_its_address_is_another(
    browse, session, cast, published, shows
):
    page = asked_by_hand(browse(cast.amir), published)
    (address,) = page.tree.xpath("//@hx-get")
    amir = browse(cast.amir)
    assert amir.fetch(address, headers={"HX-Request": "true"}).status_code == 204

    published.permalink = "https://www.instagram.com/p/C0ffee54321/"
    session.commit()

    answer = amir.fetch(address, headers={"HX-Request": "true"})
    assert published.permalink in answer.get_data(as_text=True)


def test_what_was_seen_to_go_is_said_as_seen(browse, cast, published, shows):
    shows["is"] = False
    page = said_gone(browse(cast.amir), published)

    assert page.says("It is no longer on the account")
    assert page.says("Amir Haddad says so")
    assert page.says("@a_week_at_nordwerk does not show it any more.")


def test_what_the_app_took_down_is_its_own_word(browse, cast, published, tick):
    amir, path = browse(cast.amir), f"/posts/{published.id}/take-down"
    amir.get(path).submit("Take it down")
    tick()

    assert amir.get(path).says(NOBODY)
    assert amir.get(path).says("The app took it down")


@pytest.mark.parametrize("who", ["amir", "zofia"])
def test_who_finds_it_still_there_says_so_and_comms_has_it_to_do_again(
    browse, session, cast, published, shows, who
):
    shows["is"] = UNREADABLE
    amir = browse(cast.amir)
    said_gone(amir, published)
    told = session.scalars(select(Message).where(Message.kind == "alarm")).all()

    page = browse(getattr(cast, who)).get(f"/posts/{published.id}/take-down")
    page = page.submit("It is still on the account")

    assert page.says("It has to be taken down by hand")
    assert page.says(f"{getattr(cast, who).name} found it still there")
    session.expire_all()
    asked = session.get(Takedown, published.id)
    assert (published.state, asked.by_hand, asked.done_at) == (PostState.PUBLISHED, True, None)
    by = getattr(cast, who).id
    assert entries(session, "found_still_there") == [(by, {"seen": "unknown"})]
    assert amir.get("/posts").says("Take it down from @a_week_at_nordwerk by hand")
    assert amir.get(f"/queue/{published.id}").says("It was found to be still on the account")
    assert browse(cast.zofia).get(f"/posts/{published.id}").says("To be taken down")
    letters = session.scalars(
        select(Message).where(Message.kind == "alarm").order_by(Message.id)
    ).all()
    assert len(letters) == 2 * len(told)
    assert "It was said to be gone, and is still there" in letters[-1].text
    assert len(session.scalars(select(Alarm).where(Alarm.ended_at.is_(None))).all()) == 1


def test_what_the_account_shows_no_more_is_said_before_it_is_taken_up_again(
    browse, session, cast, published, shows
):
    shows["is"] = False
    page = said_gone(browse(cast.amir), published).submit("It is still on the account")

    assert page.path == f"/posts/{published.id}/take-down"
    assert page.says("The account does not show it any more")
    session.expire_all()
    assert published.state is PostState.TAKEN_DOWN

    page.submit("I still see it there")
    session.expire_all()
    assert published.state is PostState.PUBLISHED
    assert entries(session, "found_still_there") == [(cast.amir.id, {"seen": "gone"})]


def test_who_was_told_that_it_is_gone_is_told_again_once_it_is(
    browse, session, cast, published, shows
):
    shows["is"] = False
    amir = browse(cast.amir)
    said_gone(amir, published)
    shows["is"] = True
    page = amir.get(f"/posts/{published.id}/take-down").submit("It is still on the account")
    shows["is"] = False
    page.submit("It is gone")

    session.expire_all()
    assert published.state is PostState.TAKEN_DOWN
    letters = session.scalars(
        select(Message.person_id).where(Message.kind == "taken_down").order_by(Message.id)
    ).all()
    assert sorted(letters) == sorted([cast.zofia.id, cast.amir.id] * 2)


def test_a_second_press_of_either_changes_nothing_more(browse, session, cast, published, shows):
    shows["is"] = UNREADABLE
    amir = browse(cast.amir)
    done = said_gone(amir, published)
    for _ in range(2):
        page = done.submit("It is still on the account")

    assert page.says("It has to be taken down by hand")
    assert len(entries(session, "found_still_there")) == 1


@pytest.mark.parametrize("who", ["hanna", "noe"])
def test_nobody_else_can_say_that_it_is_still_there(browse, session, cast, published, shows, who):
    shows["is"] = UNREADABLE
    said_gone(browse(cast.amir), published)
    browser = browse(getattr(cast, who))

    answer = browser.post(f"/posts/{published.id}/still-there", csrf_token="")

    assert answer.status in {400, 404}
    session.expire_all()
    assert published.state is PostState.TAKEN_DOWN
