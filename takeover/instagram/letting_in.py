"""What we ask of Meta about an account: to be let in, for longer, and how much is left today.

It brings the clients, and the sealing: loaded where it is used, as `doors` says.
"""

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover import audit
from takeover.audit import Actor
from takeover.instagram.connecting import connect
from takeover.instagram.ends import (
    ends_in,
    facts_of,
    is_time_to_ask,
    keep_ends,
    with_token_of,
)
from takeover.instagram.graph.client import SOON
from takeover.instagram.graph.credentials import Credentials, HostName
from takeover.instagram.graph.door import open_door
from takeover.instagram.graph.hurdles import NotLetIn
from takeover.instagram.graph.logins import App, known_ends, redeem, renewed
from takeover.instagram.meta_app import app_id_and_secret, way_back
from takeover.instagram.models import Connection
from takeover.instagram.official_door import credentials_in, saved_form
from takeover.instagram.publisher import Ours, Publisher, PublishingError
from takeover.instagram.quota_facts import keep_quota
from takeover.instagram.sealing import seal, unseal
from takeover.instagram.slowing_down import Asked, keep_to
from takeover.programmes.models import Programme
from takeover.web import settings

log = logging.getLogger(__name__)

RENEWED_EVERY = timedelta(days=7)
TRIED_AGAIN = timedelta(hours=6)


def dialog_for(host: HostName, state: str) -> str:
    """Where a person is sent to. Raises LookupError where no app is set up for that login."""
    return _app(host).dialog(state)


def connect_by_login(
    programme_id: int, host: HostName, code: str, *, session: Session, by: Actor, at: datetime
) -> Connection:
    """Change the code for keys, and publish by them from now on.

    No transaction is open while Meta is asked. Raises NotLetIn and LookupError; ConfigError without
    a key to seal with.
    """
    account = _programme(session, programme_id).account
    session.commit()
    let_in = redeem(_app(host), code, at=at)
    found = let_in.account(account)
    keys = Credentials(
        host=host,
        ig_user_id=found.ig_user_id,
        user_token=let_in.token,
        page_token=found.page_token,
    )
    return connect(
        _programme(session, programme_id),
        session=session,
        publisher="graph",
        saved=saved_form(keys),
        by=by,
        at=at,
        expires_at=let_in.ends.first,
        facts={"host": host, "lacks": list(let_in.lacks), **facts_of(let_in.ends)},
    )


def ask_for_quota(connection: Connection, *, session: Session, at: datetime) -> bool:
    """Keep what Instagram says of today's quota, and that it let us in; whether it did. Commits.

    Where it calls for a person instead, the account is stopped as by a post; where it asks us to
    slow down, the account is left alone.
    """
    programme_id, sealed = connection.programme_id, connection.sealed_session
    connected_at = connection.connected_at
    session.commit()
    account = ""
    try:
        keys = credentials_in(json.loads(unseal(sealed)))
        account = keys.ig_user_id
        quota = _opened(keys).quota()
    except PublishingError as error:
        log.warning("the quota could not be read", extra={"error": str(error)})
        asked = Asked(door="graph", account=account, connected_at=connected_at)
        keep_to(session, programme_id, error, of=asked, at=at)
        return False
    kept = _locked(session, connection.id, sealed)
    if kept is not None:
        kept.answered_at = at
        if quota is not None:
            keep_quota(kept, quota, session=session, at=at)
    session.commit()
    return True


def _opened(keys: Credentials) -> Publisher:
    """To ask, and to publish nothing."""
    return open_door(
        keys,
        hosting=None,
        is_ours=lambda on: False,
        graph_url=settings().instagram_graph_url,
        version=settings().instagram_graph_version,
        patience=SOON,
    )


def renew(connection: Connection, *, session: Session, at: datetime) -> bool:
    """Another 60 days, where it is time for that; whether there are. Commits."""
    host = connection.facts.get("host")
    if not _is_time(connection, at=at) or host not in ("facebook", "instagram"):
        return False
    sealed = connection.sealed_session
    connection.facts = {**connection.facts, "renewal_tried_at": at.isoformat()}
    session.commit()
    try:
        keys = credentials_in(json.loads(unseal(sealed)))
        token, expires_at = renewed(_app(keys.host), keys.user_token, at=at)
    except (NotLetIn, LookupError, Ours) as error:
        log.warning("access was not renewed", extra={"error": str(error)})
        return False
    kept = _locked(session, connection.id, sealed)
    if kept is None:
        session.rollback()
        return False
    kept.sealed_session = seal(saved_form(replace(keys, user_token=token)))
    keep_ends(kept, with_token_of(kept, expires_at))
    # Meta is asked for its own word of the new one at the next turn.
    facts = {name: value for name, value in kept.facts.items() if name != "ends_asked_at"}
    kept.facts = {**facts, "renewed_at": at.isoformat()}
    audit.record(kept, "account_renewed", by=None, at=at)
    session.commit()
    return True


def ask_for_ends(connection: Connection, *, session: Session, at: datetime) -> None:
    """Keep what Meta says of when access ends, once a week. Of Instagram's login it says nothing
    but at each renewal. Commits."""
    if not is_time_to_ask(connection, at=at):
        return
    sealed = connection.sealed_session
    connection.facts = {**connection.facts, "ends_tried_at": at.isoformat()}
    session.commit()
    try:
        keys = credentials_in(json.loads(unseal(sealed)))
        ends = known_ends(app_for(keys.host), keys.user_token) if keys.host == "facebook" else None
    except (NotLetIn, Ours) as error:  # where the key is dead, whatever is sent next finds it out
        log.warning("nobody knows when access ends", extra={"error": str(error)})
        return
    kept = _locked(session, connection.id, sealed)
    if kept is not None:
        kept.facts = {**kept.facts, "host": keys.host}
        if ends is not None:
            keep_ends(kept, ends, asked_at=at)
    session.commit()


def _is_time(connection: Connection, *, at: datetime) -> bool:
    until = ends_in(connection).token
    if until is None or until <= at:
        return False
    begun = _instant(connection.facts.get("renewed_at")) or connection.connected_at
    tried = _instant(connection.facts.get("renewal_tried_at"))
    return begun + RENEWED_EVERY <= at and (tried is None or tried + TRIED_AGAIN <= at)


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _locked(session: Session, connection_id: int, sealed: bytes) -> Connection | None:
    """As it is now; None where somebody has connected anew meanwhile, or ended it."""
    kept = session.scalar(
        select(Connection)
        .where(Connection.id == connection_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return kept if kept is not None and kept.sealed_session == sealed else None


def _programme(session: Session, programme_id: int) -> Programme:
    return session.scalars(select(Programme).where(Programme.id == programme_id)).one()


def _app(host: HostName) -> App:
    """Raises LookupError where the settings name none."""
    if app_id_and_secret(host) is None:
        raise LookupError(f"no app is set up for the login of {host}")
    return app_for(host)


def app_for(host: HostName) -> App:
    """Without id and secret where the settings name none: a key's own word does for some calls."""
    id, secret = app_id_and_secret(host) or ("", "")
    return App(
        host=host,
        id=id,
        secret=secret,
        back=way_back(host),
        version=settings().instagram_graph_version,
        stand_in=settings().instagram_graph_url,
    )
