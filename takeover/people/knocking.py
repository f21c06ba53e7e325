"""How often somebody may knock at the door, by mailbox and by where they come from.

Passwords and links are counted apart. So whoever guesses at somebody's password only closes the
password to them for a while; the link still comes. And where links are refused, some have been
sent already, and each of them outlives the refusal.
"""

from datetime import datetime
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy.orm import Session

from takeover.people.attempts import (
    MOST_PER_ADDRESS,
    MOST_PER_ORIGIN,
    forgive,
    knocker,
    note_attempt,
    too_many,
)

# Whoever has one address of the newer kind has all that begin with the same 64 bits.
SHARED_BITS = 64


class Way(StrEnum):
    """What is tried."""

    PASSWORD = "password"  # noqa: S105
    LINK = "link"


class TooManyTries(Exception):
    """Nothing more from here, or for this mailbox, for a while."""


def knock(session: Session, way: Way, *, mailbox: str, origin: str, key: str, at: datetime) -> None:
    """Count one try. Commit it, whatever becomes of it. Raises TooManyTries."""
    theirs = _of_mailbox(way, mailbox, key)
    from_there = knocker(f"{way.value} from", network_of(origin), key=key)
    if too_many(session, theirs, most=MOST_PER_ADDRESS, at=at) or too_many(
        session, from_there, most=MOST_PER_ORIGIN, at=at
    ):
        raise TooManyTries
    note_attempt(session, theirs, from_there, at=at)


def got_in(session: Session, way: Way, *, mailbox: str, key: str) -> None:
    """Their slips no longer count. Those of the place they come from do: who has an account could
    otherwise guess at others for ever."""
    forgive(session, _of_mailbox(way, mailbox, key))


def network_of(origin: str) -> str:
    """What is counted as one place, for the text of a network address."""
    try:
        address = ip_address(origin)
    except ValueError:
        return origin
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, SHARED_BITS), strict=False))


def _of_mailbox(way: Way, mailbox: str, key: str) -> str:
    return knocker(f"{way.value} for", mailbox.strip().lower(), key=key)
