"""Connecting a programme to its account: a person makes the session, we keep it sealed."""

import importlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover import audit
from takeover.audit import Actor
from takeover.instagram.doors import LOADED_WHEN_USED, find_connection
from takeover.instagram.looking_after import look_anew
from takeover.instagram.models import Connection
from takeover.instagram.publisher import Ours
from takeover.instagram.sealing import reseal, seal
from takeover.instagram.slowing_down import Asked, forget_waits_of_others
from takeover.programmes.models import Programme
from takeover.programmes.pausing import lock_programme


class NotASession(Exception):
    """The text is not what opens that door."""


class Unreadable(Exception):
    """What opens the account of the programme named cannot be read by any of our keys."""


def connect(
    programme: Programme,
    *,
    session: Session,
    publisher: str,
    saved: str,
    by: Actor | None,
    at: datetime,
    expires_at: datetime | None = None,
    facts: dict[str, Any] | None = None,
) -> Connection:
    """Publish by this door from now on; an account that was stopped goes on. What Instagram wants
    left alone stays so, where it is the same account by the same door.

    `saved` is what opens it, JSON: the private client's settings, or the official door's keys (see
    `official_door`). `expires_at` is when that ends, None where it does not or nobody knows;
    `facts` are shown on the account's page and hold no secret. Raises NotASession, and ConfigError
    without a secret key to seal it with.
    """
    account = _account_of(publisher, saved)
    lock_programme(session, programme.id)  # two people who connect it at once do so in turn
    connection = find_connection(session, programme.id)
    if connection is None:
        connection = Connection(programme_id=programme.id)
        session.add(connection)
    connection.publisher = publisher
    connection.sealed_session = seal(saved)
    connection.connected_at = at
    connection.expires_at, connection.facts = expires_at, facts or {}
    connection.answered_at = connection.stopped_at = None
    connection.trouble = ""
    now = Asked(door=publisher, account=account, connected_at=at)
    forget_waits_of_others(session, programme.id, now)
    look_anew(programme, session=session, at=at)
    audit.record(connection, "account_connected", by=by, at=at, publisher=publisher)
    return connection


def reseal_all(session: Session, *, at: datetime) -> int:
    """Seal what opens every door with the newest key; how many there are. Raises Unreadable, and
    ConfigError without a secret key."""
    connections = session.scalars(
        select(Connection)
        .order_by(Connection.id)
        .with_for_update()  # a worker may be about to keep a newer session
        .execution_options(populate_existing=True)
    ).all()
    for connection in connections:
        try:
            connection.sealed_session = reseal(connection.sealed_session)
        except Ours as error:
            raise Unreadable(connection.programme.slug) from error
        audit.record(connection, "account_resealed", by=None, at=at)
    return len(connections)


def _account_of(publisher: str, saved: str) -> str:
    """As its door names it. Raises NotASession."""
    try:
        settings = json.loads(saved)
    except (ValueError, RecursionError) as error:
        raise NotASession from error
    if not isinstance(settings, dict):
        raise NotASession
    # Only this command and a process that publishes need the large client.
    door = importlib.import_module(LOADED_WHEN_USED[publisher])
    try:
        return str(door.check(settings))
    except Ours as error:
        raise NotASession from error
