"""A page that was opened before somebody else did something: it shows and does nothing of that."""

from datetime import timedelta

import pytest

from takeover.clock import now
from takeover.posts.drafting import take_back, withdraw
from takeover.posts.models import PostState
from takeover.programmes.pausing import open_pause, pause, resume
from tests.cast import NOW
from tests.moderation.test_not_out import not_out
from tests.moderation.test_tapped_twice import in_doubt
from tests.preparing import an_approved_post

WAYS = {"move": "Move it there", "now": "Publish now"}


def a_pause_is_over(session, cast):
    pause(cast.programme, session=session, reason="", by=cast.lea, at=now())
    resume(cast.programme, session=session, by=cast.lea, at=now())
    session.commit()


@pytest.mark.parametrize(("way", "button"), WAYS.items())
def test_what_its_author_has_taken_back_is_shown_to_nobody_else(browse, cast, session, way, button):
    post = an_approved_post(session, cast)
    amir = browse(cast.amir)
    page = amir.get(f"/calendar/posts/{post.id}/{way}")
    take_back(post, by=cast.zofia, at=now())
    post.caption = "Not for you"
    session.commit()

    for answer in (page.submit(button), amir.get(f"/calendar/posts/{post.id}/{way}")):
        assert not answer.says("Not for you")
        assert "<img" not in answer.html
        assert answer.says("Its author has taken it back.")
    assert page.submit(button).status == 422


def test_what_its_author_has_taken_out_is_shown_to_nobody_else(browse, cast, session):
    post = an_approved_post(session, cast, caption="Not for you")
    withdraw(post, by=cast.zofia, at=now())
    session.commit()

    for way in WAYS:
        page = browse(cast.amir).get(f"/calendar/posts/{post.id}/{way}")
        assert not page.says("Not for you")
        assert "<img" not in page.html


def test_what_a_pause_has_held_up_since_is_not_said_to_be_on_its_way(browse, cast, session):
    post = an_approved_post(session, cast, slot_at=NOW + timedelta(hours=1))
    page = browse(cast.amir).get(f"/calendar/posts/{post.id}/now")
    browse(cast.lea).get(f"/calendar/posts/{post.id}/now").submit("Publish now")
    a_pause_is_over(session, cast)

    answer = page.submit("Publish now")

    assert answer.status == 422
    assert answer.says(
        "Léa Martin has moved it in the meantime. Its time came while everything was paused."
    )
    assert not answer.says("on its way")
    assert post.state is PostState.APPROVED


def test_a_reason_that_a_colleague_has_written_since_is_shown_and_not_replaced(
    browse, cast, session
):
    pause(cast.programme, session=session, reason="", by=cast.lea, at=now())
    session.commit()
    page = browse(cast.amir).get("/pause")
    browse(cast.olga).get("/pause").submit("Save the reason", reason="Legal\r\nhold")

    answer = page.submit("Save the reason", reason="A rumour")

    assert answer.status == 422
    assert answer.says("Somebody has written why in the meantime: “Legal hold”")
    assert open_pause(session, cast.programme.id).reason == "Legal\r\nhold"
    assert answer.submit("Save the reason").says("Saved.")  # they have read it by now
    assert open_pause(session, cast.programme.id).reason == "A rumour"


def test_that_it_is_not_there_was_said_of_what_was_sent_before_and_not_since(browse, cast, session):
    post = in_doubt(session, cast)
    page = browse(cast.amir).get("/posts")
    for state in (PostState.FAILED, PostState.APPROVED, PostState.PUBLISHING, PostState.UNCERTAIN):
        post.move(state, by=None, at=now())
    session.commit()

    answer = page.submit("It is not there")

    assert answer.status == 422
    assert post.state is PostState.UNCERTAIN
    answer.submit("It is not there")
    assert post.state is PostState.FAILED


def test_what_was_to_be_placed_again_and_was_tried_since_is_looked_at_first(browse, cast, session):
    post = not_out(session, cast)
    page = browse(cast.amir).get("/posts")
    for state in (PostState.APPROVED, PostState.PUBLISHING, PostState.FAILED):
        post.move(state, by=None, at=now())
    session.commit()

    answer = page.submit("Place again")

    assert answer.status == 422
    assert post.state is PostState.FAILED
    answer.submit("Place again")
    assert post.state is PostState.APPROVED


def test_what_a_pause_held_up_and_was_tried_since_is_not_placed_from_there(browse, cast, session):
    post = an_approved_post(session, cast, slot_at=NOW - timedelta(hours=1))
    a_pause_is_over(session, cast)
    page = browse(cast.amir).get("/pause")
    for state in (PostState.PUBLISHING, PostState.FAILED):
        post.move(state, by=None, at=now())
    session.commit()

    answer = page.submit("Place again")

    assert answer.status == 422
    assert post.state is PostState.FAILED
