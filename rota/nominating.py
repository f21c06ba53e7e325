"""HR's part: nominating people of their own countries."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rota.models import Nomination, NominationState
from takeover.people.adding import add_person, find_person
from takeover.people.models import Person, Role
from takeover.programmes.models import Programme

OPEN = (NominationState.NOMINATED, NominationState.INVITED, NominationState.ACCEPTED)


class NotYourCountry(Exception):
    """HR nominates people of the countries they are there for."""


class OfAnotherCountry(Exception):
    """We know this person, and in another country: their own HR nominates them."""


class NominatedAlready(Exception):
    """This person has an open nomination to the programme."""


def nominate(
    programme: Programme,
    *,
    session: Session,
    name: str,
    email: str,
    country: str,
    job: str,
    workplace: str,
    language: str,
    reason: str,
    by: Person,
    at: datetime,
) -> Nomination:
    """Propose somebody. Whom we know already keeps the record they have.

    Raises NotYourCountry, OfAnotherCountry, NominatedAlready (also when two nominate at the same
    instant), BadAddress.
    """
    if Role.LEAD not in by.roles and country not in by.nominates_for:
        raise NotYourCountry
    person = find_person(session, email)
    if person and person.country not in ("", country):
        raise OfAnotherCountry
    if person and _open_nomination(session, programme, person):
        raise NominatedAlready
    try:
        with session.begin_nested():
            person = person or add_person(
                session,
                name=name,
                email=email,
                language=language,
                timezone=programme.timezone,
                country=country,
                job=job,
                workplace=workplace,
                by=by,
                at=at,
            )
            nomination = Nomination(
                programme=programme,
                person=person,
                by_id=by.id,
                state=NominationState.NOMINATED,
                country=country,
                reason=reason.strip(),
                created_at=at,
            )
            session.add(nomination)
    except IntegrityError as error:
        raise NominatedAlready from error
    nomination.begin(by=by, at=at)
    return nomination


def withdraw_nomination(nomination: Nomination, *, by: Person, at: datetime) -> None:
    """Before an answer. `nomination` must be locked. Raises MoveNotAllowed."""
    nomination.move(NominationState.WITHDRAWN, by=by, at=at)


def _open_nomination(session: Session, programme: Programme, person: Person) -> Nomination | None:
    return session.scalar(
        select(Nomination).where(
            Nomination.programme_id == programme.id,
            Nomination.person_id == person.id,
            Nomination.state.in_(OPEN),
        )
    )
