"""The instants in a week at which a post may go out."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from takeover.programmes.models import Programme
from takeover.weeks.models import Week

APART = timedelta(seconds=1)  # between posts of a programme that sets no times


def slots_of(week: Week) -> list[datetime]:
    """Every slot of the week, UTC, in order; none where posts go out as soon as approved."""
    programme = week.programme
    return [_instant(programme, day, t) for day in _days(week) for t in programme.times]


def next_free_slot(week: Week, *, taken: Iterable[datetime], at: datetime) -> datetime | None:
    """The first slot of the week after `at` that no other post has; None when none is left."""
    occupied = set(taken)
    if week.programme.slot_times:
        free = (slot for slot in slots_of(week) if slot > at and slot not in occupied)
        return next(free, None)
    return _next_instant(week, occupied, max(at, week.begins).replace(microsecond=0))


def _next_instant(week: Week, occupied: set[datetime], start: datetime) -> datetime | None:
    instant = start
    while instant in occupied:
        instant += APART
    for day in _days(week):
        opens = _instant(week.programme, day, time())
        closes = _instant(week.programme, day + timedelta(days=1), time())
        if instant < closes:
            instant = max(instant, opens)
            while instant in occupied:
                instant += APART
            if instant < closes:
                return instant
    return None


def _days(week: Week) -> Iterator[date]:
    for offset in sorted(set(week.programme.slot_days)):
        yield week.starts_on + timedelta(days=offset)


def _instant(programme: Programme, day: date, at: time) -> datetime:
    """A time of the account's clock. One that a change to summer time skips falls after it."""
    return datetime.combine(day, at, programme.zone).astimezone(UTC)
