"""The thread between sending a person to Meta and their coming back: bound to their session."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import session as cookie

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


def begin(slug: str, host: HostName, *, at: datetime) -> str:
    """A state that brings back whoever has this session, once. An earlier one ends with it."""
    state = secrets.token_urlsafe(32)
    until = (at + LASTS).timestamp()
    cookie[_WAY] = {"state": state, "slug": slug, "host": host, "until": until}
    return state


def find_way(host: HostName, state: str, *, at: datetime) -> str | None:
    """The programme it was begun for; None where it was not begun here, is used up or too old."""
    way = cookie.pop(_WAY, None)
    if way is None or way["host"] != host or at.timestamp() > way["until"]:
        return None
    if not secrets.compare_digest(way["state"].encode(), state.encode()):
        return None
    return str(way["slug"])


def keep_out(slug: str, kept: KeptOut) -> None:
    cookie[_KEPT_OUT] = [slug, kept.host, kept.hurdle.value, kept.names]


def take_kept_out(slug: str) -> KeptOut | None:
    """Once: the next time the page is looked at it is over."""
    if cookie.get(_KEPT_OUT, [None])[0] != slug:
        return None
    _slug, host, hurdle, names = cookie.pop(_KEPT_OUT)
    return KeptOut(host=host, hurdle=Hurdle(hurdle), names=names)
