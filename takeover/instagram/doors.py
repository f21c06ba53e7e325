"""The publisher of a programme: the one the settings choose, with the account's own session."""

import importlib
import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.db import db
from takeover.instagram.models import Connection
from takeover.instagram.publisher import Ours, Publisher, Reason
from takeover.instagram.sandbox import SandboxPublisher
from takeover.programmes.pausing import lock_programme
from takeover.web import public_address, settings

# Loaded where posts go out by it: it brings a client of tens of megabytes.
LOADED_WHEN_USED = {
    "graph": "takeover.instagram.official_door",
    "instagrapi": "takeover.instagram.private_door",
}
SANDBOX = "sandbox"
NO_DOOR = "shut"


def publisher_for(
    session: Session, programme_id: int, *, soon: bool = False
) -> tuple[str, Publisher]:
    """The programme's door, and its name: the one its account is connected by; else the sandbox,
    where the settings say so. `soon`: somebody waits before a page, which asks nothing by the app's
    way. Raises Ours where there is none."""
    connection = find_connection(session, programme_id)
    name = door_of(connection)
    if connection is None:
        if name != SANDBOX:
            raise Ours("no account is connected", reason=Reason.NOT_CONNECTED)
        return name, SandboxPublisher(db.sessionmaker, public_address("/sandbox"))
    door = importlib.import_module(LOADED_WHEN_USED[name])
    publisher: Publisher = door.open_door(connection, **({"soon": True} if soon else {}))
    return name, publisher


def door_of(connection: Connection | None) -> str:
    """Its name, also while the account is stopped."""
    if connection is not None:
        return connection.publisher
    return SANDBOX if settings().publisher == SANDBOX else NO_DOOR


def find_connection(session: Session, programme_id: int) -> Connection | None:
    return session.scalar(select(Connection).where(Connection.programme_id == programme_id))


def lock_connection(session: Session, programme_id: int) -> Connection | None:
    """As it is now, and with its programme: until the transaction ends nothing is sent by it, and
    nobody else stops it, ends it or connects it anew."""
    lock_programme(session, programme_id)
    return session.scalar(
        select(Connection)
        .where(Connection.programme_id == programme_id)
        .with_for_update()  # a worker may be about to keep a newer session
        .execution_options(populate_existing=True)
    )


def takes_locations(connection: Connection) -> bool:
    """Whether a post can have a location there: by Facebook Login alone."""
    return connection.publisher == "graph" and _host_of(connection) == "facebook"


def deletes(connection: Connection | None) -> bool:
    """Whether a post can be taken down by it: by Instagram Login never, and by Facebook Login where
    that was allowed."""
    if connection is None or connection.publisher != "graph":
        return True
    lacks = connection.facts.get("lacks", [])
    return "instagram_manage_contents" not in lacks and _host_of(connection) != "instagram"


def _host_of(connection: Connection) -> str | None:
    """None where its keys cannot be read."""
    sealing = importlib.import_module("takeover.instagram.sealing")  # as large as the doors
    try:
        keys = json.loads(sealing.unseal(connection.sealed_session))
    except Ours:
        return None
    return str(keys.get("host")) if isinstance(keys, dict) else None
