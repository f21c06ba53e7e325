"""Quiet hours: the part of a day, on the account's clock, in which nothing is placed."""

from datetime import UTC, datetime, time, timedelta

from takeover.programmes.models import Programme


def has_quiet_hours(programme: Programme) -> bool:
    return bool(programme.quiet_from and programme.quiet_until)


def is_quiet_time(clock: str, *, begins: str, ends: str) -> bool:
    """Of times as "HH:MM"; they may go past midnight, and end where they end."""
    if begins <= ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends


def is_quiet(programme: Programme, instant: datetime) -> bool:
    if not has_quiet_hours(programme):
        return False
    clock = f"{instant.astimezone(programme.zone):%H:%M}"
    return is_quiet_time(clock, begins=programme.quiet_from, ends=programme.quiet_until)


def end_of_quiet(programme: Programme, instant: datetime) -> datetime:
    """When the quiet hours that the instant lies in are over, UTC."""
    local = instant.astimezone(programme.zone)
    ends = time.fromisoformat(programme.quiet_until)
    day = local.date() + timedelta(days=local.time() >= ends)
    found = datetime.combine(day, ends, programme.zone).astimezone(UTC)
    # Where the clock is put back an hour comes twice, and its first end may have passed.
    return found if found > instant else found + timedelta(hours=1)
