"""What is to go from the account goes: by the door, or by a person who is told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from takeover.clock import now
from takeover.instagram.doors import publisher_for
from takeover.instagram.doubts import settle
from takeover.instagram.due import Errand, next_due
from takeover.instagram.holding import take_hold
from takeover.instagram.models import Alarm, SandboxPost, Takedown
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    CannotTakeDown,
    OnAccount,
    OutcomeUnknown,
    Reason,
    TheirsForNow,
)
from takeover.instagram.publishing import send
from takeover.instagram.taking_down import (
    AskedAlready,
    NotOnAccount,
    ask_to_take_down,
    say_taken_down,
    take_down,
)
from takeover.instagram.working import Work
from takeover.mail.models import Message
from takeover.media.store import open_store
from takeover.posts.models import PostState
from takeover.posts.said_gone import Seen
from takeover.programmes.pausing import lock_programme, pause
from takeover.web import settings
from tests.cast import NOW
from tests.preparing import an_approved_post

pytestmark = pytest.mark.each_database

LEASE = timedelta(minutes=5)


def ask(session, cast, post, **facts):
    asked = ask_to_take_down(
        post, session=session, reason="A face", by=cast.amir, at=now(), **facts
    )
    session.commit()
    return asked


class Door:
    account = ""

    def __init__(self, trouble=None):
        self.trouble, self.asked = trouble, []

    def take_down(self, on):
        self.asked.append(on)
        if self.trouble:
            raise self.trouble


def work_of(session, post, door):
    hold = take_hold(session, post.programme_id, lease=LEASE, at=now())
    return Work(
        session=session,
        hold=hold,
        publisher=door,
        door="sandbox",
        store=None,
        clock=now,
        lease=LEASE,
    )


def test_a_post_is_taken_down_and_its_author_and_who_asked_are_told(session, cast, published, tick):
    ask(session, cast, published)

    tick()

    assert published.state is PostState.TAKEN_DOWN
    assert session.scalars(select(SandboxPost)).all() == []
    told = session.scalars(select(Message).where(Message.kind == "taken_down").order_by(Message.id))
    assert {message.address for message in told} == {cast.zofia.email, cast.amir.email}
    assert session.get(Takedown, published.id).done_at is not None


def test_it_is_taken_down_while_everything_is_paused(session, cast, published, tick):
    programme = lock_programme(session, cast.programme.id)
    pause(programme, session=session, reason="Crisis", by=cast.amir, at=now())
    ask(session, cast, published)

    tick()

    assert published.state is PostState.TAKEN_DOWN


def test_it_is_asked_once(session, cast, published):
    ask(session, cast, published)

    with pytest.raises(AskedAlready):
        ask(session, cast, published)


def test_only_what_is_on_the_account_can_be_taken_down(session, cast):
    post = an_approved_post(session, cast)

    with pytest.raises(NotOnAccount):
        ask(session, cast, post)


@pytest.mark.parametrize(
    "trouble",
    [CannotTakeDown("no"), AccountNeedsPerson("challenge", reason=Reason.CHECKPOINT)],
)
def test_what_the_door_cannot_do_a_person_is_asked_to(session, cast, published, trouble):
    asked = ask(session, cast, published)
    take_down(work_of(session, published, Door(trouble)), published.id)

    session.expire_all()
    assert asked.by_hand
    assert next_due(session, published.programme_id, at=now() + timedelta(days=1)) is None
    kinds = session.scalars(select(Alarm.kind).order_by(Alarm.id)).all()
    assert "take_down" in kinds
    assert published.state is PostState.PUBLISHED

    say_taken_down(published, session=session, seen=Seen.GONE, by=cast.amir, at=now())
    session.commit()
    assert published.state is PostState.TAKEN_DOWN


@pytest.mark.parametrize("trouble", [TheirsForNow("5xx"), OutcomeUnknown("timeout")])
def test_what_may_pass_is_tried_again_and_then_left_to_a_person(session, cast, published, trouble):
    asked = ask(session, cast, published)
    door = Door(trouble)
    work = work_of(session, published, door)

    for tries in range(1, 6):
        take_down(work, published.id)
        session.expire_all()
        assert asked.tries == tries
        assert asked.by_hand is (tries == 5)

    assert len(door.asked) == 5


def test_what_a_person_found_is_not_deleted_by_a_number_that_may_be_another_posts(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    sandbox = publisher_for(session, post.programme_id)[1]
    work = work_of(session, post, Lost(sandbox))
    work = replace(work, store=open_store(settings().media_url))
    send(work, post.id)
    session.expire_all()
    assert post.state is PostState.UNCERTAIN
    found = OnAccount(media_id="18", permalink="https://www.instagram.com/p/C/")
    settle(session, post.id, found=found, by=cast.amir, at=now())

    assert ask(session, cast, post).by_hand


class Lost:
    def __init__(self, sandbox):
        self.sandbox = sandbox

    def prepare(self, outgoing, handle, keep):
        return self.sandbox.prepare(outgoing, handle, keep)

    def publish(self, outgoing, handle):
        raise OutcomeUnknown("the answer was lost")


def test_taking_down_comes_before_everything_else(session, cast, published):
    an_approved_post(session, cast, caption="Due as well", slot_at=NOW - timedelta(minutes=1))
    ask(session, cast, published)

    due = next_due(session, published.programme_id, at=now())

    assert (due.errand, due.post_id) == (Errand.TAKE_DOWN, published.id)
