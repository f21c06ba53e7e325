"""What becomes of posts while no way leads to their account, and of a worker whose keys are no more
those of the account: people are told, nothing hangs, nothing is lost."""

import json
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram import jobs
from takeover.instagram.connecting import Unreadable, connect, reseal_all
from takeover.instagram.due import accounts_with_work
from takeover.instagram.models import Alarm, Connection, Publication
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Look,
    OnAccount,
    Ours,
    OutcomeUnknown,
    Reason,
)
from takeover.mail.models import Message
from takeover.posts.models import PostState
from tests.cast import NOW
from tests.preparing import an_approved_post

SOON = timedelta(seconds=1)
PATIENCE = timedelta(minutes=11)
KEYS = json.dumps({"host": "facebook", "ig_user_id": "17841400000000001", "user_token": "EAAold"})


class Door:
    """Does as it is told, and counts what it was asked."""

    account = ""

    def __init__(self, trouble=None, *, meanwhile=None, found=None):
        self.trouble, self.meanwhile, self.found = trouble, meanwhile or (lambda: None), found
        self.sent = self.looked = 0

    def prepare(self, outgoing, handle, keep):
        return handle

    def publish(self, outgoing, handle):
        self.sent += 1
        self.meanwhile()
        if self.trouble:
            raise self.trouble
        return OnAccount(media_id=f"m-{self.sent}", permalink="https://instagram.example/p/1/")

    def find(self, outgoing, handle, *, sent_at):
        self.looked += 1
        return Look(found=self.found)

    def quota(self):
        return None


@pytest.fixture
def through(monkeypatch):
    """Whatever is connected, this is the door to it."""

    def use(door):
        monkeypatch.setattr(jobs, "publisher_for", lambda *_: ("graph", door))

    return use


@pytest.fixture
def not_connected(monkeypatch):
    def refuse(*_):
        raise Ours("no account is connected", reason=Reason.NOT_CONNECTED)

    return lambda: monkeypatch.setattr(jobs, "publisher_for", refuse)


def connected(session, cast, *, saved=KEYS, at=None):
    connection = connect(
        cast.programme, session=session, publisher="graph", saved=saved, by=cast.lea, at=at or now()
    )
    session.commit()
    return connection


def alarms(session):
    found = session.scalars(select(Alarm).order_by(Alarm.id))
    return [(alarm.kind, alarm.facts["reason"]) for alarm in found]


def dead_worker(session, post):
    """It sent the post, and was never heard of again."""
    session.add(Publication(post_id=post.id, door="graph", handle={}, sent_at=now(), tries=1))
    post.move(PostState.PUBLISHING, by=None, at=now())
    session.commit()


def test_without_an_account_comms_is_told_once_and_the_post_waits(
    session, cast, tick, not_connected
):
    post = an_approved_post(session, cast, slot_at=NOW)
    not_connected()

    for minutes in (1, 3, 5):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=True):
            tick()
            assert accounts_with_work(session, at=now()) == []
            tick("turn_away")

    assert post.state is PostState.APPROVED
    assert alarms(session) == [("stopped", "not_connected")]
    told = session.scalars(select(Message).where(Message.kind == "alarm").order_by(Message.id))
    assert {message.address for message in told} == {cast.amir.email, cast.lea.email}


def test_that_alarm_ends_when_the_account_is_connected(session, cast, tick, not_connected):
    an_approved_post(session, cast, slot_at=NOW)
    not_connected()
    tick()

    connected(session, cast)
    tick("turn_away")

    assert session.scalars(select(Alarm.ended_at)).one() is not None


def test_nobody_is_told_of_a_missing_account_where_nothing_is_to_go_out(
    session, cast, tick, not_connected
):
    post = an_approved_post(session, cast, slot_at=NOW)
    tick()
    session.get(Publication, post.id).tend_at = now()
    not_connected()

    tick()

    assert alarms(session) == []
    assert session.get(Publication, post.id).tend_at is None
    assert accounts_with_work(session, at=now()) == []


def test_keys_that_cannot_be_read_stop_the_account_and_new_ones_are_asked_for(
    session, cast, tick, browse
):
    post = an_approved_post(session, cast, slot_at=NOW)
    connected(session, cast).sealed_session = b"sealed with another key"

    tick()
    tick()

    connection = session.scalars(select(Connection)).one()
    assert connection.stopped_at is not None
    assert post.state is PostState.APPROVED
    assert alarms(session) == [("stopped", "token")]
    page = browse(cast.lea).get("/programmes/a-week-in-a-life/account")
    assert page.says("Our access to the account has ended")


