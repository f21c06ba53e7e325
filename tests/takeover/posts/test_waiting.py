"""What its author is told of a file between its last byte and the worker that takes it in."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import event, select

from takeover.clock import now
from takeover.media.uploads import completing
from takeover.media.uploads.models import Upload
from takeover.posts import submitting
from takeover.posts.models import PostState
from takeover.posts.submitting import fulfil_waiting
from takeover.schedule import run_once
from tests.preparing import a_draft, a_photo
from tests.takeover.media.uploads.speaking import Tus, in_words


@pytest.fixture
def zofia(browse, cast):
    return Tus(browse(cast.zofia))


@pytest.fixture
def held(monkeypatch):
    """Every file is large, and no worker comes."""
    handed_out = []
    monkeypatch.setattr(completing, "AT_ONCE", 1)
    monkeypatch.setattr(completing, "hand_out", lambda task, id: handed_out.append((task.name, id)))
    return handed_out


def send(zofia, post, data, *, name="late.jpg"):
    told = in_words(post=str(post.id), filename=name)
    path = zofia.begin(len(data), Upload_Metadata=told)
    assert zofia.patch(path, 0, data).status_code == 204


def test_who_has_sent_all_of_a_file_is_not_asked_to_go_on_sending(zofia, cast, session, held, app):
    post = a_draft(session, cast)
    send(zofia, post, a_photo("late"))

    own, mine = zofia.browser.get(f"/posts/{post.id}"), zofia.browser.get("/my-week")
    for page in (own, mine):
        assert not page.says("Not all of it has arrived")
        assert not page.says("Go on sending")
        assert page.says("We are making it ready.")
        assert 'hx-trigger="every 2s"' in page.html  # soon
    assert own.says("Waits its turn to be prepared")
    assert not own.says("On its way to us")
    assert "/edit" not in mine.html
    composer = zofia.browser.get(f"/posts/{post.id}/edit")
    assert composer.says("It has arrived, and waits its turn to be made ready.")
    assert not composer.says("Not here as a whole yet.")

    session.commit()
    for name, row_id in held:
        app.extensions["work"].run(name, row_id)
    assert zofia.browser.get(f"/posts/{post.id}").says("Submit it when you are happy with it.")


def test_who_submits_while_the_last_bytes_come_is_told_that_it_is_on_its_way(
    zofia, cast, session, held
):
    post = a_draft(session, cast)
    data = a_photo("late")
    path = zofia.begin(len(data), Upload_Metadata=in_words(post=str(post.id)))
    page = zofia.browser.get(f"/posts/{post.id}/edit").submit("Submit")
    assert page.says("Not all of it has arrived")
    (looks_again,) = (e for e in page.tree.iter("div") if e.get("id") == "page")

    def look_again():
        return zofia.browser.fetch(looks_again.get("hx-get"), headers={"HX-Request": "true"})

    assert look_again().status_code == 204
    zofia.patch(path, 0, data)

    assert "On its way to comms" in look_again().text
    assert "Not all of it has arrived" not in look_again().text


def test_a_card_says_so_as_soon_as_the_last_byte_has_come(zofia, cast, session, held):
    post = a_draft(session, cast)
    data = a_photo("late")
    path = zofia.begin(len(data), Upload_Metadata=in_words(post=str(post.id)))
    session.expire_all()
    picture = post.pictures[1].id
    page = zofia.browser.get(f"/posts/{post.id}/edit")
    (card,) = (e for e in page.tree.iter("div") if e.get("id") == f"picture-{picture}-now")
    assert card.get("data-state") == "arriving"

    zofia.patch(path, 0, data)

    card = zofia.browser.fetch(card.get("hx-get")).text
    assert "It has arrived, and waits its turn" in card
    assert 'data-state="received"' in card


def test_a_refusal_names_its_file_when_its_upload_is_long_forgotten(zofia, cast, session, app):
    post = a_draft(session, cast)
    send(zofia, post, b"%PDF-1.7 " + bytes(50), name="notes.pdf")
    session.commit()

    with time_machine.travel(now() + timedelta(days=1, minutes=1)):
        run_once(app, "tidy_uploads")

    assert session.scalars(select(Upload)).all() == []
    for page in (f"/posts/{post.id}", "/my-week"):
        assert zofia.browser.get(page).says("notes.pdf: This is a document.")
    assert zofia.browser.get(f"/posts/{post.id}/edit").says("notes.pdf This is a document.")


def test_a_refusal_names_a_file_that_came_with_the_form(zofia, cast, session):
    post = a_draft(session, cast)
    data = a_photo("half")
    half = (BytesIO(data[: len(data) // 2]), "half.jpg")

    zofia.browser.get(f"/posts/{post.id}/edit").submit("Keep as draft", photos=half)

    assert zofia.browser.get(f"/posts/{post.id}").says("half.jpg: A part of this picture")


def test_my_week_asks_the_database_as_often_for_many_refusals_as_for_one(zofia, cast, session):
    def asked() -> int:
        statements = []

        def note(_connection, _cursor, statement, *_more):
            statements.append(statement)

        session.commit()
        event.listen(session.get_bind(), "before_cursor_execute", note)
        try:
            assert zofia.browser.get("/my-week").says("notes.pdf: This is a document.")
        finally:
            event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(statements)

    def refused(name):
        post = a_draft(session, cast, caption=name)
        send(zofia, post, b"%PDF-1.7 " + bytes(50), name="notes.pdf")

    refused("One")
    once = asked()
    for name in ("Two", "Three", "Four"):
        refused(name)

    assert asked() == once


def test_a_post_that_cannot_be_sent_to_comms_keeps_no_other_waiting(
    zofia, cast, session, monkeypatch, caplog
):
    posts = [a_draft(session, cast, caption=words) for words in ("Sick", "Well")]
    for post in posts:
        post.submit_asked_at = now()
    session.commit()
    sick = posts[0].id
    submit = submitting.submit

    def failing(post, **facts):
        if post.id == sick:
            raise RuntimeError("a row that nobody can read")
        submit(post, **facts)

    with monkeypatch.context() as broken:
        broken.setattr(submitting, "submit", failing)
        fulfil_waiting()
    session.expire_all()
    assert [post.state for post in posts] == [PostState.DRAFT, PostState.SUBMITTED]
    (told,) = (one for one in caplog.records if one.msg == "post not submitted")
    assert told.post_id == sick

    fulfil_waiting()
    session.expire_all()
    assert [post.state for post in posts] == [PostState.SUBMITTED] * 2
