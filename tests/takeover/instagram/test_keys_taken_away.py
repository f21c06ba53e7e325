"""Whoever disconnects, stops or connects an account anew while something is on its way to it:
nothing more leaves by the former keys."""

import json
from threading import Thread

import pytest
from sqlalchemy import select

from takeover.clock import now
from takeover.db import db
from takeover.instagram.connecting import connect
from takeover.instagram.doors import lock_connection
from takeover.instagram.looking_after import disconnect
from takeover.instagram.models import Publication
from takeover.instagram.publisher import AccountNeedsPerson, OnAccount, Reason
from takeover.instagram.recording import stop_account
from takeover.posts.digest import digest_of
from takeover.posts.models import PostState
from takeover.programmes.models import Programme
from takeover.programmes.pausing import lock_programme
from tests.cast import NOW
from tests.preparing import an_approved_post
from tests.takeover.instagram.test_publishing import Door
from tests.takeover.instagram.test_waiting import MINUTE, SECOND, clock, turn

pytestmark = pytest.mark.each_database

__all__ = ["clock", "turn"]

DEEDS = ["disconnected", "stopped", "connected anew"]
KEYS = {"host": "facebook", "ig_user_id": "17841400000000001", "user_token": "EAA"}
OTHERS = {**KEYS, "ig_user_id": "17841400000000002"}


def connected(programme, *, session, saved=KEYS, publisher="graph", at=NOW):
    text = json.dumps(saved)
    connect(programme, session=session, publisher=publisher, saved=text, by=None, at=at)
    session.commit()


def done_elsewhere(what):
    """By another process, in a transaction of its own."""
    with db.sessionmaker() as web:
        programme = web.scalars(select(Programme)).one()
        match what:
            case "disconnected":
                connection = lock_connection(web, programme.id)
                seen = connection.connected_at
                disconnect(connection, session=web, seen=seen, by=None, at=now())
            case "stopped":
                error, since = AccountNeedsPerson("no", reason=Reason.SPAM_BLOCK), NOW
                stop_account(web, programme.id, error, at=now(), connected_at=since)
            case "connected anew":
                connected(programme, session=web, saved=OTHERS, at=now())
        web.commit()


@pytest.mark.parametrize("what", DEEDS)
def test_what_is_being_uploaded_then_is_not_sent_by_the_former_keys(
    session, cast, turn, clock, what
):
    post = an_approved_post(session, cast, slot_at=NOW)
    connected(cast.programme, session=session)
    clock.shift(SECOND)
    former = Door(meanwhile=lambda: done_elsewhere(what))

    turn(former)

    assert len(former.handles) == 1
    assert (former.sent, post.state) == (0, PostState.APPROVED)
    assert session.get(Publication, post.id).sent_at is None


@pytest.mark.parametrize("what", DEEDS)
def test_what_lies_ready_is_not_sent_by_keys_that_ended_while_its_slot_was_waited_for(
    session, cast, turn, clock, what
):
    post = an_approved_post(session, cast, slot_at=NOW + 10 * MINUTE)
    connected(cast.programme, session=session)
    former = Door()
    turn(former)
    assert session.get(Publication, post.id).prepared_at is not None
    clock.move_to(post.slot_at)
    former.quota = lambda: done_elsewhere(what)

    turn(former)

    assert (former.sent, post.state) == (0, PostState.APPROVED)


def test_no_comment_is_written_by_them_either(session, cast, turn, clock):
    class Tended(Door):
        comments = 0

        def publish(self, outgoing, handle):
            self.sent += 1
            return OnAccount(media_id="1", permalink="")

        def permalink_of(self, on):
            done_elsewhere("connected anew")
            return "https://instagram.example/p/1"

        def shows(self, on, caption):
            return True

        def comment(self, on, text):
            self.comments += 1

    post = an_approved_post(session, cast, slot_at=NOW)
    post.first_comment = "#more"
    post.approved_digest = digest_of(post)
    connected(cast.programme, session=session)
    clock.shift(SECOND)
    former = Tended()

    turn(former)

    assert (former.sent, former.comments) == (1, 0)


@pytest.mark.parametrize("what", DEEDS)
def test_who_does_that_in_the_instant_of_sending_comes_before_it_or_after_it(
    app, session, cast, what
):
    connected(cast.programme, session=session)
    programme_id = cast.programme.id
    session.commit()

    def elsewhere():
        with app.app_context():
            done_elsewhere(what)

    with db.sessionmaker() as worker:
        lock_programme(worker, programme_id)
        at_once = Thread(target=elsewhere)
        at_once.start()
        at_once.join(timeout=0.5)
        assert at_once.is_alive()
    at_once.join(timeout=5)
    assert not at_once.is_alive()