def test_keys_that_cannot_be_read_are_noticed_before_anything_is_due(session, cast, tick):
    connected(session, cast).sealed_session = b"sealed with another key"

    tick("keep_accounts")

    assert alarms(session) == [("stopped", "token")]


def test_what_a_dead_worker_left_is_found_and_told_without_an_account(
    session, cast, tick, not_connected
):
    post = an_approved_post(session, cast, slot_at=NOW)
    dead_worker(session, post)
    not_connected()

    tick()
    assert post.state is PostState.UNCERTAIN

    with time_machine.travel(now() + PATIENCE):
        tick()
    assert ("uncertain", "other") in alarms(session)
    assert session.get(Publication, post.id).next_try_at is None


def test_a_doubt_about_a_post_of_a_stopped_account_ends_with_a_person_and_asks_nobody(
    session, cast, tick, through
):
    post = an_approved_post(session, cast, slot_at=NOW)
    connected(session, cast)
    door = Door(OutcomeUnknown("?", needs_person=True, reason=Reason.CHECKPOINT))
    through(door)

    tick()
    assert post.state is PostState.UNCERTAIN
    with time_machine.travel(now() + SOON * 6):
        tick()
    with time_machine.travel(now() + PATIENCE):
        tick()

    assert alarms(session) == [("stopped", "checkpoint"), ("uncertain", "checkpoint")]
    assert (door.sent, door.looked) == (1, 0)


def test_an_account_that_was_connected_anew_is_not_stopped_by_its_former_keys(
    app, session, cast, tick, through
):
    post = an_approved_post(session, cast, slot_at=NOW)
    connected(session, cast, at=NOW - timedelta(days=1))
    lets_in = lambda: connected(session, cast)  # noqa: E731
    through(Door(AccountNeedsPerson("190", reason=Reason.TOKEN), meanwhile=lets_in))

    tick()

    connection = session.scalars(select(Connection)).one()
    assert connection.stopped_at is None
    assert alarms(session) == []
    assert post.state is PostState.APPROVED


def test_a_worker_sends_nothing_more_by_keys_that_are_the_accounts_no_more(
    session, cast, tick, through
):
    cast.programme.spacing = 0
    posts = [
        an_approved_post(session, cast, caption="One", slot_at=NOW - SOON),
        an_approved_post(session, cast, caption="Two", slot_at=NOW),
    ]
    connected(session, cast, at=NOW - timedelta(days=1))
    former = Door(meanwhile=lambda: connected(session, cast))
    through(former)

    tick()
    assert former.sent == 1
    assert [post.state for post in posts] == [PostState.PUBLISHED, PostState.APPROVED]

    former.meanwhile = lambda: None
    tick()
    assert posts[1].state is PostState.PUBLISHED


def test_what_is_another_post_of_ours_is_not_taken_for_the_one_in_doubt(
    session, cast, tick, through
):
    cast.programme.spacing = 0
    one = an_approved_post(session, cast, caption="One", slot_at=NOW)
    other = an_approved_post(session, cast, caption="Two", slot_at=NOW + SOON)
    door = Door()
    through(door)
    with time_machine.travel(NOW, tick=False) as clock:
        tick()
        assert one.state is PostState.PUBLISHED
        door.trouble = OutcomeUnknown("?")
        clock.shift(SOON * 2)
        tick()
        door.found = OnAccount(media_id="m-1", permalink="https://instagram.example/p/1/")
        for _ in range(13):
            clock.shift(timedelta(minutes=1))
            tick()

    assert other.state is PostState.UNCERTAIN
    assert door.looked < 14
    assert alarms(session) == [("uncertain", "other")]


def test_all_keys_are_sealed_anew_and_that_is_on_the_record(session, cast):
    sealed = connected(session, cast).sealed_session

    assert reseal_all(session, at=now()) == 1
    session.commit()

    assert session.scalars(select(Connection.sealed_session)).one() != sealed
    actions = [entry.action for entry in _entries(session)]
    assert actions == ["account_connected", "account_resealed"]


def test_keys_that_cannot_be_sealed_anew_are_named_by_their_programme(session, cast):
    connected(session, cast).sealed_session = b"sealed with another key"

    with pytest.raises(Unreadable, match=cast.programme.slug):
        reseal_all(session, at=now())
    session.rollback()


def _entries(session):
    return session.scalars(
        select(AuditEntry).where(AuditEntry.object_kind == "connections").order_by(AuditEntry.id)
    )
