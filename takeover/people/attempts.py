"""Counting who knocks at the door, in the database, so that all processes count together."""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from takeover.people.models import Attempt

WITHIN = timedelta(minutes=15)
MOST_PER_ADDRESS = 6  # of one mailbox
MOST_PER_ORIGIN = 60  # of one network address: a plant's Wi-Fi is one address for many people


def knocker(kind: str, value: str, *, key: str) -> str:
    """A name for who knocks that cannot be read back."""
    return hmac.new(key.encode(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def too_many(session: Session, who: str, *, most: int, at: datetime) -> bool:
    count = session.scalar(
        select(func.count()).where(Attempt.knocker == who, Attempt.at > at - WITHIN)
    )
    return (count or 0) >= most


def note_attempt(session: Session, *who: str, at: datetime) -> None:
    session.add_all(Attempt(knocker=one, at=at) for one in who)


def forget_attempts(session: Session, *, at: datetime) -> None:
    """Of those that no longer count."""
    session.execute(delete(Attempt).where(Attempt.at <= at - WITHIN))


def forgive(session: Session, who: str) -> None:
    """Somebody got in: their earlier mistakes no longer count."""
    session.execute(delete(Attempt).where(Attempt.knocker == who))
