"""What holds for a while and for every process: that something is under way, or not used up yet.

Kept among the attempts, whose own job forgets what is over.
"""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from takeover.people.attempts import WITHIN, knocker
from takeover.people.models import Attempt
from takeover.web import settings


def hold_for_now(session: Session, what: str, *, until: datetime) -> None:
    session.add(Attempt(knocker=_named(what), at=until - WITHIN))


def holds_until(session: Session, what: str, *, at: datetime) -> datetime | None:
    """None where it does not hold, or not any more."""
    latest = session.scalar(
        select(func.max(Attempt.at, type_=Attempt.at.type)).where(
            Attempt.knocker == _named(what), Attempt.at > at - WITHIN
        )
    )
    return latest + WITHIN if latest else None


def use_up(session: Session, what: str, *, at: datetime) -> bool:
    """Whether it held until now. Of several who ask at once, one hears yes."""
    gone = session.execute(
        delete(Attempt)
        .where(Attempt.knocker == _named(what), Attempt.at > at - WITHIN)
        .returning(Attempt.id)
    )
    return gone.first() is not None


def _named(what: str) -> str:
    return knocker("for now", what, key=settings().secret_key)
