"""What a person does about an account that is connected: let it go on after a stop, or end it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from takeover import audit
from takeover.audit import Actor
from takeover.instagram.models import Alarm, Connection, Publication
from takeover.posts.models import Post, PostState
from takeover.programmes.models import Programme

DEAD_KEYS = frozenset({"token", "permission", "wrong_account"})
"""Reasons of a stop that no looking mends: the account has to be connected again."""


class NotStopped(Exception):
    """The account goes on already."""


class NeedsNewKeys(Exception):
    """What opens the account is not good any more."""


def go_on(connection: Connection, *, session: Session, by: Actor, at: datetime) -> None:
    """Somebody has looked after the account that was stopped: it publishes again.

    Raises NotStopped, and NeedsNewKeys.
    """
    if connection.stopped_at is None:
        raise NotStopped
    if reason_of_stop(connection, session=session) in DEAD_KEYS:
        raise NeedsNewKeys
    connection.stopped_at = None
    connection.trouble = ""
    look_anew(connection.programme, session=session, at=at)
    audit.record(connection, "account_looked_at", by=by, at=at)


def disconnect(connection: Connection, *, session: Session, by: Actor, at: datetime) -> None:
    """Forget what opens the account. Nothing goes out to it until it is connected again."""
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
    """What could not be seen before may be seen now."""
    uncertain = select(Post.id).where(
        Post.programme_id == programme.id, Post.state == PostState.UNCERTAIN
    )
    session.execute(
        update(Publication)
        .where(Publication.post_id.in_(uncertain))
        .values(doubted_at=at, next_try_at=at)
    )
