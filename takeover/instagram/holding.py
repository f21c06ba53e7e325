"""One worker at a time for each account: a hold, which a dead worker loses with its lease."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from takeover.instagram.models import AccountHold


@dataclass(frozen=True, slots=True)
class Hold:
    """A worker's hold on a programme's account. Every new one raises the fence."""

    programme_id: int
    fence: int


class LostHold(Exception):
    """The lease ran out, and somebody else took the account over or may do so."""


def take_hold(
    session: Session, programme_id: int, *, lease: timedelta, at: datetime
) -> Hold | None:
    """None while another worker has the account. Commits: taking hold is that."""
    make_room(session, programme_id)
    fence = session.scalar(
        update(AccountHold)
        .where(AccountHold.programme_id == programme_id)
        .where(or_(AccountHold.lease_until.is_(None), AccountHold.lease_until <= at))
        .values(fence=AccountHold.fence + 1, lease_until=at + lease)
        .returning(AccountHold.fence)
    )
    session.commit()
    return Hold(programme_id, fence) if fence is not None else None


def keep_hold(session: Session, hold: Hold, *, lease: timedelta, at: datetime) -> None:
    """Prolong it. Until the transaction ends nobody else can take the account. Raises LostHold."""
    kept = session.scalar(
        update(AccountHold)
        .where(AccountHold.programme_id == hold.programme_id)
        .where(AccountHold.fence == hold.fence, AccountHold.lease_until > at)
        .values(lease_until=at + lease)
        .returning(AccountHold.fence)
        .execution_options(synchronize_session=False)  # nobody reads the lease from an object
    )
    if kept is None:
        session.rollback()
        raise LostHold


def let_go(session: Session, hold: Hold) -> None:
    """Somebody else may have the account at once. Commits."""
    session.execute(
        update(AccountHold)
        .where(AccountHold.programme_id == hold.programme_id, AccountHold.fence == hold.fence)
        .values(lease_until=None)
    )
    session.commit()


def make_room(session: Session, programme_id: int) -> None:
    """A row to hold on to, for an account that was never held. Commits then."""
    if session.get(AccountHold, programme_id) is not None:
        return
    session.add(AccountHold(programme_id=programme_id, fence=0))
    try:
        session.commit()
    except IntegrityError:  # another worker was quicker
        session.rollback()
