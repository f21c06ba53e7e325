"""The publisher of a programme: the one the settings choose, with the account's own session."""

import importlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.db import db
from takeover.instagram.models import Connection
from takeover.instagram.publisher import Ours, Publisher
from takeover.instagram.sandbox import SandboxPublisher
from takeover.web import public_address, settings

# Loaded where posts go out by it: it brings a client of tens of megabytes.
LOADED_WHEN_USED = {"instagrapi": "takeover.instagram.private_door"}


def publisher_for(session: Session, programme_id: int) -> Publisher:
    """Raises Ours where the programme's account is not connected."""
    name = settings().publisher
    if name == "sandbox":
        return SandboxPublisher(db.sessionmaker, public_address("/sandbox"))
    connection = find_connection(session, programme_id)
    if name not in LOADED_WHEN_USED or connection is None or connection.publisher != name:
        raise Ours(f"no {name} account is connected")
    door = importlib.import_module(LOADED_WHEN_USED[name])
    publisher: Publisher = door.open_door(connection)
    return publisher


def find_connection(session: Session, programme_id: int) -> Connection | None:
    return session.scalar(select(Connection).where(Connection.programme_id == programme_id))
