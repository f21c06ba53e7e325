"""Getting to know people, and what they may do."""

from collections.abc import Iterable
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover import audit
from takeover.audit import Actor
from takeover.people.models import Grant, Person, Role


class BadAddress(Exception):
    """That is not an e-mail address a message could be sent to."""


class NeedsCountries(Exception):
    """HR nominates for countries: name at least one."""


def tidy_email(address: str) -> str:
    """The one spelling we keep. Raises BadAddress."""
    try:
        return validate_email(
            address.strip(), check_deliverability=False, test_environment=True
        ).normalized.lower()
    except EmailNotValidError as error:
        raise BadAddress(str(error)) from error


def find_person(session: Session, email: str) -> Person | None:
    try:
        return session.scalar(select(Person).where(Person.email == tidy_email(email)))
    except BadAddress:
        return None


def add_person(
    session: Session,
    *,
    name: str,
    email: str,
    by: Actor | None,
    at: datetime,
    language: str = "en",
    timezone: str = "UTC",
    country: str = "",
    job: str = "",
    workplace: str = "",
) -> Person:
    """Raises BadAddress."""
    person = Person(
        name=" ".join(name.split()),
        email=tidy_email(email),
        language=language,
        timezone=timezone,
        country=country,
        job=job.strip(),
        workplace=workplace.strip(),
        created_at=at,
    )
    session.add(person)
    audit.record(person, "person_added", by=by, at=at)
    return person


def give_role(
    person: Person, role: Role, *, by: Actor | None, at: datetime, countries: Iterable[str] = ()
) -> None:
    """Let a person do what the role does; HR for the countries named, added to earlier ones.

    Raises NeedsCountries.
    """
    scopes = sorted(set(countries)) if role is Role.HR else [""]
    if not scopes:
        raise NeedsCountries
    held = {(grant.role, grant.country) for grant in person.grants}
    for country in scopes:
        if (role, country) not in held:
            person.grants.append(Grant(role=role, country=country))
            audit.record(person, "role_given", by=by, at=at, role=role.value, country=country)


def take_role(
    person: Person,
    role: Role,
    *,
    by: Actor | None,
    at: datetime,
    countries: Iterable[str] | None = None,
) -> None:
    """Take a role away, or for HR only some countries of it, and end all their sessions."""
    gone = [
        grant
        for grant in person.grants
        if grant.role is role and (countries is None or grant.country in set(countries))
    ]
    if not gone:
        return
    for grant in gone:
        person.grants.remove(grant)
        audit.record(person, "role_taken", by=by, at=at, role=role.value, country=grant.country)
    person.session_epoch += 1
