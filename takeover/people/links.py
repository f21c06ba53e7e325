"""Links that sign a person in once. Reading the page uses nothing up; its button does."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from takeover import audit
from takeover.audit import Actor
from takeover.people.models import Person, SignInLink

ASKED_FOR = timedelta(minutes=30)  # somebody waits for it
IN_A_MESSAGE = timedelta(hours=48)  # somebody reads it when they come off shift


class LinkUsedOrTooOld(Exception):
    """The link has done its work, or waited too long."""


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make_link(
    session: Session,
    person: Person,
    *,
    by: Actor | None,
    at: datetime,
    lasts: timedelta = ASKED_FOR,
    goes_to: str = "",
) -> str:
    """Returns the secret that belongs into the link; it is kept nowhere else.

    `goes_to` is a path of ours, where the person lands.
    """
    secret = secrets.token_urlsafe(32)
    link = SignInLink(
        person=person,
        digest=digest_of(secret),
        goes_to=goes_to,
        made_at=at,
        expires_at=at + lasts,
    )
    session.add(link)
    audit.record(person, "sign_in_link_made", by=by, at=at)
    return secret


def find_link(session: Session, secret: str) -> SignInLink | None:
    """The link of that secret, used or not."""
    return session.scalar(select(SignInLink).where(SignInLink.digest == digest_of(secret)))


def is_fresh(link: SignInLink, *, at: datetime) -> bool:
    return link.used_at is None and at < link.expires_at


def use_link(session: Session, link: SignInLink, *, at: datetime) -> Person:
    """Use the link up, for whoever comes first. Raises LinkUsedOrTooOld."""
    used = session.execute(
        update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None), SignInLink.expires_at > at)
        .values(used_at=at)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise LinkUsedOrTooOld
    audit.record(link.person, "signed_in_by_link", by=link.person, at=at)
    return link.person
