"""When a week begins and ends, in words, on the clock of whoever reads."""

from datetime import datetime, timedelta

from babel import Locale
from babel.dates import get_timezone_location
from flask_babel import get_locale, get_timezone
from flask_babel import gettext as _

from takeover.i18n import DEFAULT_LANGUAGE, day, moment
from takeover.weeks.models import Week


def begins(week: Week) -> str:
    """Its Monday; where that midnight is another hour of the reader's day, both clocks."""
    if _one_clock(week, week.begins):
        return day(week.starts_on)
    return _on_both_clocks(moment(week.begins), week, week.begins)


def ends(week: Week) -> str:
    """Its Sunday, all of it; or the instant at which it ends, on both clocks."""
    if _one_clock(week, week.ends):
        return day(week.ends_on)
    return _on_both_clocks(moment(week.ends), week, week.ends)


def hour_it_ends(week: Week) -> str:
    """For the day of its reader on which it ends."""
    if _one_clock(week, week.ends):
        return _("midnight")
    return _on_both_clocks(f"{_here(week.ends):%H:%M}", week, week.ends)


def ends_today(week: Week, *, at: datetime) -> bool:
    """Whether the reader goes to bed tonight without it."""
    last_instant = week.ends - timedelta(microseconds=1)
    return week.has(at) and _here(last_instant).date() == _here(at).date()


def _on_both_clocks(here: str, week: Week, instant: datetime) -> str:
    return _(
        "%(here)s on your clock (%(there)s, %(zone)s time)",
        here=here,
        there=moment(instant, week.programme.timezone),
        zone=get_timezone_location(
            week.programme.timezone,
            locale=get_locale() or Locale.parse(DEFAULT_LANGUAGE),
            return_city=True,
        ),
    )


def _one_clock(week: Week, instant: datetime) -> bool:
    """Other names of a zone confuse nobody: what counts is what the two clocks show."""
    return _here(instant).utcoffset() == instant.astimezone(week.programme.zone).utcoffset()


def _here(instant: datetime) -> datetime:
    return instant.astimezone(get_timezone())
