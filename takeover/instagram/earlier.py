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
    UNSENT,
    Handle,
    Kind,
    Outgoing,
    Reason,
)

_OF_SENDING = (SENT, SENT_AS, UNSENT, ALIKE)


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
    publication.handle = {**publication.handle, UNSENT: at.isoformat()}


def place_anew(publication: Publication, *, at: datetime) -> None:
    """A person has it sent once more. Where we could not see what was sent before they were asked
    to look first, and have said by this that it is not there."""
    if publication.reason == Reason.SENT_BEFORE.value and SENT in publication.handle:
        say_unsent(publication, at=at)
        publication.reason = ""


def as_sent(words: Outgoing, handle: Handle) -> Outgoing:
    """The same post with the words that it had, which may have been changed since."""
    sent_as = handle.get(SENT_AS, {})
    if "caption" not in sent_as:
        return words
    return replace(words, kind=Kind(sent_as["kind"]), caption=sent_as["caption"])
