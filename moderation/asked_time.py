"""The time that a form asks for, as an instant in UTC: one of those it offered, or one written."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from takeover.clock import instant_in


class NoTime(Exception):
    """No time was chosen, or what was written is none."""


class SkippedTime(Exception):
    """That day has no such time: the clock is put forward over it."""

    def __init__(self, clock: time) -> None:
        super().__init__(f"{clock:%H:%M}")
        self.clock = clock


def slot_asked(form: Mapping[str, str], zone: ZoneInfo) -> datetime:
    """`slot`, or `day` and `time` on the account's clock; of a time that comes twice, the first.

    Raises NoTime and SkippedTime.
    """
    if form.get("slot"):
        slot = instant_in(form["slot"])
        if slot is None:
            raise NoTime
        return slot
    try:
        day = date.fromisoformat(form.get("day", ""))
        clock = time.fromisoformat(form.get("time", "")).replace(tzinfo=None, fold=0)
        written = datetime.combine(day, clock, zone)
        slot = written.astimezone(UTC)
        exists = slot.astimezone(zone).replace(tzinfo=None) == written.replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise NoTime from error
    if not exists:
        raise SkippedTime(clock)
    return slot
