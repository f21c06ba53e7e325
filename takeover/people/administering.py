"""What an administrator does: let people in, and take roles away again."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from takeover.audit import Actor
from takeover.people.adding import add_person, find_person, give_role, take_role
from takeover.people.models import Person, Role


class AddressTaken(Exception):
    """Somebody has this address already."""

    def __init__(self, person: Person | None) -> None:
        super().__init__("somebody has this address already")
        self.person = person


class OwnAdministratorRole(Exception):
    """Nobody stops being administrator by their own hand, so that one is always left."""


def let_in(
    session: Session,
    *,
    name: str,
    email: str,
    role: Role,
    countries: Iterable[str],
    language: str,
    timezone: str,
    by: Actor | None,
    at: datetime,
) -> Person:
    """Add somebody with their first role. Raises AddressTaken, BadAddress, NeedsCountries."""
    if known := find_person(session, email):
        raise AddressTaken(known)
    person = add_person(
        session, name=name, email=email, language=language, timezone=timezone, by=by, at=at
    )
    give_role(person, role, by=by, at=at, countries=countries)
    return person


def take_away(person: Person, role: Role, *, country: str, by: Person, at: datetime) -> None:
    """Take a role away, for HR that of one country. Ends their sessions everywhere.

    Raises OwnAdministratorRole.
    """
    if role is Role.ADMINISTRATOR and person.id == by.id:
        raise OwnAdministratorRole
    take_role(person, role, by=by, at=at, countries=[country] if role is Role.HR else None)
