"""What was sent before and is taken as unsent: it is looked for, as it was sent then, before
anything is sent again."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from takeover.instagram.models import Publication
from takeover.instagram.publisher import (
    ALIKE,
    EARLIER,
    SENT,
    SENT_AS,
    UNSEEN,
    UNSENT,
    Handle,
    Kind,
    Outgoing,
)

REFUSED = "is_refused"
"""In SENT_AS, where Instagram answered that it publishes nothing."""

_OF_SENDING = (SENT, SENT_AS, UNSENT, UNSEEN, ALIKE)


def sent_before(handle: Handle) -> datetime | None:
    return datetime.fromisoformat(handle[SENT]) if SENT in handle else None


def of_earlier(handle: Handle, *, door: str) -> dict[str, Any]:
    """What is left of a handle where everything is made anew: enough to look for what was sent with
    it by that door, if anything was."""
    if SENT not in handle:
        return {}
    with_it = {key: value for key, value in handle.items() if key not in _OF_SENDING}
    return {
        **{key: value for key, value in handle.items() if key in _OF_SENDING},
        SENT_AS: handle.get(SENT_AS, {"door": door}),
        EARLIER: handle.get(EARLIER, with_it),
    }


def without_earlier(handle: Handle) -> dict[str, Any]:
    return {key: value for key, value in handle.items() if key not in (*_OF_SENDING, EARLIER)}


def say_unsent(publication: Publication, *, at: datetime) -> None:
    """A person says that what was sent is not on the account. Only what is clearly seen there says
    otherwise."""
    kept = {key: value for key, value in publication.handle.items() if key != UNSEEN}
    publication.handle = {**kept, UNSENT: at.isoformat()}


def may_be_out(handle: Handle) -> bool:
    """Whether it was sent, and nobody says that it is not on the account: no person, nor Instagram
    when it was asked to publish it, and when it was looked at since."""
    is_refused = REFUSED in handle.get(SENT_AS, {}) and UNSEEN not in handle
    return SENT in handle and UNSENT not in handle and not is_refused


def is_denied(words: Outgoing, handle: Handle) -> bool:
    """Whether somebody says that it is not on the account: a person; or Instagram, of what has no
    words that it could be told by among others."""
    is_refused = REFUSED in handle.get(SENT_AS, {}) and not words.caption.strip()
    return UNSENT in handle or is_refused


def to_look_for(words: Outgoing, handle: Handle) -> tuple[Outgoing, Handle]:
    """The same post with the words that it had, which may have been changed since; and what it was
    sent with."""
    sent_as = handle.get(SENT_AS, {})
    if "caption" in sent_as:
        words = replace(words, kind=Kind(sent_as["kind"]), caption=sent_as["caption"])
    return words, handle.get(EARLIER, handle)
