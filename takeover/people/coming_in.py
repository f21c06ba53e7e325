"""Letting in whoever has the password, or the mailbox."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from takeover import audit
from takeover.people.adding import find_person
from takeover.people.knocking import TooManyTries, Way, got_in, knock
from takeover.people.mailing import send_link_if_known
from takeover.people.models import Person
from takeover.people.passwords import password_is

log = logging.getLogger(__name__)


class WrongPassword(Exception):
    """Nobody who may come in has that address and that password."""


def come_in_with_password(
    session: Session, *, email: str, password: str, origin: str, key: str, at: datetime
) -> Person:
    """Whoever has that password and a role. Raises TooManyTries, WrongPassword.

    Commits: a try counts, whatever becomes of it.
    """
    _count(session, Way.PASSWORD, mailbox=email, origin=origin, key=key, at=at)
    known = find_person(session, email)
    if known is not None:
        session.expunge(known)  # hashing is slow: nothing waits in the database meanwhile
    session.commit()
    if not password_is(known, password) or known is None or not known.roles:
        log.info("sign-in refused", extra={"why": "wrong password"})
        raise WrongPassword
    person = session.get_one(Person, known.id)
    got_in(session, Way.PASSWORD, mailbox=email, key=key)
    audit.record(person, "signed_in_by_password", by=person, at=at)
    session.commit()
    return person


def ask_for_link(
    session: Session, *, email: str, origin: str, key: str, at: datetime, goes_to: str = ""
) -> None:
    """Send a link, if that address is somebody's who may come in. Raises TooManyTries.

    Commits once, so that it takes as long for an address that nobody has.
    """
    _count(session, Way.LINK, mailbox=email, origin=origin, key=key, at=at)
    send_link_if_known(session, email, at=at, goes_to=goes_to)
    session.commit()


def _count(
    session: Session, way: Way, *, mailbox: str, origin: str, key: str, at: datetime
) -> None:
    try:
        knock(session, way, mailbox=mailbox, origin=origin, key=key, at=at)
    except TooManyTries:
        log.warning("sign-in refused", extra={"why": f"too many tries by {way.value}"})
        raise
