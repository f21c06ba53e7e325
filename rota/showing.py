"""A week of the rota as a row: who has it, in what state, and what can be done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from briefs.models import Brief
from takeover.i18n import country_name, week_span
from takeover.people.models import Person
from takeover.programmes.models import Programme
from takeover.weeks.giving import monday_of, today_of
from takeover.weeks.models import Week

SOON = timedelta(weeks=4)  # an open week so near needs somebody


@dataclass(frozen=True, slots=True)
class Row:
    starts_on: date
    dates: str
    week: Week | None
    brief: Brief | None
    is_now: bool
    word: str
    tone: str
    may_be_given: bool
    may_be_taken_back: bool

    @property
    def meta(self) -> str:
        return about(self.week.person) if self.week else ""


def about(person: Person) -> str:
    """Their job and country, as far as we know them."""
    country = country_name(person.country) if person.country else ""
    return ", ".join(word for word in (person.job, country) if word)


def rows_of(
    programme: Programme,
    days: Sequence[date],
    given: Mapping[date, Week],
    briefs: Mapping[int, Brief],
    *,
    on_account: Collection[int],
    at: datetime,
) -> list[Row]:
    """A row for each Monday; `briefs` by the week's id, `on_account` as `weeks_on_account`."""
    today = today_of(programme, at=at)
    rows = []
    for day in days:
        week = given.get(day)
        brief = briefs.get(week.id) if week else None
        is_over = day + timedelta(days=7) <= today
        word, tone = _state(day, week, brief, today, on_account)
        rows.append(
            Row(
                starts_on=day,
                dates=week_span(day, day + timedelta(days=6)),
                week=week,
                brief=brief,
                is_now=day == monday_of(today),
                word=word,
                tone=tone,
                may_be_given=week is None and not is_over,
                may_be_taken_back=week is not None and day > today,
            )
        )
    return rows


def _state(
    day: date, week: Week | None, brief: Brief | None, today: date, on_account: Collection[int]
) -> tuple[str, str]:
    if day + timedelta(days=7) <= today:
        return (_("Over"), "calm") if week else (_("Nobody had it"), "calm")
    if week is None:
        return _("Open"), "attention" if day - today < SOON else "calm"
    if day <= today:
        return (_("On air"), "good") if week.id in on_account else (_("Their week now"), "calm")
    if brief and brief.read_at:
        return _("Brief read"), "good"
    return (_("Brief sent"), "waiting") if brief else (_("Given"), "waiting")
