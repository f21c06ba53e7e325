"""Placing again what a pause held up: nothing goes out by resuming, only by somebody's word."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from sqlalchemy import select

from moderation.placing import (
    NotToBePlaced,
    PlanChanged,
    SlotGone,
    lock_to_place,
    place,
    place_all,
    place_next,
    plan,
)
from moderation.reviewing import ConsentGone, NoSlotLeft
from rota.answering import step_down
from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.models import Publication
from takeover.posts.held_up import held_up, how_many_to_place, is_held_up
from takeover.posts.models import Post, PostState
from takeover.programmes.pausing import holds_up, pause, resume
from tests.cast import NOW
from tests.preparing import a_submitted_post, an_approved_post

pytestmark = pytest.mark.each_database

NEXT_SLOTS = [  # of the week, in UTC
    datetime(2026, 11, 25, 11, 15, tzinfo=UTC),
    datetime(2026, 11, 25, 17, 0, tzinfo=UTC),
    datetime(2026, 11, 26, 7, 30, tzinfo=UTC),
]


def paused(session, cast, *, at=None):
    pause(cast.programme, session=session, reason="", by=cast.lea, at=at or now())
    session.commit()


def resumed(session, cast, *, at=None):
    resume(cast.programme, session=session, by=cast.lea, at=at or now())
    session.commit()


def held(session, cast, *captions, minutes=30):
    """Posts that were due, one minute after the other, during a pause that is over."""
    paused(session, cast, at=NOW - timedelta(minutes=minutes + 10))
    posts = [
        an_approved_post(
            session,
            cast,
            caption=caption,
            slot_at=NOW - timedelta(minutes=minutes - place),
        )
        for place, caption in enumerate(captions)
    ]
    resumed(session, cast)
    return posts


def locked(session, post):
    return lock_to_place(session, post.id)


def placings(session):
    return list(
        session.scalars(
            select(AuditEntry).where(AuditEntry.action == "placed").order_by(AuditEntry.id)
        )
    )


def moved_to(session, post, *states):
    for state in states:
        post.move(state, by=None, at=now())
    session.commit()
    return post


def gone_out(session, post, *, at):
    post.move(PostState.PUBLISHING, by=None, at=at)
    post.published_at = at
    return moved_to(session, post, PostState.PUBLISHED)


def test_what_was_due_during_a_pause_waits_after_it(cast, session):
    paused(session, cast, at=NOW - timedelta(hours=1))
    post = an_approved_post(session, cast, slot_at=NOW - timedelta(minutes=30))
    later = an_approved_post(session, cast, caption="Later", slot_at=NEXT_SLOTS[1])

    assert [one.id for one in held_up(session, at=now(), most=9)] == [post.id]
    assert how_many_to_place(session, at=now()) == 0  # first somebody has to resume

    resumed(session, cast)
    assert [one.id for one in held_up(session, at=now(), most=9)] == [post.id]
    assert how_many_to_place(session, at=now()) == 1
    assert (is_held_up(post, at=now()), is_held_up(later, at=now())) == (True, False)
    assert holds_up(session, post.programme_id, post.slot_at)


def test_it_is_placed_in_the_next_free_slot_of_its_week_and_that_is_on_the_record(cast, session):
    (post,) = held(session, cast, "Sparks")
    session.add(Publication(post_id=post.id, handle={}, tries=4, next_try_at=now()))
    session.commit()

    slot = place_next(locked(session, post), session=session, by=cast.amir, at=now())
    session.commit()

    assert slot == post.slot_at == NEXT_SLOTS[0]
    assert post.state is PostState.APPROVED
    assert not holds_up(session, post.programme_id, post.slot_at)
    assert session.get(Publication, post.id).tries == 0
    assert session.get(Publication, post.id).next_try_at is None
    (entry,) = placings(session)
    assert (entry.object_id, entry.by_id) == (post.id, cast.amir.id)
    assert entry.facts == {"slot_at": slot.isoformat()}


def test_a_slot_can_be_chosen(cast, session):
    (post,) = held(session, cast, "Sparks")

    place(locked(session, post), NEXT_SLOTS[2], session=session, by=cast.amir, at=now())
    session.commit()

    assert post.slot_at == NEXT_SLOTS[2]


@pytest.mark.parametrize(
    "slot",
    [
        NOW - timedelta(minutes=1),  # it has passed
        NEXT_SLOTS[0] + timedelta(minutes=1),  # it is none of the programme's
        NEXT_SLOTS[1],  # another post has it
        datetime(2026, 11, 30, 11, 15, tzinfo=UTC),  # it is in somebody else's week
    ],
)
def test_a_slot_that_is_not_free_is_not_taken(cast, session, slot):
    (post,) = held(session, cast, "Sparks")
    an_approved_post(session, cast, caption="Another", slot_at=NEXT_SLOTS[1])
    before = post.slot_at

    with pytest.raises(SlotGone):
        place(locked(session, post), slot, session=session, by=cast.amir, at=now())

    assert post.slot_at == before
    assert placings(session) == []


def test_without_times_a_slot_of_another_week_or_day_is_not_free(cast, session):
    cast.programme.slot_times, cast.programme.slot_days = [], [2, 4]
    (post,) = held(session, cast, "Sparks")

    for days in (1, 7):  # a Thursday, and the Wednesday after that week
        chosen = NOW + timedelta(days=days)
        with pytest.raises(SlotGone):
            place(locked(session, post), chosen, session=session, by=cast.amir, at=now())
    friday = NOW + timedelta(days=2)
    assert place(locked(session, post), friday, session=session, by=cast.amir, at=now()) == friday


@pytest.mark.parametrize("state", ["failed", "missed", "published", "submitted", "approved"])
def test_only_what_has_certainly_not_gone_out_is_placed(cast, session, state):
    if state == "submitted":
        post = a_submitted_post(session, cast)
    else:
        post = an_approved_post(session, cast, slot_at=NOW - timedelta(minutes=1))
    if state == "published":
        gone_out(session, post, at=now())
    elif state in {"failed", "missed"}:
        moved_to(session, post, PostState(state))

    if state in {"failed", "missed"}:
        place_next(locked(session, post), session=session, by=cast.amir, at=now())
        session.commit()
        assert post.state is PostState.APPROVED
        assert len(placings(session)) == 1
    else:
        with pytest.raises(NotToBePlaced):
            place_next(locked(session, post), session=session, by=cast.amir, at=now())


def test_nothing_of_somebody_who_stepped_down_is_placed(cast, session):
    (post,) = held(session, cast, "Sparks")
    moved_to(session, post, PostState.FAILED)
    cast.consent.withdrawn_at = now()
    session.commit()

    with pytest.raises(ConsentGone):
        place_next(locked(session, post), session=session, by=cast.amir, at=now())


def test_what_no_longer_fits_its_week_is_not_placed(cast, session):
    (post,) = held(session, cast, "Sparks")

    with time_machine.travel(cast.week.ends - timedelta(minutes=5)):
        assert [one.slot for one in plan([post], session=session, at=now())] == [None]
        with pytest.raises(NoSlotLeft):
            place_next(locked(session, post), session=session, by=cast.amir, at=now())


def test_all_are_placed_in_the_order_in_which_they_were_due(cast, session):
    posts = held(session, cast, "First", "Second", "Third")
    an_approved_post(session, cast, caption="Another", slot_at=NEXT_SLOTS[0])

    planned = plan(held_up(session, at=now(), most=9), session=session, at=now())

    assert [one.post.id for one in planned] == [one.id for one in posts]
    slots = [one.slot for one in planned]
    assert slots[:2] == NEXT_SLOTS[1:]
    assert len(set(slots)) == 3
    place_all(session, {p.post.id: p.slot for p in planned}, by=cast.lea, at=now())
    session.commit()
    assert [post.slot_at for post in posts] == slots
    assert held_up(session, at=now(), most=9) == []
    assert len(placings(session)) == 3


@pytest.mark.parametrize("times", [["11:10", "11:20", "11:40", "11:50", "12:00"], []])
def test_the_plan_keeps_the_programmes_spacing(cast, session, times):
    cast.programme.slot_times, cast.programme.spacing = times, 20
    posts = held(session, cast, "First", "Second", "Third")
    out = an_approved_post(session, cast, caption="Out", slot_at=NOW - timedelta(minutes=11))
    gone_out(session, out, at=NOW - timedelta(minutes=10, seconds=7))

    planned = plan(posts, session=session, at=now())

    instants = [out.published_at, *(one.slot for one in planned)]
    assert all(b - a >= timedelta(minutes=20) for a, b in pairwise(instants))
    if not times:  # as soon as may be, and not so soon that nobody can say yes
        assert planned[0].slot == NOW + timedelta(minutes=10)


def test_without_times_and_spacing_each_has_a_minute_of_its_own_a_little_ahead(cast, session):
    cast.programme.slot_times, cast.programme.spacing = [], 0
    posts = held(session, cast, "First", "Second")

    first, second = plan(posts, session=session, at=NOW)

    assert first.slot == NOW + timedelta(minutes=5)
    assert second.slot > first.slot


def test_exactly_what_was_shown_is_placed_or_nothing(cast, session):
    first, second = held(session, cast, "First", "Second")
    shown = {p.post.id: p.slot for p in plan([first, second], session=session, at=now())}
    an_approved_post(session, cast, caption="Quicker", slot_at=shown[second.id])

    with pytest.raises(PlanChanged) as changed:
        place_all(session, shown, by=cast.lea, at=now())
    session.rollback()

    assert list(changed.value.why) == [second.id]
    assert isinstance(changed.value.why[second.id], SlotGone)
    assert {post.id for post in held_up(session, at=now(), most=9)} == {first.id, second.id}
    assert placings(session) == []


def test_what_was_placed_by_somebody_else_meanwhile_stays_where_they_put_it(cast, session):
    first, second = held(session, cast, "First", "Second")
    shown = {p.post.id: p.slot for p in plan([first, second], session=session, at=now())}
    place(locked(session, first), NEXT_SLOTS[2], session=session, by=cast.amir, at=now())
    session.commit()

    with pytest.raises(PlanChanged) as changed:
        place_all(session, shown, by=cast.lea, at=now())
    session.rollback()

    assert isinstance(changed.value.why[first.id], NotToBePlaced)
    assert session.get(Post, first.id).slot_at == NEXT_SLOTS[2]


def test_a_second_tap_places_nothing_twice(cast, session):
    posts = held(session, cast, "First", "Second")
    shown = {p.post.id: p.slot for p in plan(posts, session=session, at=now())}

    for _ in range(2):
        place_all(session, shown, by=cast.lea, at=now())
        session.commit()

    assert len(placings(session)) == 2


def test_stepping_down_takes_out_what_a_pause_held_up(cast, session):
    (post,) = held(session, cast, "Sparks")

    step_down(cast.consent, session=session, by=cast.zofia, at=now())
    session.commit()

    assert post.state is PostState.WITHDRAWN
    assert held_up(session, at=now(), most=9) == []
