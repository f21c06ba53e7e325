"""Connecting an account with its password: the session is kept, sealed, and the password forgotten.

It brings the client and the sealing: loaded where it is used, as `doors` says. No job calls it.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.audit import Actor
from takeover.instagram.connecting import connect
from takeover.instagram.doors import find_connection
from takeover.instagram.good_for_now import hold_for_now, holds_until, use_up
from takeover.instagram.models import Connection
from takeover.instagram.obstacles import NotSignedIn, Obstacle
from takeover.instagram.private.signing_in import sign_in
from takeover.instagram.publisher import Ours
from takeover.instagram.sealing import unseal
from takeover.programmes.models import Programme
from takeover.programmes.pausing import lock_programme
from takeover.web import settings

LONGEST = timedelta(minutes=10)
"""How long signing in may take; whoever took longer has died."""

ALONE: Mapping[Obstacle, timedelta] = {
    Obstacle.NOT_BELIEVED: timedelta(minutes=5),
    Obstacle.CHECKPOINT: timedelta(minutes=10),
    Obstacle.SUSPENDED: timedelta(minutes=10),
    Obstacle.SLOW_DOWN: timedelta(minutes=30),
    Obstacle.NETWORK_BLOCKED: timedelta(minutes=10),
    Obstacle.OLD_CLIENT: timedelta(minutes=10),
    Obstacle.DOWN: timedelta(minutes=5),
}
"""How long Instagram is left alone after that: each try makes it worse. What is not here is a slip
of the hand, and tried again at once."""

FORM_LASTS = timedelta(days=1)


def connect_by_password(
    programme_id: int,
    *,
    session: Session,
    username: str,
    password: str,
    code: str,
    by: Actor | None,
    at: datetime,
    form: str = "",
    pace: float = 1.0,
) -> Connection:
    """No transaction is open while Instagram is asked, and nobody else asks it meanwhile.

    `form` is a name of the form that was sent; the same one counts once. Raises NotSignedIn;
    ConfigError without a key to seal with.
    """
    account = lock_programme(session, programme_id).account
    _begin(session, programme_id, form, at=at)
    device = _earlier_session(session, programme_id)
    session.commit()
    try:
        saved = sign_in(
            account=account,
            username=username.strip().removeprefix("@"),
            password=password,
            code=code,
            device=device,
            base_url=settings().instagram_private_url,
            pace=pace,
        )
    except NotSignedIn as error:
        alone = _leave_alone(session, programme_id, error.obstacle, at=at)
        raise NotSignedIn(error.obstacle, until=alone) from error
    use_up(session, _under_way(programme_id), at=at)
    return connect(
        session.scalars(select(Programme).where(Programme.id == programme_id)).one(),
        session=session,
        publisher="instagrapi",
        saved=json.dumps(saved),
        by=by,
        at=at,
    )


def _begin(session: Session, programme_id: int, form: str, *, at: datetime) -> None:
    """The programme must be locked. Raises NotSignedIn where this is not the moment."""
    sent = f"sign-in form {form}"
    if form and holds_until(session, sent, at=at):
        raise NotSignedIn(Obstacle.SENT_ALREADY)
    if holds_until(session, _under_way(programme_id), at=at):
        raise NotSignedIn(Obstacle.UNDER_WAY)
    alone = holds_until(session, _left_alone(programme_id), at=at)
    if alone:
        raise NotSignedIn(Obstacle.LEFT_ALONE, until=alone)
    if form:
        hold_for_now(session, sent, until=at + FORM_LASTS)
    hold_for_now(session, _under_way(programme_id), until=at + LONGEST)


def _leave_alone(
    session: Session, programme_id: int, obstacle: Obstacle, *, at: datetime
) -> datetime | None:
    """Until when. Commits: whatever becomes of the page, the account has refused."""
    use_up(session, _under_way(programme_id), at=at)
    until = at + ALONE[obstacle] if obstacle in ALONE else None
    if until:
        hold_for_now(session, _left_alone(programme_id), until=until)
    session.commit()
    return until


def _under_way(programme_id: int) -> str:
    return f"sign-in under way {programme_id}"


def _left_alone(programme_id: int) -> str:
    return f"sign-in left alone {programme_id}"


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
