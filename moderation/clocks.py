"""The two clocks of a time: the account's, and the reader's where that is another."""

from datetime import datetime

from babel import Locale
from babel.dates import get_timezone_location
from flask_babel import format_date, get_locale, get_timezone

from takeover.i18n import DEFAULT_LANGUAGE
from takeover.programmes.clocks import differs
from takeover.programmes.models import Programme


def both_clocks(programme: Programme, instant: datetime) -> tuple[str, str]:
    """`18:00` there and here; here is empty where it is the same, and has its day where that
    differs."""
    there, here = instant.astimezone(programme.zone), instant.astimezone(get_timezone())
    clock = f"{there:%H:%M}"
    if not differs(programme, instant):
        return clock, ""
    if there.date() == here.date():
        return clock, f"{here:%H:%M}"
    return clock, f"{format_date(here.date(), 'EEE', rebase=False)} {here:%H:%M}"


def city_of(programme: Programme) -> str:
    """Whose clock it is."""
    locale = get_locale() or Locale.parse(DEFAULT_LANGUAGE)
    return str(get_timezone_location(programme.timezone, locale=locale, return_city=True))
