"""The door where none leads to the account: a worker does what needs none, and learns of the rest
why not."""

from collections.abc import Callable
from datetime import datetime

from takeover.instagram.publisher import (
    Handle,
    Look,
    OnAccount,
    Ours,
    Outgoing,
    Quota,
    Reason,
)


class ShutDoor:
    """A Publisher that asks nobody anything, and raises Ours with what is in the way."""

    account = ""

    def __init__(self, why: str, *, reason: Reason) -> None:
        self._why, self._reason = why, reason

    def prepare(self, outgoing: Outgoing, handle: Handle, keep: Callable[[Handle], None]) -> Handle:
        raise self._refusal()

    def publish(self, outgoing: Outgoing, handle: Handle) -> OnAccount:
        raise self._refusal()

    def find(self, outgoing: Outgoing, handle: Handle, *, sent_at: datetime) -> Look:
        raise self._refusal()

    def permalink_of(self, on: OnAccount) -> str:
        return ""

    def shows(self, on: OnAccount, caption: str) -> bool:
        return True

    def take_down(self, on: OnAccount) -> None:
        raise self._refusal()

    def comment(self, on: OnAccount, text: str) -> None:
        raise self._refusal()

    def has_comment(self, on: OnAccount, text: str) -> bool:
        raise self._refusal()

    def close_comments(self, on: OnAccount) -> None:
        raise self._refusal()

    def quota(self) -> Quota | None:
        raise self._refusal()

    def _refusal(self) -> Ours:
        return Ours(self._why, reason=self._reason)
