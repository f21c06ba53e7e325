"""What a person does about an account that is connected: let it go on after a stop, or end it."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from takeover import audit
from takeover.audit import Actor
from takeover.instagram.models import Alarm, Connection, Publication
from takeover.instagram.slowing_down import end_wait, forget_waits, waits_until
from takeover.posts.models import Post, PostState
from takeover.programmes.models import Programme

DEAD_KEYS = frozenset({"token", "permission", "wrong_account"})
"""Reasons of a stop that no looking mends: the account has to be connected again."""

BLOCKS = frozenset({"spam_block", "slowed_down"})
"""Reasons of a stop that time mends: whoever goes on too soon is kept out for longer."""

BLOCKED_FOR = timedelta(hours=24)


class NotStopped(Exception):
    """The account goes on already."""


class AnotherThanSeen(Exception):
    """What stands now has come since it was looked at."""


class NeedsNewKeys(Exception):
    """What opens the account is not good any more."""


class StillBlocked(Exception):
    """By all experience, until then."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


def go_on(
    connection: Connection,
    *,
    session: Session,
    seen: datetime | None,
    by: Actor,
    at: datetime,
    all_the_same: bool = False,
) -> None:
    """Somebody has looked after the account that was stopped, or wants no more to wait as Instagram
    asked: it publishes again. `seen` is what they saw, as `what_holds` names it.

    Raises NotStopped, AnotherThanSeen, NeedsNewKeys, and StillBlocked unless it is to go on all the
    same.
    """
    holds = what_holds(connection, session=session, at=at)
    if holds is None:
        raise NotStopped
    if holds != seen:
        raise AnotherThanSeen
    is_stopped = connection.stopped_at is not None
    until = _kept_out_until(connection, session=session, at=at)
    if until is not None and not all_the_same:
        raise StillBlocked(until)
    if is_stopped:
        forget_waits(session, connection.programme_id)
    else:
        end_wait(session, connection.programme_id, at=at)
    connection.stopped_at = None
    connection.trouble = ""
    look_anew(connection.programme, session=session, at=at)
    early = {"before": until.isoformat()} if until is not None else {}
    audit.record(connection, "account_looked_at", by=by, at=at, **early)


def what_holds(connection: Connection, *, session: Session, at: datetime) -> datetime | None:
    """Since when it is stopped, else until when it is left alone; None where it goes on. No two
    stops and no two waits have the same."""
    return connection.stopped_at or waits_until(session, connection.programme_id, at=at)


def _kept_out_until(connection: Connection, *, session: Session, at: datetime) -> datetime | None:
    """Raises NeedsNewKeys."""
    if connection.stopped_at is None:
        return waits_until(session, connection.programme_id, at=at)
    reason = reason_of_stop(connection, session=session)
    if reason in DEAD_KEYS:
        raise NeedsNewKeys
    return blocked_until(connection, reason, at=at)


def blocked_until(connection: Connection, reason: str, *, at: datetime) -> datetime | None:
    """None where it was stopped for another reason, or long enough ago."""
    if connection.stopped_at is None or reason not in BLOCKS:
        return None
    until = connection.stopped_at + BLOCKED_FOR
    return until if until > at else None


def disconnect(
    connection: Connection,
    *,
    session: Session,
    seen: datetime | None,
    by: Actor | None,
    at: datetime,
) -> None:
    """Forget what opens the account. Nothing goes out to it until it is connected again, nor what
    is being uploaded just now: it must be locked, as by `lock_connection`. `seen` is when that was
    connected which is meant. Raises AnotherThanSeen."""
    if connection.connected_at != seen:
        raise AnotherThanSeen
    audit.record(connection, "account_disconnected", by=by, at=at, publisher=connection.publisher)
    session.delete(connection)


def reason_of_stop(connection: Connection, *, session: Session) -> str:
    """As the alarm names it that was raised by it; empty where none was."""
    alarm = session.scalar(
        select(Alarm)
        .where(Alarm.kind == "stopped", Alarm.programme_id == connection.programme_id)
        .where(Alarm.raised_at == connection.stopped_at)
        .order_by(Alarm.id.desc())
        .limit(1)
    )
    return str(alarm.facts.get("reason", "")) if alarm else ""


def look_anew(programme: Programme, *, session: Session, at: datetime) -> None:
    """What could not be seen before may be seen now, and what was put back may go out. How long
    there has been a doubt stays as it is: a person is asked when patience with it ends."""
    uncertain = select(Post.id).where(
        Post.programme_id == programme.id, Post.state == PostState.UNCERTAIN
    )
    session.execute(
        update(Publication).where(Publication.post_id.in_(uncertain)).values(next_try_at=at)
    )
    approved = select(Post.id).where(
        Post.programme_id == programme.id, Post.state == PostState.APPROVED
    )
    session.execute(
        update(Publication)
        .where(Publication.post_id.in_(approved), Publication.next_try_at > at)
        .values(next_try_at=at)
    )
