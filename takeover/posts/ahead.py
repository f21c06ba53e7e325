"""What an approved post does next: one answer for every page, by those who know the account.

They lie above: the roof joins them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast

from flask import Flask, current_app

from takeover.posts.models import Post


class Next(StrEnum):
    ON_TIME = "on_time"
    NOW = "now"
    LATE = "late"  # and nothing that we know of keeps it
    WAITS = "waits"  # for a while that ends by itself
    SHUT = "shut"  # until somebody has seen to the account
    WOULD_FAIL = "would_fail"  # as it is, and as the account is connected now
    PAUSED = "paused"  # its time is still to come
    HELD_UP = "held_up"  # its time came
    TO_BE_PLACED = "to_be_placed"  # the pause that held it up is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """`word`, `tone` and `words` are for comms; its author reads the same but for `for_author`."""

    next: Next
    word: str
    tone: str
    words: str
    for_author: str = ""
    until: datetime | None = None
    may_go_now: bool = False

    @property
    def sign(self) -> str:
        """Differs whenever something else is ahead; empty where all is as it was approved."""
        if self.next is Next.ON_TIME:
            return ""
        return f"-{self.next.value}{self.until.timestamp() if self.until else ''}"


AheadOf = Callable[[Sequence[Post], datetime], Mapping[int, Ahead]]


def init_app(app: Flask, *, ahead_of: AheadOf) -> None:
    """`ahead_of` answers by the posts' ids, of those that are approved and have a time."""
    app.extensions["ahead_of_posts"] = ahead_of


def what_is_ahead(posts: Sequence[Post], *, at: datetime) -> Mapping[int, Ahead]:
    """By their ids, of those that are approved and have a time; asked of all at once."""
    return cast(AheadOf, current_app.extensions["ahead_of_posts"])(posts, at)
