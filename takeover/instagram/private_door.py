"""The private door to an account: its sealed session, opened for the client and kept as it changes.

Its client and the sealing take tens of megabytes: `doors` loads this only where posts go out by it.
"""

import json
import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import update

from takeover.db import db
from takeover.instagram.known import is_known
from takeover.instagram.models import Connection
from takeover.instagram.private.gate import Patience
from takeover.instagram.private.publisher import PrivatePublisher
from takeover.instagram.publisher import Publisher
from takeover.instagram.sealing import seal, unseal
from takeover.web import settings

log = logging.getLogger(__name__)


def open_door(connection: Connection) -> Publisher:
    """Raises Ours where the session cannot be read."""
    return PrivatePublisher(
        json.loads(unseal(connection.sealed_session)),
        base_url=settings().instagram_private_url,
        on_session=partial(_keep_session, connection.id, connection.connected_at),
        is_ours=is_known,
        patience=Patience().within(timedelta(seconds=settings().publish_lease)),
    )


def check(saved: dict[str, Any]) -> str:
    """The account that it is a session of, as Instagram names it, where the client makes anything
    of it; asks nobody. Raises Ours."""
    return PrivatePublisher(
        saved, base_url=None, on_session=lambda changed: None, is_ours=lambda on: False
    ).account


def _keep_session(connection_id: int, connected_at: datetime, changed: dict[str, object]) -> None:
    """The client renews its session as it works; without the renewed one it is logged out. But what
    a person has connected since stays: it is another session, or another door."""
    with db.sessionmaker.begin() as session:
        kept = session.scalar(
            update(Connection)
            .where(Connection.id == connection_id, Connection.publisher == "instagrapi")
            .where(Connection.connected_at == connected_at)
            .values(sealed_session=seal(json.dumps(changed)))
            .returning(Connection.id)
        )
    if kept is None:
        log.info("the account was connected anew meanwhile: its former session is forgotten")
