"""The thread between sending a person to Meta and their coming back: bound to their session.

Their cookie says where it leads, the database that it is not used up: a cookie can be kept.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import session as cookie
from sqlalchemy.orm import Session

from takeover.instagram.good_for_now import hold_for_now, use_up
from takeover.instagram.graph.credentials import HostName
from takeover.instagram.graph.hurdles import Hurdle

LASTS = timedelta(minutes=30)
_WAY, _KEPT_OUT = "way_back", "kept_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOut:
    """What became of it, for the page that is shown next."""

    host: HostName
    hurdle: Hurdle
    names: list[str]


def begin(slug: str, host: HostName, *, session: Session, at: datetime) -> str:
    """A state that brings back whoever has this session, once. An earlier one ends with it."""
    _take_way(session, at=at)
    state = secrets.token_urlsafe(32)
    cookie[_WAY] = {"state": state, "slug": slug, "host": host}
    hold_for_now(session, _named(state), until=at + LASTS)
    return state


def find_way(host: HostName, state: str, *, session: Session, at: datetime) -> str | None:
    """The programme it was begun for; None where it was not begun here, is used up or too old.

    To be committed whatever comes of it: it is used up by this.
    """
    way = _take_way(session, at=at)
    if way is None or way["host"] != host:
        return None
    if not secrets.compare_digest(way["state"].encode(), state.encode()):
        return None
    return way["slug"]


def _take_way(session: Session, *, at: datetime) -> dict[str, str] | None:
    way: dict[str, str] | None = cookie.pop(_WAY, None)
    return way if way and use_up(session, _named(way["state"]), at=at) else None


def _named(state: str) -> str:
    return f"way back {state}"


def keep_out(slug: str, kept: KeptOut) -> None:
    cookie[_KEPT_OUT] = [slug, kept.host, kept.hurdle.value, kept.names]


def take_kept_out(slug: str) -> KeptOut | None:
    """Once: the next time the page is looked at it is over."""
    if cookie.get(_KEPT_OUT, [None])[0] != slug:
        return None
    _slug, host, hurdle, names = cookie.pop(_KEPT_OUT)
    return KeptOut(host=host, hurdle=Hurdle(hurdle), names=names)
