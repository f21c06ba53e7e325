"""Giving a week to somebody, and taking it back."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from takeover import audit
from takeover.audit import Actor
from takeover.people.models import Person
from takeover.programmes.models import Programme
from takeover.weeks.models import Consent, Week


class NoConsent(Exception):
    """This person has not said yes to this programme, or has taken it back."""


class WeekTaken(Exception):
    """Somebody has that week already."""


class WeekOver(Exception):
    """That week has ended."""


class NotAMonday(Exception):
    """A week begins on a Monday."""


class WeekHasBegun(Exception):
    """It is too late to take it back; pause or withdraw instead."""


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def today_of(programme: Programme, *, at: datetime) -> date:
    """The date on the account's clock."""
    return at.astimezone(programme.zone).date()


def consent_of(
    session: Session, person: Person, programme: Programme, *, hold: bool = False
) -> Consent | None:
    """Their consent to that programme, if it stands; held, it cannot be taken back meanwhile."""
    asked = (
        select(Consent)
        .where(
            Consent.person_id == person.id,
            Consent.programme_id == programme.id,
            Consent.withdrawn_at.is_(None),
        )
        .order_by(Consent.given_at.desc())
        .limit(1)
    )
    if hold:
        asked = asked.with_for_update(read=True).execution_options(populate_existing=True)
    return session.scalar(asked)


def give_week(
    programme: Programme,
    person: Person,
    *,
    session: Session,
    starts_on: date,
    by: Actor | None,
    at: datetime,
) -> Week:
    """Raises NotAMonday, WeekOver, NoConsent, WeekTaken; also when two give at the same instant."""
    if starts_on.weekday() != 0:
        raise NotAMonday
    consent = consent_of(session, person, programme, hold=True)
    if consent is None:
        raise NoConsent
    week = Week(
        programme=programme,
        person=person,
        consent=consent,
        starts_on=starts_on,
        given_at=at,
    )
    if week.ends <= at:
        raise WeekOver
    try:
        with session.begin_nested():
            session.add(week)
    except IntegrityError as error:
        raise WeekTaken from error
    audit.record(week, "week_given", by=by, at=at, starts_on=starts_on.isoformat())
    return week


def take_back(week: Week, *, by: Actor | None, at: datetime, even_begun: bool = False) -> None:
    """Free the week again. Raises WeekHasBegun, unless that does not matter."""
    if week.begins <= at and not even_begun:
        raise WeekHasBegun
    if week.taken_back_at is None:
        week.taken_back_at = at
        audit.record(week, "week_taken_back", by=by, at=at)


def find_week(session: Session, programme: Programme, starts_on: date) -> Week | None:
    return session.scalar(
        select(Week).where(
            Week.programme_id == programme.id,
            Week.starts_on == starts_on,
            Week.taken_back_at.is_(None),
        )
    )


def weeks_of(session: Session, person: Person) -> list[Week]:
    """All they have, the earliest first."""
    return list(
        session.scalars(
            select(Week)
            .where(Week.person_id == person.id, Week.taken_back_at.is_(None))
            .order_by(Week.starts_on)
        )
    )
