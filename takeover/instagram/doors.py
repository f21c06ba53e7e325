"""The publisher of a programme: the one the settings choose, with the account's own session."""

import importlib
import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.db import db
from takeover.instagram.models import Connection
from takeover.instagram.publisher import Ours, Publisher, Reason
from takeover.instagram.sandbox import SandboxPublisher
from takeover.web import public_address, settings

# Loaded where posts go out by it: it brings a client of tens of megabytes.
LOADED_WHEN_USED = {
    "graph": "takeover.instagram.official_door",
    "instagrapi": "takeover.instagram.private_door",
}
SANDBOX = "sandbox"


def publisher_for(session: Session, programme_id: int) -> tuple[str, Publisher]:
    """The programme's door, and its name: the one its account is connected by; else the sandbox,
    where the settings say so. Raises Ours where there is none."""
    connection = find_connection(session, programme_id)
    if connection is None:
        if settings().publisher != SANDBOX:
            raise Ours("no account is connected", reason=Reason.NOT_CONNECTED)
        return SANDBOX, SandboxPublisher(db.sessionmaker, public_address("/sandbox"))
    door = importlib.import_module(LOADED_WHEN_USED[connection.publisher])
    publisher: Publisher = door.open_door(connection)
    return connection.publisher, publisher


def find_connection(session: Session, programme_id: int) -> Connection | None:
    return session.scalar(select(Connection).where(Connection.programme_id == programme_id))


def takes_locations(connection: Connection) -> bool:
    """Whether a post can have a location there: by Facebook Login alone."""
    if connection.publisher != "graph":
        return False
    sealing = importlib.import_module("takeover.instagram.sealing")  # as large as the doors
    try:
        keys = json.loads(sealing.unseal(connection.sealed_session))
    except Ours:
        return False
    return isinstance(keys, dict) and keys.get("host") == "facebook"
