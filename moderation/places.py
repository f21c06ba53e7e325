"""The free slots of a week, as far apart as its programme asks."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from takeover.posts.models import Post, PostState
from takeover.programmes.models import Programme
from takeover.weeks.models import Week
from takeover.weeks.slots import keeps_apart, next_free_slot, slots_of

AHEAD = timedelta(minutes=5)
"""Where posts go out at any time: so far ahead one is offered, to leave time for a yes."""

A_MINUTE = timedelta(minutes=1)
MOST_OFFERED = 40


def free_slots(post: Post, *, session: Session, at: datetime) -> list[datetime]:
    """The next ones of its week that keep the programme's spacing."""
    return free_slots_by_week([post.week], session=session, at=at)[post.week_id]


def free_slots_by_week(
    weeks: Iterable[Week], *, session: Session, at: datetime
) -> dict[int, list[datetime]]:
    """As `free_slots`, by the ids of the weeks; what is taken is looked up once a programme."""
    taken: dict[int, list[datetime]] = {}
    found: dict[int, list[datetime]] = {}
    for week in weeks:
        if week.id in found:
            continue
        programme = week.programme
        if programme.id not in taken:
            taken[programme.id] = taken_slots(session, programme, at=at)
        offered = places(week, taken[programme.id], at=at)
        found[week.id] = list(islice(offered, MOST_OFFERED))
    return found


def taken_slots(
    session: Session, programme: Programme, *, at: datetime, but: int | None = None
) -> list[datetime]:
    """When posts of the programme go out, or have just done so; `but` is the id of one that is
    left out."""
    just_now = at - timedelta(minutes=programme.spacing)
    may_be_out = Post.state.in_({PostState.PUBLISHING, PostState.UNCERTAIN})
    found = session.execute(
        select(Post.published_at, Post.slot_at).where(
            Post.programme_id == programme.id,
            Post.id != (but or 0),
            or_(
                Post.slot_at >= at.replace(microsecond=0),
                Post.published_at > just_now,
                and_(may_be_out, Post.slot_at > just_now),
            ),
        )
    )
    return [instant for row in found if (instant := row.published_at or row.slot_at)]


def places(week: Week, taken: list[datetime], *, at: datetime) -> Iterator[datetime]:
    """The free slots of the week after `at`, UTC, in order."""
    if week.programme.slot_times:
        yield from (
            slot
            for slot in slots_of(week)
            if slot > at and keeps_apart(week.programme, slot, taken)
        )
        return
    apart = timedelta(minutes=week.programme.spacing)
    after = _whole_minute(at + AHEAD)
    while (slot := next_free_slot(week, taken=taken, at=after)) is not None:
        if slot == _whole_minute(slot):
            yield slot
            after = _whole_minute(slot + max(apart, A_MINUTE))
        else:
            after = _whole_minute(slot)


def is_free(week: Week, slot: datetime, taken: Iterable[datetime], *, at: datetime) -> bool:
    """Whether a post of that week can go out then, for all that others do."""
    programme = week.programme
    if slot <= at or not week.has(slot) or not keeps_apart(programme, slot, taken):
        return False
    if programme.slot_times:
        return slot in slots_of(week)
    return slot.astimezone(programme.zone).weekday() in programme.slot_days


def _whole_minute(at: datetime) -> datetime:
    """The next one, or this very instant if it is one."""
    begun = at.replace(second=0, microsecond=0)
    return begun if begun == at else begun + A_MINUTE
