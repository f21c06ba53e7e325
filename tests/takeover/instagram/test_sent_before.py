"""What was sent before is looked for as it was sent, and nothing is sent beside it."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import select

from moderation.placing import lock_to_place, place_next
from moderation.reviewing import approve
from takeover.clock import now
from takeover.instagram import jobs
from takeover.instagram.doubts import MayStillCome, look, settle
from takeover.instagram.holding import let_go
from takeover.instagram.looking_after import look_anew
from takeover.instagram.models import Alarm, Publication
from takeover.instagram.publisher import (
    CannotTell,
    Look,
    OnAccount,
    OutcomeUnknown,
    Reason,
    TheirsForNow,
)
from takeover.instagram.turning_away import turn_away
from takeover.posts.digest import digest_of
from takeover.posts.drafting import submit, take_back
from takeover.posts.models import Post, PostState
from takeover.schedule import run_once
from tests.cast import NOW
from tests.preparing import an_approved_post
from tests.takeover.instagram.test_publishing import LEASE, Door, send, working

THERE = OnAccount(media_id="m-1", permalink="https://instagram.example/p/1")


class Shelf(Door):
    """It has what was sent under these words, and says by which it was asked."""

    def __init__(self, **facts):
        super().__init__(**facts)
        self.words, self.shown = [], ()

    def find(self, outgoing, handle, *, sent_at):
        self.looked += 1
        self.words.append((outgoing.kind.value, outgoing.caption))
        return Look(found=THERE if outgoing.caption in self.shown else None, by_words=True)


@pytest.fixture
def turn(app, session, monkeypatch):
    def turned(door, *, name="graph"):
        monkeypatch.setattr(jobs, "publisher_for", lambda *_: (name, door))
        session.commit()
        run_once(app, "publish")
        session.expire_all()

    return turned


@pytest.fixture
def refused(session, cast, turn):
    """A post that Instagram did not take when it was sent."""
    post = an_approved_post(session, cast, slot_at=NOW)
    turn(Door(trouble=TheirsForNow("full", wait=timedelta(hours=1), reason=Reason.QUOTA)))
    return post


def worded_anew(session, cast, post, caption):
    take_back(post, by=cast.zofia, at=now())
    post.caption = caption
    submit(post, by=cast.zofia, at=now())
    approve(post, session=session, digest_seen=digest_of(post), by=cast.amir, at=now())
    post.slot_at = NOW
    session.commit()


def placed_again(session, cast, post):
    session.commit()
    locked = lock_to_place(session, post.id)
    slot = place_next(locked, session=session, by=cast.amir, at=now())
    session.commit()
    return slot


def test_what_came_late_is_found_by_the_words_it_was_sent_with(session, cast, turn, refused):
    worded_anew(session, cast, refused, "Other words")
    worded_anew(session, cast, refused, "And others again")
    door = Shelf()
    door.shown = ("Sparks fly",)

    with time_machine.travel(NOW + timedelta(hours=1, seconds=1)):
        turn(door)

    assert door.words == [("photo", "Sparks fly")]
    assert (refused.state, door.sent) == (PostState.PUBLISHED, 0)


def test_what_was_sent_by_another_door_goes_to_a_person_once(session, cast, turn, refused):
    with time_machine.travel(NOW + timedelta(hours=1, seconds=1)) as clock:
        door = Shelf()
        turn(door, name="instagrapi")

        assert (refused.state, door.sent, door.looked) == (PostState.UNCERTAIN, 0, 0)
        (alarm,) = session.scalars(select(Alarm).order_by(Alarm.id))
        assert (alarm.kind, alarm.facts["reason"]) == ("uncertain", "sent_before")

        clock.move_to(denied(session, cast, refused) + timedelta(seconds=1))
        turn(door, name="instagrapi")

    assert (refused.state, door.sent) == (PostState.PUBLISHED, 1)


def test_what_was_sent_to_another_account_goes_to_a_person_once(session, cast, turn, refused):
    class Other(Shelf):
        account = "18"

    with time_machine.travel(NOW + timedelta(hours=1, seconds=1)) as clock:
        door = Other()
        turn(door)

        assert (refused.state, door.sent) == (PostState.UNCERTAIN, 0)
        assert session.get(Publication, refused.id).reason == "sent_before"

        clock.move_to(denied(session, cast, refused) + timedelta(seconds=1))
        turn(door)

    assert (refused.state, door.sent) == (PostState.PUBLISHED, 1)


def test_one_that_is_reworded_holds_up_no_other(session, cast, turn, refused):
    later = NOW + timedelta(hours=1)
    other = an_approved_post(session, cast, caption="Mine", slot_at=later)
    worded_anew(session, cast, refused, "Other words")
    refused.slot_at = later - timedelta(seconds=1)
    door = Shelf()

    with time_machine.travel(later + timedelta(seconds=2)):
        turn(door)

    assert [post.state for post in (refused, other)] == [PostState.PUBLISHED] * 2
    assert door.looked == 1


# --- what a person says


class Mute(Door):
    """It reads the account, and cannot tell."""

    trouble_of_look = CannotTell

    def find(self, outgoing, handle, *, sent_at):
        self.looked += 1
        raise self.trouble_of_look("published, and not listed")


def denied(session, cast, post):
    """A person has looked, and it is not there; it gets another time."""
    settle(session, post.id, found=None, by=cast.amir, at=now())
    return placed_again(session, cast, post)


@pytest.fixture
def doubted(session, cast, turn):
    post = an_approved_post(session, cast, slot_at=NOW)
    turn(Door(trouble=OutcomeUnknown("lost")))
    return post


def test_that_it_is_not_there_is_the_last_word_where_the_account_does_not_tell(
    session, cast, turn, doubted
):
    with time_machine.travel(NOW + LEASE + timedelta(minutes=1)) as clock:
        clock.move_to(denied(session, cast, doubted) + timedelta(seconds=1))
        door = Mute()
        turn(door)

    assert (doubted.state, door.looked, door.sent) == (PostState.PUBLISHED, 1, 1)
    assert "client_id" not in door.handles[0]  # what may be out is not sent again: a new one is


def test_what_a_person_said_holds_for_other_words_as_well(session, cast, turn, doubted):
    cast.programme.grace = 24 * 60
    with time_machine.travel(NOW + LEASE + timedelta(minutes=1)):
        denied(session, cast, doubted)
        worded_anew(session, cast, doubted, "Other words")
        door = Mute()
        turn(door)

    assert (doubted.state, door.looked, door.sent) == (PostState.PUBLISHED, 1, 1)


@pytest.mark.parametrize("reason", [Reason.OTHER, Reason.TEMPORARY])
def test_an_account_that_cannot_be_read_is_looked_at_for_a_while_before_a_person_is_believed(
    session, cast, turn, doubted, reason
):
    cast.programme.grace = 24 * 60
    with time_machine.travel(NOW + LEASE + timedelta(minutes=1)) as clock:
        clock.move_to(denied(session, cast, doubted) + timedelta(seconds=1))
        door = Mute()
        door.trouble_of_look = partial(OutcomeUnknown, reason=reason)
        turn(door)
        assert (doubted.state, door.sent) == (PostState.APPROVED, 0)
        for _ in range(60):
            clock.shift(timedelta(minutes=1))
            turn(door)

    assert (doubted.state, door.looked, door.sent) == (PostState.PUBLISHED, 3, 1)


def test_what_is_clearly_there_is_more_than_what_a_person_said(session, cast, turn, doubted):
    with time_machine.travel(NOW + LEASE + timedelta(minutes=1)) as clock:
        clock.move_to(denied(session, cast, doubted) + timedelta(seconds=1))
        door = Door(found=THERE)
        turn(door)

    assert (doubted.state, door.sent) == (PostState.PUBLISHED, 0)


def test_what_a_person_said_of_one_sending_does_not_hold_for_the_next(session, cast, turn, doubted):
    with time_machine.travel(NOW + LEASE + timedelta(minutes=1)) as clock:
        clock.move_to(denied(session, cast, doubted) + timedelta(seconds=1))
        turn(Mute(trouble=TheirsForNow("full", wait=timedelta(hours=1), reason=Reason.QUOTA)))
        assert doubted.state is PostState.APPROVED
        clock.shift(timedelta(hours=1, seconds=1))
        door = Mute()
        turn(door)

    assert (doubted.state, door.looked, door.sent) == (PostState.APPROVED, 1, 0)


@pytest.mark.parametrize("grace", [30, 24 * 60], ids=["too late by then", "in time"])
def test_what_cannot_be_seen_is_a_persons_to_say_however_short_the_grace(
    session, cast, turn, refused, grace
):
    cast.programme.grace = 60 + grace
    door = Mute()
    with time_machine.travel(NOW + timedelta(hours=1, seconds=1)) as clock:
        for _ in range(90):
            turn(door)
            clock.shift(timedelta(minutes=1))

        assert (refused.state, door.sent) == (PostState.UNCERTAIN, 0)
        alarms = session.scalars(select(Alarm).order_by(Alarm.id)).all()
        assert [(one.kind, one.facts["reason"]) for one in alarms] == [("uncertain", "sent_before")]
        settle(session, refused.id, found=THERE, by=cast.amir, at=now())

    assert refused.state is PostState.PUBLISHED


@pytest.mark.parametrize("is_denied", [False, True], ids=["before they say", "after they have"])
def test_what_is_a_persons_to_say_is_looked_for_as_it_was_sent(
    session, cast, turn, refused, is_denied
):
    cast.programme.grace = 24 * 60
    worded_anew(session, cast, refused, "Other words")
    with time_machine.travel(NOW + timedelta(hours=1, seconds=1)) as clock:
        for _ in range(90):
            turn(Mute())
            clock.shift(timedelta(minutes=1))
        assert refused.state is PostState.UNCERTAIN
        if is_denied:
            clock.move_to(denied(session, cast, refused) + timedelta(seconds=1))
        else:
            look_anew(cast.programme, session=session, at=now())
        door = Shelf()
        door.shown = ("Sparks fly",)
        turn(door)

    assert door.words == [("photo", "Sparks fly")]
    assert (refused.state, door.sent) == (PostState.PUBLISHED, 0)


def test_what_instagram_refused_and_nobody_looked_for_is_missed_when_it_is_too_late(
    session, cast, turn, refused
):
    cast.programme.grace = 30
    with time_machine.travel(NOW + timedelta(hours=1, seconds=1)):
        turn(Mute())

    assert refused.state is PostState.MISSED


def test_what_turns_up_in_the_instant_in_which_it_became_too_late_is_out(
    session, cast, turn, refused
):
    cast.programme.grace = 60

    class Slow(Door):
        def find(self, outgoing, handle, *, sent_at):
            clock.shift(timedelta(minutes=1))
            turn_away(session, refused.id, at=now())
            return super().find(outgoing, handle, sent_at=sent_at)

    with time_machine.travel(NOW + timedelta(hours=1) - timedelta(seconds=1)) as clock:
        session.get(Publication, refused.id).next_try_at = now()
        turn(Slow(found=THERE))

    states = [move.to_state for move in refused.history]
    assert states[-3:] == ["missed", "publishing", "published"]
    assert "turned_up" not in session.scalars(select(Alarm.kind)).all()


def test_what_turns_up_when_it_has_been_taken_back_is_told_to_comms(session, cast, turn, refused):
    class TakenBack(Door):
        def find(self, outgoing, handle, *, sent_at):
            take_back(session.get(Post, refused.id), by=cast.zofia, at=now())
            session.commit()
            return super().find(outgoing, handle, sent_at=sent_at)

    with time_machine.travel(NOW + timedelta(hours=1, seconds=1)) as clock:
        turn(TakenBack(found=THERE))
        assert refused.state is PostState.DRAFT
        assert session.scalars(select(Alarm.kind).order_by(Alarm.id)).all() == ["turned_up"]
        assert refused.events[-1].what == "turned_up"

        submit(refused, by=cast.zofia, at=now())
        locked = lock_to_place(session, refused.id)
        approve(locked, session=session, digest_seen=digest_of(locked), by=cast.amir, at=now())
        session.commit()
        clock.move_to(refused.slot_at + timedelta(seconds=1))
        door = Door(found=THERE)
        turn(door)

    assert (refused.state, door.sent) == (PostState.PUBLISHED, 0)


# --- doubts


def test_that_it_is_not_there_can_be_said_once_its_call_is_over(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    publication = send(session, post, Door(trouble=OutcomeUnknown("lost")))
    over = publication.sent_at + LEASE

    with pytest.raises(MayStillCome) as early:
        settle(session, post.id, found=None, by=cast.amir, at=over - timedelta(seconds=1))
    assert early.value.until == over
    session.expire_all()
    assert post.state is PostState.UNCERTAIN

    settle(session, post.id, found=None, by=cast.amir, at=over)
    assert post.state is PostState.FAILED


def test_that_nobody_knows_is_said_no_more_once_somebody_has_said_it(session, cast, turn, refused):
    with time_machine.travel(NOW + timedelta(hours=1, seconds=1)):
        turn(Shelf(), name="instagrapi")
        assert session.get(Publication, refused.id).reason == "sent_before"

        settle(session, refused.id, found=None, by=cast.amir, at=now())

    assert session.get(Publication, refused.id).reason == ""


def test_that_it_is_there_can_be_said_at_once(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)
    send(session, post, Door(trouble=OutcomeUnknown("lost")))

    settle(session, post.id, found=THERE, by=cast.amir, at=now())

    assert post.state is PostState.PUBLISHED


@pytest.mark.parametrize("by_words", [True, False])
def test_of_two_alike_in_doubt_neither_is_taken_for_the_other(session, cast, by_words):
    slots = (NOW, NOW - timedelta(minutes=1))
    posts = [an_approved_post(session, cast, slot_at=slot) for slot in slots]
    for post in posts:
        send(session, post, Door(trouble=OutcomeUnknown("lost")))

    class Shown(Door):
        def find(self, outgoing, handle, *, sent_at):
            return Look(found=THERE, by_words=by_words)

    work = working(session, posts[0], Shown())
    look(work, posts[0].id, patience=timedelta(minutes=10))
    let_go(session, work.hold)
    session.expire_all()

    assert posts[0].state is (PostState.UNCERTAIN if by_words else PostState.PUBLISHED)
