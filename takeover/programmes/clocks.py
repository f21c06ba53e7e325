"""How an instant is said of an account: on its clock, and on the reader's where that is another."""

from datetime import datetime

from flask import Flask, has_request_context
from flask_babel import get_timezone
from flask_babel import gettext as _

from takeover.i18n import moment
from takeover.programmes.models import Programme


def init_app(app: Flask) -> None:
    app.jinja_env.globals["clock_of"] = clock_of


def clock_of(programme: Programme, instant: datetime) -> str:
    """`Thu 26 Nov, 18:00`; to who has another clock `Thu 26 Nov, 18:00 (17:00 on your clock)`, with
    the day where that differs too. A command has no reader with a clock."""
    there = moment(instant, programme.timezone)
    if not has_request_context() or not differs(programme, instant):
        return there
    here = instant.astimezone(get_timezone())
    is_same_day = here.date() == instant.astimezone(programme.zone).date()
    return _(
        "%(there)s (%(here)s on your clock)",
        there=there,
        here=f"{here:%H:%M}" if is_same_day else moment(instant),
    )


def differs(programme: Programme, instant: datetime) -> bool:
    """Other names of a zone confuse nobody: what counts is what the two clocks show."""
    here = instant.astimezone(get_timezone())
    return here.utcoffset() != instant.astimezone(programme.zone).utcoffset()
