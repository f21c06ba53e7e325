"""The publisher of a programme: the one the settings choose, with the account's own session."""

import importlib
import json

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from takeover.db import db
from takeover.instagram.models import Connection
from takeover.instagram.publisher import Ours, Publisher
from takeover.instagram.sandbox import SandboxPublisher
from takeover.instagram.sealing import seal, unseal
from takeover.web import public_address, settings


def publisher_for(session: Session, programme_id: int) -> Publisher:
    """Raises Ours where the programme's account is not connected."""
    name = settings().publisher
    if name == "sandbox":
        return SandboxPublisher(db.sessionmaker, public_address("/sandbox"))
    connection = find_connection(session, programme_id)
    if name != "instagrapi" or connection is None or connection.publisher != name:
        raise Ours(f"no {name} account is connected")
    # Its client takes tens of megabytes of memory: only a process that publishes by it loads it.
    private = importlib.import_module("takeover.instagram.private")
    publisher: Publisher = private.PrivatePublisher(
        json.loads(unseal(connection.sealed_session)),
        base_url=settings().instagram_private_url,
        on_session=lambda changed: _keep_session(connection.id, changed),
    )
    return publisher


def find_connection(session: Session, programme_id: int) -> Connection | None:
    return session.scalar(select(Connection).where(Connection.programme_id == programme_id))


def _keep_session(connection_id: int, changed: dict[str, object]) -> None:
    """The client renews its session as it works; without the renewed one it is logged out."""
    with db.sessionmaker.begin() as session:
        session.execute(
            update(Connection)
            .where(Connection.id == connection_id)
            .values(sealed_session=seal(json.dumps(changed)))
        )
