"""What an account's door to Instagram must be able to do, whichever door it is.

A publisher is called by `takeover.instagram.publishing` and by nothing else. The caller commits
what it knows before each call, so that a crash at any instant leaves a record of how far it went:

    prepare  may be repeated freely; nothing it does is visible to the public
    publish  is sent at most once for one handle; every doubt about it is `OutcomeUnknown`
    find     looks whether a publish whose outcome is unknown did happen; it never sends
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO, Protocol

# What a publisher must remember from prepare to publish and find: JSON, kept with the post.
Handle = Mapping[str, str]


class Kind(StrEnum):
    PHOTO = "photo"
    CAROUSEL = "carousel"
    REEL = "reel"
    STORY = "story"


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    jpeg: bytes  # finished: upright, sRGB, without metadata
    alt_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A clip may have hundreds of megabytes: it is read from its file, and never held whole."""

    mp4: BinaryIO  # finished; at its beginning, and open as long as its `Outgoing` may be used
    cover: bytes  # a finished JPEG
    alt_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """An approved post, as bytes: exactly what its approval was given for."""

    post_id: int
    account: str
    kind: Kind
    caption: str  # empty for a story, which shows none
    items: tuple[Photo | Video, ...]  # none where it is only looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class OnAccount:
    """Where a published post is found on the account."""

    media_id: str
    permalink: str


class PublishingError(Exception):
    """A post did not go out. The message is for the log; it never holds a secret or a name."""


class TheirsForNow(PublishingError):
    """Instagram cannot take it now; the same post may be tried again. Nothing was published."""

    def __init__(self, message: str, *, wait: timedelta = timedelta(minutes=30)) -> None:
        super().__init__(message)
        self.wait = wait


class TheirsForGood(PublishingError):
    """Instagram refuses this post as it is; a person has to change it. Nothing was published."""


class AccountNeedsPerson(PublishingError):
    """The account is challenged, logged out or blocked: stop everything until a person looked."""


class Ours(PublishingError):
    """Our own set-up is wrong: no session, no such account. Nothing was published."""


class OutcomeUnknown(PublishingError):
    """The publishing call left and no trustworthy answer came back.

    `needs_person` where the account itself wants one besides: nothing more is sent to it.
    """

    def __init__(self, message: str, *, needs_person: bool = False) -> None:
        super().__init__(message)
        self.needs_person = needs_person


class Publisher(Protocol):
    def prepare(self, outgoing: Outgoing) -> Handle:
        """Make everything ready that the public cannot see.

        Raises TheirsForNow, TheirsForGood, AccountNeedsPerson or Ours.
        """

    def publish(self, outgoing: Outgoing, handle: Handle) -> OnAccount:
        """Send the one call that publishes. Never called twice for one handle.

        Raises any PublishingError; OutcomeUnknown for everything that is not a clear answer.
        """

    def find(self, outgoing: Outgoing, handle: Handle, *, sent_at: datetime) -> OnAccount | None:
        """Look for the post on the account; None when it is certainly not there now.

        Raises OutcomeUnknown when the account could not be read, TheirsForNow when it asks to wait,
        AccountNeedsPerson when it may not be read at all.
        """
