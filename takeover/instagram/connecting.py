"""Connecting a programme to its account: a person makes the session, we keep it sealed."""

import importlib
import json
from datetime import datetime

from sqlalchemy.orm import Session

from takeover import audit
from takeover.audit import Actor
from takeover.instagram.doors import find_connection
from takeover.instagram.models import Connection
from takeover.instagram.publisher import Ours
from takeover.instagram.sealing import seal
from takeover.programmes.models import Programme


class NotASession(Exception):
    """The text is not what the client saves of a session."""


def connect(
    programme: Programme,
    *,
    session: Session,
    publisher: str,
    saved: str,
    by: Actor | None,
    at: datetime,
) -> Connection:
    """Publish by this session from now on; an account that was stopped goes on.

    `saved` is the client's settings, JSON. Raises NotASession, and ConfigError without a secret
    key to seal it with.
    """
    _check(saved)
    connection = find_connection(session, programme.id)
    if connection is None:
        connection = Connection(programme_id=programme.id)
        session.add(connection)
    connection.publisher = publisher
    connection.sealed_session = seal(saved)
    connection.connected_at = at
    connection.stopped_at = None
    connection.trouble = ""
    audit.record(connection, "account_connected", by=by, at=at, publisher=publisher)
    return connection


def _check(saved: str) -> None:
    try:
        settings = json.loads(saved)
    except (ValueError, RecursionError) as error:
        raise NotASession from error
    if not isinstance(settings, dict):
        raise NotASession
    # Only this command and a process that publishes need the large client.
    private = importlib.import_module("takeover.instagram.private")
    try:
        private.PrivatePublisher(settings, base_url=None, on_session=lambda changed: None)
    except Ours as error:
        raise NotASession from error
