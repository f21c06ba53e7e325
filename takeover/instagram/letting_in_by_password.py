"""Connecting an account with its password: the session is kept, sealed, and the password forgotten.

It brings the client and the sealing: loaded where it is used, as `doors` says. No job calls it.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.audit import Actor
from takeover.instagram.connecting import connect
from takeover.instagram.doors import find_connection
from takeover.instagram.models import Connection
from takeover.instagram.private.signing_in import sign_in
from takeover.instagram.publisher import Ours
from takeover.instagram.sealing import unseal
from takeover.programmes.models import Programme
from takeover.web import settings


def connect_by_password(
    programme_id: int,
    *,
    session: Session,
    username: str,
    password: str,
    code: str,
    by: Actor | None,
    at: datetime,
    pace: float = 1.0,
) -> Connection:
    """No transaction is open while Instagram is asked. Raises NotSignedIn; ConfigError without a
    key to seal with."""
    wanted = select(Programme).where(Programme.id == programme_id)
    account = session.scalars(wanted).one().account
    device = _earlier_session(session, programme_id)
    session.commit()
    saved = sign_in(
        account=account,
        username=username.strip().removeprefix("@"),
        password=password,
        code=code,
        device=device,
        base_url=settings().instagram_private_url,
        pace=pace,
    )
    return connect(
        session.scalars(wanted).one(),
        session=session,
        publisher="instagrapi",
        saved=json.dumps(saved),
        by=by,
        at=at,
    )


def _earlier_session(session: Session, programme_id: int) -> dict[str, Any] | None:
    """Instagram knows its device: one that is new each time looks like a thief's."""
    connection = find_connection(session, programme_id)
    if connection is None or connection.publisher != "instagrapi":
        return None
    try:
        found: dict[str, Any] = json.loads(unseal(connection.sealed_session))
    except Ours:
        return None
    return found
