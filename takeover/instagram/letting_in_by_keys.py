"""Connecting an account by keys that a person has made elsewhere, by a command: when they end is
asked for, so that comms are warned in time.

It brings the clients and the sealing: loaded where it is used, as `doors` says.
"""

from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.instagram.connecting import NotASession, connect
from takeover.instagram.ends import LONGEST, facts_of
from takeover.instagram.graph.credentials import Credentials, Ends
from takeover.instagram.graph.hurdles import Hurdle, NotLetIn
from takeover.instagram.graph.logins import known_ends, renewed
from takeover.instagram.letting_in import app_for
from takeover.instagram.models import Connection
from takeover.instagram.official_door import credentials_in, saved_form
from takeover.instagram.publisher import Ours
from takeover.programmes.models import Programme


class DeadKey(Exception):
    """Meta says that the key opens nothing, or nothing any more."""


def connect_by_keys(
    programme_id: int,
    keys: Credentials,
    *,
    session: Session,
    at: datetime,
    expires_at: datetime | None = None,
) -> Connection:
    """No transaction is open while Meta is asked. `expires_at` is what whoever made the keys says,
    and counts where Meta does not say; without either they end as late as any may.

    Raises NotASession, DeadKey; ConfigError without a key to seal with.
    """
    try:
        credentials_in(asdict(keys))
    except Ours as error:
        raise NotASession from error
    session.commit()
    keys, asked = _asked(keys, at=at)
    ends = asked or Ends(token=expires_at or at + LONGEST)
    return connect(
        session.scalars(select(Programme).where(Programme.id == programme_id)).one(),
        session=session,
        publisher="graph",
        saved=saved_form(keys),
        by=None,
        at=at,
        expires_at=ends.first,
        facts={"host": keys.host, **facts_of(ends, asked_at=at if asked else None)},
    )


def _asked(keys: Credentials, *, at: datetime) -> tuple[Credentials, Ends | None]:
    """Instagram's login tells it of a new key alone, and makes none of one that is a day old or
    less: that one has almost all of its time to come."""
    app = app_for(keys.host)
    try:
        if keys.host == "facebook":
            return keys, known_ends(app, keys.user_token)
        token, until = renewed(app, keys.user_token, at=at)
    except NotLetIn as error:
        if error.hurdle is Hurdle.CODE:
            raise DeadKey from error
        return keys, None
    return replace(keys, user_token=token), Ends(token=until)
