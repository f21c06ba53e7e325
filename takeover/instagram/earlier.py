"""What was sent before and is taken as unsent: it is looked for, as it was sent then, before
anything is sent again."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from takeover.instagram.publisher import (
    EARLIER,
    SENT,
    SENT_AS,
    Handle,
    Kind,
    Outgoing,
    account_in,
)
from takeover.instagram.working import Work


def sent_before(handle: Handle) -> datetime | None:
    return datetime.fromisoformat(handle[SENT]) if SENT in handle else None


def of_earlier(handle: Handle, *, door: str) -> dict[str, Any]:
    """What is left of a handle where everything is made anew: enough to look for what was sent with
    it by that door, if anything was."""
    if SENT not in handle:
        return {}
    with_it = {key: value for key, value in handle.items() if key not in (SENT, SENT_AS)}
    return {
        SENT: handle[SENT],
        SENT_AS: handle.get(SENT_AS, {"door": door}),
        EARLIER: handle.get(EARLIER, with_it),
    }


def without_earlier(handle: Handle) -> dict[str, Any]:
    return {key: value for key, value in handle.items() if key not in (SENT, SENT_AS, EARLIER)}


def is_seen_from_here(work: Work, handle: Handle) -> bool:
    """Whether it was sent by the door that the worker has, and on its account."""
    is_its_door = handle.get(SENT_AS, {}).get("door", work.door) == work.door
    return is_its_door and account_in(handle) == work.publisher.account


def as_sent(words: Outgoing, handle: Handle) -> Outgoing:
    """The same post with the words that it had, which may have been changed since."""
    sent_as = handle.get(SENT_AS, {})
    if "caption" not in sent_as:
        return words
    return replace(words, kind=Kind(sent_as["kind"]), caption=sent_as["caption"])
