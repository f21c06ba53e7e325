"""The instants in a week at which a post may go out."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from takeover.programmes.models import Programme
from takeover.weeks.models import Week

# Of a programme that sets no times. What was approved during the week goes out at once; what was
# approved before it goes out over its first day, and not in a burst at midnight.
APART = timedelta(seconds=1)
OPENS = time(9)
APART_AHEAD = timedelta(hours=2)


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
    return _soonest(week, occupied, at.replace(microsecond=0))


def _soonest(week: Week, occupied: set[datetime], at: datetime) -> datetime | None:
    for day in _days(week):
        closes = _instant(week.programme, day + timedelta(days=1), time())
        ahead = at < _instant(week.programme, day, time())
        instant = _instant(week.programme, day, OPENS) if ahead else at
        while instant in occupied:
            instant += APART_AHEAD if ahead else APART
        if instant < closes:
            return instant
    return None


def _days(week: Week) -> Iterator[date]:
    for offset in sorted(set(week.programme.slot_days)):
        yield week.starts_on + timedelta(days=offset)


def _instant(programme: Programme, day: date, at: time) -> datetime:
    """A time of the account's clock. One that a change to summer time skips falls after it."""
    return datetime.combine(day, at, programme.zone).astimezone(UTC)
