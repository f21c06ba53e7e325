"""The instants in a week at which a post may go out."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from takeover.programmes.models import Programme
from takeover.programmes.quiet import end_of_quiet, is_quiet
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
    """The first slot of the week after `at` that no other post has, out of the quiet hours, and as
    far from the others as the programme asks; None when none is left."""
    others = list(taken)
    if week.programme.slot_times:
        ahead = (slot for slot in slots_of(week) if slot > at)
        return next((slot for slot in ahead if keeps_apart(week.programme, slot, others)), None)
    return _soonest(week, others, at.replace(microsecond=0))


def keeps_apart(programme: Programme, slot: datetime, others: Iterable[datetime]) -> bool:
    """Whether nothing but the calendar speaks against a post at that instant."""
    return not is_quiet(programme, slot) and not _near(programme, slot, others)


def _near(programme: Programme, slot: datetime, others: Iterable[datetime]) -> list[datetime]:
    apart = timedelta(minutes=programme.spacing)
    return [one for one in others if one == slot or abs(one - slot) < apart]


def _soonest(week: Week, others: list[datetime], at: datetime) -> datetime | None:
    for day in _days(week):
        closes = _instant(week.programme, day + timedelta(days=1), time())
        ahead = at < _instant(week.programme, day, time())
        instant = _instant(week.programme, day, OPENS) if ahead else at
        step = APART_AHEAD if ahead else APART
        while instant < closes and not keeps_apart(week.programme, instant, others):
            instant = _later(week.programme, instant, others, step=step)
        if instant < closes:
            return instant
    return None


def _later(
    programme: Programme, instant: datetime, others: list[datetime], *, step: timedelta
) -> datetime:
    """When to look next, where that instant cannot be."""
    if is_quiet(programme, instant):
        return end_of_quiet(programme, instant)
    apart = timedelta(minutes=programme.spacing)
    return max(instant + step, max(_near(programme, instant, others)) + apart)


def _days(week: Week) -> Iterator[date]:
    for offset in sorted(set(week.programme.slot_days)):
        yield week.starts_on + timedelta(days=offset)


def _instant(programme: Programme, day: date, at: time) -> datetime:
    """A time of the account's clock. One that a change to summer time skips falls after it."""
    return datetime.combine(day, at, programme.zone).astimezone(UTC)
