"""What an author reads of a post that is on its way out: nothing that is not so."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from takeover.clock import now
from takeover.mail.models import Message
from takeover.posts.ahead import what_is_ahead
from takeover.posts.events import note
from takeover.posts.models import PostState
from takeover.posts.telling import tell_taken_down
from takeover.posts.words import LATER, SOON, told, what_has_happened
from tests.cast import NOW
from tests.preparing import an_approved_post


def told_at(post, at):
    return told(post, at=at, ahead=what_is_ahead([post], at=at).get(post.id))


def test_what_is_due_is_going_out_now(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)

    words = told_at(post, NOW + timedelta(seconds=30))

    assert (words.word, words.look_again) == ("Going out now", SOON)


def test_what_is_late_is_not_said_to_be_going_out_in_a_moment(browse, session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)

    with time_machine.travel(NOW + timedelta(minutes=5)):
        page = browse(cast.zofia).get(f"/posts/{post.id}")

    assert page.says("Approved, and late")
    assert page.says("It is late, and goes out as soon as the account takes it.")
    assert not page.says("in a moment")
    assert told_at(post, NOW + timedelta(minutes=5)).look_again == LATER


def test_what_instagram_turned_out_to_have_unpublished_was_not_approved_again(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    for state in (PostState.PUBLISHING, PostState.UNCERTAIN, PostState.APPROVED):
        post.move(state, by=None, at=now())
    session.commit()

    lines = [event.words for event in what_has_happened(post)]

    assert lines.count("Comms approved it") == 1
    assert lines[-1] == "It was not on the account, and waits for another try"


def test_what_only_a_newer_release_has_words_for_is_left_out(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    before = [event.words for event in what_has_happened(post)]

    note(post, "of_another_release", at=now(), reason="other")

    assert [event.words for event in what_has_happened(post)] == before


@pytest.mark.parametrize("name", ["ada", "amir"])
def test_whoever_asked_for_a_takedown_is_led_to_a_page_they_may_see(browse, session, cast, name):
    post, asker = an_approved_post(session, cast, slot_at=NOW), getattr(cast, name)
    post.move(PostState.PUBLISHING, by=None, at=now())
    post.published_at = NOW
    for state in (PostState.PUBLISHED, PostState.TAKEN_DOWN):
        post.move(state, by=None, at=now())
    tell_taken_down(post, session=session, asked_by=asker.id, at=now())
    session.commit()

    letter = session.scalars(select(Message).where(Message.address == asker.email)).one()
    assert f"http://localhost/posts/{post.id}/take-down" in letter.text
    page = browse(asker).get(f"/posts/{post.id}/take-down")
    assert page.says("It is no longer on the account")
    for where in page.links.values():
        if where.startswith("/queue/"):
            assert browse(asker).get(where).status == 200
