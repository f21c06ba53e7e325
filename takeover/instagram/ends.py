"""When an account's access ends: with its key, or by Meta's clock for data, whichever is first."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from takeover.instagram.graph.credentials import Ends
from takeover.instagram.meta_app import app_id_and_secret
from takeover.instagram.models import Connection

LONGEST = timedelta(days=60)
"""No key of Meta's lasts longer that ends at all."""

ASKED_EVERY = timedelta(days=7)
ASKED_AGAIN = timedelta(hours=6)
_SAME = timedelta(hours=1)
"""Ends so near each other are one: it was told twice, to the second and not."""


def facts_of(ends: Ends, *, asked_at: datetime | None = None) -> dict[str, Any]:
    """As a connection keeps them. `asked_at` where Meta itself has named them."""
    return {
        "token_ends_at": _text(ends.token),
        "data_ends_at": _text(ends.data),
        **({"ends_asked_at": asked_at.isoformat()} if asked_at else {}),
    }


def ends_in(connection: Connection) -> Ends:
    """As far as they are known."""
    facts = connection.facts
    if "token_ends_at" not in facts:
        return Ends(token=connection.expires_at)
    return Ends(token=_instant(facts["token_ends_at"]), data=_instant(facts.get("data_ends_at")))


def has_ended(connection: Connection, *, at: datetime) -> bool:
    return connection.expires_at is not None and connection.expires_at <= at


def keep_ends(connection: Connection, ends: Ends, *, asked_at: datetime | None = None) -> None:
    """What is told of the same end a second time changes nothing: comms have heard of it."""
    connection.facts = {**connection.facts, **facts_of(ends, asked_at=asked_at)}
    first, known = ends.first, connection.expires_at
    if first is None or known is None or abs(first - known) > _SAME:
        connection.expires_at = first


def with_token_of(connection: Connection, expires_at: datetime) -> Ends:
    """A new key, and the same clock for data: only a person winds that up."""
    return replace(ends_in(connection), token=expires_at)


def is_time_to_ask(connection: Connection, *, at: datetime) -> bool:
    asked = _instant(connection.facts.get("ends_asked_at"))
    tried = _instant(connection.facts.get("ends_tried_at"))
    is_due = asked is None or asked + ASKED_EVERY <= at
    return is_due and (tried is None or tried + ASKED_AGAIN <= at)


def is_renewed_in_time(connection: Connection) -> bool:
    """Whether its first end is one that we put off by ourselves."""
    host, ends = connection.facts.get("host"), ends_in(connection)
    if host not in ("facebook", "instagram") or app_id_and_secret(host) is None:
        return False
    return ends.token is not None and ends.first == ends.token


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
