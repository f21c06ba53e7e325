"""Messages that bring a link which signs their reader in."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from takeover.audit import Actor
from takeover.mail.writing import write
from takeover.people.adding import find_person
from takeover.people.links import ASKED_FOR, digest_of, make_link
from takeover.people.models import Person
from takeover.web import public_address


def address_of_link(secret: str) -> str:
    """The whole address that belongs into a message."""
    return public_address(f"/sign-in/link/{secret}")


def send_link(
    session: Session,
    person: Person,
    *,
    by: Actor | None,
    at: datetime,
    lasts: timedelta = ASKED_FOR,
    goes_to: str = "",
) -> None:
    """Write them a message with a new link. `by` is None where they asked for it themselves."""
    secret = make_link(session, person, by=by, at=at, lasts=lasts, goes_to=goes_to)
    write(
        session,
        "sign_in",
        to=person,
        key=f"sign-in-{digest_of(secret)}",
        at=at,
        link=address_of_link(secret),
        asked=by is None,
        lasts=lasts,
    )


def send_link_if_known(session: Session, email: str, *, at: datetime, goes_to: str = "") -> None:
    """Send a link to whoever has that address and a role; for anybody else do the same work, and
    keep nothing of it. How long the answer takes must not tell who is known."""
    person = find_person(session, email)
    if person is not None and person.roles:
        send_link(session, person, by=None, at=at, goes_to=goes_to)
        return
    with session.begin_nested() as kept:
        nobody = _nobody(at)
        session.add(nobody)
        send_link(session, nobody, by=None, at=at, goes_to=goes_to)
        session.flush()
        kept.rollback()


def _nobody(at: datetime) -> Person:
    return Person(
        name="Nobody",
        email=f"{secrets.token_hex(8)}@nobody.invalid",
        language="en",
        created_at=at,
    )
