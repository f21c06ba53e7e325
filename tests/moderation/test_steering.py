"""Steering the week: approved posts get another time, change places, or go out now."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from moderation.placing import lock_to_place
from moderation.reviewing import ConsentGone, find_slot
from moderation.steering import (
    AccountStopped,
    Clash,
    Clashes,
    InThePast,
    MovedMeanwhile,
    NotApproved,
    NoWayToAccount,
    OutsideTheirWeek,
    Paused,
    QuotaUsedUp,
    SlotTaken,
    lock_both,
    move_to,
    publish_now,
    swap,
)
from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.db import db
from takeover.instagram.due import next_due
from takeover.instagram.models import Connection, Publication
from takeover.posts.models import Post, PostState
from takeover.programmes.pausing import pause
from tests.cast import NOW
from tests.preparing import a_submitted_post, an_approved_post

pytestmark = pytest.mark.each_database

NOON, EVENING, MORNING = (
    datetime(2026, 11, 25, 11, 15, tzinfo=UTC),
    datetime(2026, 11, 25, 17, 0, tzinfo=UTC),
    datetime(2026, 11, 26, 7, 30, tzinfo=UTC),
)
ANY_TIME = datetime(2026, 11, 27, 13, 7, tzinfo=UTC)


def moved(session, post, slot, *, by, seen=None, **options):
    locked = lock_to_place(session, post.id)
    before = seen or post.slot_at
    done = move_to(locked, slot, session=session, seen=before, by=by, at=now(), **options)
    session.commit()
    return done


def sent_now(session, post, *, by):
    locked = lock_to_place(session, post.id)
    done = publish_now(locked, session=session, seen=post.slot_at, by=by, at=now())
    session.commit()
    return done


def swapped(session, post, other, *, by):
    seen = (post.slot_at, other.slot_at)
    both = lock_both(session, post.id, other.id)
    swap(*both, session=session, seen=seen, by=by, at=now())
    session.commit()


def moves(session):
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "slot_moved").order_by(AuditEntry.id)
    )
    return [
        (one.object_id, one.by_id, one.facts["from_slot"], one.facts["slot_at"]) for one in entries
    ]


@pytest.mark.parametrize("slot", [EVENING, ANY_TIME])
def test_an_approved_post_gets_another_time_and_the_record_and_its_author_know(cast, session, slot):
    post = an_approved_post(session, cast)
    session.add(Publication(post_id=post.id, handle={}, tries=3, prepared_at=now()))
    session.commit()

    moved(session, post, slot, by=cast.lea)

    assert (post.slot_at, post.state) == (slot, PostState.APPROVED)
    assert moves(session) == [(post.id, cast.lea.id, NOON.isoformat(), slot.isoformat())]
    assert [event.what for event in post.events] == ["placed"]
    assert session.get(Publication, post.id).prepared_at is None
    assert session.get(Publication, post.id).tries == 0


def test_the_time_it_leaves_is_free_again(cast, session):
    post = an_approved_post(session, cast)
    other = a_submitted_post(session, cast, caption="Another")
    assert find_slot(other, session=session, at=now()) == EVENING

    moved(session, post, ANY_TIME, by=cast.lea)

    assert find_slot(other, session=session, at=now()) == NOON


@pytest.mark.parametrize(
    ("slot", "rule"),
    [
        (NOW - timedelta(minutes=1), InThePast),
        (datetime(2026, 11, 30, 11, 15, tzinfo=UTC), OutsideTheirWeek),
        (datetime(2026, 11, 29, 23, 0, tzinfo=UTC), OutsideTheirWeek),  # midnight in Paris
    ],
)
def test_no_post_goes_out_in_the_past_or_outside_its_authors_week(cast, session, slot, rule):
    post = an_approved_post(session, cast)

    with pytest.raises(rule):
        moved(session, post, slot, by=cast.lea, all_the_same=True)

    assert post.slot_at == NOON
    assert moves(session) == []


@pytest.mark.parametrize("state", ["submitted", "publishing", "uncertain", "published"])
def test_only_what_is_approved_is_moved_and_nothing_that_is_on_its_way(cast, session, state):
    if state == "submitted":
        post = a_submitted_post(session, cast)
    else:
        post = an_approved_post(session, cast)
        post.move(PostState.PUBLISHING, by=None, at=now())
        if state == "published":
            post.published_at = now()
        if state != "publishing":
            post.move(PostState(state), by=None, at=now())
        session.commit()

    with pytest.raises(NotApproved):
        moved(session, post, EVENING, by=cast.lea)
    with pytest.raises(NotApproved):
        sent_now(session, post, by=cast.lea)


def test_two_posts_never_have_one_instant(cast, session):
    post, other = (an_approved_post(session, cast, caption=word) for word in ("One", "Two"))

    with pytest.raises(SlotTaken) as taken:
        moved(session, post, other.slot_at, by=cast.lea, all_the_same=True)

    assert taken.value.other.id == other.id
    assert post.slot_at == NOON


def test_what_clashes_is_asked_once_and_then_placed_all_the_same(cast, session):
    cast.programme.spacing = 30
    cast.programme.quiet_from, cast.programme.quiet_until = "22:00", "07:00"
    post, other = (an_approved_post(session, cast, caption=word) for word in ("One", "Two"))
    near, night = other.slot_at + timedelta(minutes=29), datetime(2026, 11, 26, 2, tzinfo=UTC)

    for slot, clash in ((near, Clash.SPACING), (night, Clash.QUIET)):
        with pytest.raises(Clashes) as clashes:
            moved(session, post, slot, by=cast.lea)
        assert clashes.value.found == [clash]
        moved(session, post, slot, by=cast.lea, all_the_same=True)
        assert post.slot_at == slot


def test_a_post_does_not_clash_with_itself(cast, session):
    cast.programme.spacing = 30
    post = an_approved_post(session, cast)

    moved(session, post, post.slot_at + timedelta(minutes=5), by=cast.lea)

    assert post.slot_at == NOON + timedelta(minutes=5)


def test_nothing_of_somebody_who_stepped_down_is_moved_or_sent(cast, session):
    post = an_approved_post(session, cast)
    cast.consent.withdrawn_at = now()
    session.commit()

    with pytest.raises(ConsentGone):
        moved(session, post, EVENING, by=cast.lea)
    with pytest.raises(ConsentGone):
        sent_now(session, post, by=cast.lea)


def test_a_second_tap_moves_nothing_twice(cast, session):
    post = an_approved_post(session, cast)

    for _ in range(2):
        moved(session, post, EVENING, by=cast.lea, seen=NOON)

    assert len(moves(session)) == 1


def test_what_somebody_else_has_moved_meanwhile_stays_where_they_put_it(cast, session):
    post = an_approved_post(session, cast)
    moved(session, post, EVENING, by=cast.amir)

    with pytest.raises(MovedMeanwhile):
        moved(session, post, MORNING, by=cast.lea, seen=NOON)

    assert post.slot_at == EVENING


def test_two_posts_change_places_in_one_step(cast, session):
    post, other = (an_approved_post(session, cast, caption=word) for word in ("One", "Two"))

    swapped(session, post, other, by=cast.lea)

    assert (post.slot_at, other.slot_at) == (EVENING, NOON)
    assert moves(session) == [
        (post.id, cast.lea.id, NOON.isoformat(), EVENING.isoformat()),
        (other.id, cast.lea.id, EVENING.isoformat(), NOON.isoformat()),
    ]


def test_posts_do_not_change_places_once_one_of_them_is_moved_or_on_its_way(cast, session):
    post, other = (an_approved_post(session, cast, caption=word) for word in ("One", "Two"))
    both = lock_both(session, post.id, other.id)
    with pytest.raises(MovedMeanwhile):
        swap(*both, session=session, seen=(NOON, MORNING), by=cast.lea, at=now())
    session.rollback()
    other.move(PostState.PUBLISHING, by=None, at=now())
    session.commit()

    with pytest.raises(NotApproved):
        swapped(session, post, other, by=cast.lea)

    assert (post.slot_at, other.slot_at) == (NOON, EVENING)


def test_published_now_it_is_due_this_instant(cast, session):
    post = an_approved_post(session, cast)
    session.add(Publication(post_id=post.id, handle={}, next_try_at=now() + timedelta(hours=1)))
    session.commit()

    done = sent_now(session, post, by=cast.amir)

    assert done.slot == post.slot_at <= now()
    assert next_due(session, cast.programme.id, at=now()).post_id == post.id
    assert moves(session) == [(post.id, cast.amir.id, NOON.isoformat(), done.slot.isoformat())]


def test_two_posts_are_published_now_in_the_same_instant(cast, session):
    posts = [an_approved_post(session, cast, caption=word) for word in ("One", "Two")]

    with time_machine.travel(NOW + timedelta(minutes=3), tick=False):
        for post in posts:
            sent_now(session, post, by=cast.amir)

    assert posts[0].slot_at != posts[1].slot_at


def test_nothing_is_published_now_during_a_pause(cast, session):
    post = an_approved_post(session, cast)
    pause(cast.programme, session=session, reason="", by=cast.lea, at=now())

    with pytest.raises(Paused):
        sent_now(session, post, by=cast.lea)


def test_nothing_is_published_now_before_its_authors_week_or_after_it(cast, session):
    post = an_approved_post(session, cast)

    for at in (cast.week.begins - timedelta(seconds=1), cast.week.ends):
        with time_machine.travel(at), pytest.raises(OutsideTheirWeek):
            sent_now(session, post, by=cast.lea)
        session.rollback()


def test_nothing_is_published_now_on_an_account_that_was_stopped_or_is_at_its_limit(cast, session):
    post, other = (an_approved_post(session, cast, caption=word) for word in ("One", "Two"))
    until = now() + timedelta(hours=2)
    session.add(Publication(post_id=other.id, handle={}, reason="quota", next_try_at=until))
    session.commit()
    with pytest.raises(QuotaUsedUp) as used_up:
        sent_now(session, post, by=cast.lea)
    assert used_up.value.until == until
    session.add(
        Connection(
            programme_id=cast.programme.id,
            publisher="instagrapi",
            sealed_session=b"sealed",
            connected_at=now(),
            stopped_at=now(),
        )
    )
    session.commit()

    with pytest.raises(AccountStopped):
        sent_now(session, post, by=cast.lea)


def test_nothing_is_published_now_where_nothing_opens_the_account(
    app, cast, session, monkeypatch, browse
):
    post = an_approved_post(session, cast)
    changed = replace(app.extensions["settings"], publisher="graph")
    monkeypatch.setitem(app.extensions, "settings", changed)
    with pytest.raises(NoWayToAccount):
        sent_now(session, post, by=cast.lea)
    session.rollback()
    connection = Connection(
        programme_id=cast.programme.id,
        publisher="graph",
        sealed_session=b"sealed",
        connected_at=now(),
        expires_at=now(),
    )
    session.add(connection)
    session.commit()
    with pytest.raises(NoWayToAccount):
        sent_now(session, post, by=cast.lea)
    session.rollback()
    page = browse(cast.lea).get(f"/calendar/posts/{post.id}/now")
    assert page.says("the account is not connected, or its access has ended")

    connection.expires_at = now() + timedelta(days=1)
    session.commit()

    sent_now(session, post, by=cast.lea)


class Somebody:
    def __init__(self, id):
        self.id = id


def together(app, session, *acts):
    """What each came to, all begun in the same instant: a word for what was raised."""
    begin = threading.Barrier(len(acts))

    def run(act):
        with app.app_context():
            begin.wait()
            try:
                act()
                db.session.commit()
            except Exception as rule:  # any of them
                db.session.rollback()
                return type(rule).__name__
            return "done"

    session.commit()
    with ThreadPoolExecutor(len(acts)) as threads:
        came = list(threads.map(run, acts))
    session.expire_all()
    return came


def moving(post_id, slot, by_id):
    def act():
        post = lock_to_place(db.session, post_id)
        move_to(post, slot, session=db.session, seen=NOON, by=Somebody(by_id), at=now())

    return act


def test_of_two_who_move_one_post_at_once_the_second_is_told(app, cast, session):
    post = an_approved_post(session, cast)
    acts = [moving(post.id, EVENING, cast.lea.id), moving(post.id, MORNING, cast.amir.id)]

    assert sorted(together(app, session, *acts)) == ["MovedMeanwhile", "done"]
    assert len(moves(session)) == 1
    assert session.get(Post, post.id).slot_at in {EVENING, MORNING}


def test_of_two_who_want_one_time_at_once_one_has_it(app, cast, session):
    one = an_approved_post(session, cast, caption="One")
    two = an_approved_post(session, cast, caption="Two", slot_at=NOON + timedelta(days=1))
    two_id, by = two.id, Somebody(cast.amir.id)

    def second():
        post = lock_to_place(db.session, two_id)
        seen = NOON + timedelta(days=1)
        move_to(post, EVENING, session=db.session, seen=seen, by=by, at=now())

    came = together(app, session, moving(one.id, EVENING, cast.lea.id), second)

    assert sorted(came) == ["SlotTaken", "done"]
    slots = {session.get(Post, id).slot_at for id in (one.id, two_id)}
    assert EVENING in slots
    assert len(slots) == 2


def test_two_who_swap_at_once_swap_once(app, cast, session):
    one, two = (an_approved_post(session, cast, caption=word) for word in ("One", "Two"))
    ids = [one.id, two.id]

    def act(first, second, by_id):
        def run():
            both = lock_both(db.session, first, second)
            seen = (NOON, EVENING) if first == ids[0] else (EVENING, NOON)
            swap(*both, session=db.session, seen=seen, by=Somebody(by_id), at=now())

        return run

    came = together(app, session, act(*ids, cast.lea.id), act(*reversed(ids), cast.amir.id))

    assert came == ["done", "done"]
    assert [session.get(Post, id).slot_at for id in ids] == [EVENING, NOON]
    assert len(moves(session)) == 2
