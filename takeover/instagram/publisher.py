"""What an account's door to Instagram must be able to do, whichever door it is.

A publisher is called by `takeover.instagram.publishing` and by nothing else. The caller commits
what it knows before each call, so that a crash at any instant leaves a record of how far it went:

    prepare  may be repeated freely; nothing it does is visible to the public
    publish  is sent at most once for one handle; every doubt about it is `OutcomeUnknown`
    find     looks whether a publish whose outcome is unknown did happen; it never sends
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, BinaryIO, Protocol, runtime_checkable

# What a publisher must remember from prepare to publish and find: JSON, kept with the post.
Handle = Mapping[str, Any]

SENT = "sent_at"
"""In the handle of what was sent before and taken as unsent: when, ISO 8601. Publishers keep it."""

EARLIER = "earlier_handle"
"""In the handle of what was sent before as something else: what it was sent with. They keep it."""

SENT_AS = "sent_as"
"""Beside SENT: by which door, as what kind and with which caption, and whether Instagram refused
it. They keep it."""

UNSEEN = "looked_in_vain"
"""Beside SENT: how often it could not be seen since whether it is on the account. They keep it."""

UNSENT = "said_unsent_at"
"""Beside SENT: when a person said that it is not on the account, ISO 8601. They keep it."""

ALIKE = "seen_alike"
"""What was seen on the account that may be it, where it has no words to be told by. They keep it.
See `sighting`."""

PROCESSING = "processing_since"
"""In the handle of what Instagram is not done with: since when, ISO 8601. They keep it."""

UPLOADED = "is_uploaded"
"""True in a handle where Instagram has all of the files: neither `prepare` nor `publish` needs them
then, and who calls them may give none. Publishers say so."""


def account_in(handle: Handle) -> str:
    """The account that something was sent to, as its door names it; empty: the handle says none."""
    sent_with = handle.get(EARLIER, handle)
    return str(sent_with.get("ig_user") or sent_with.get("account_pk") or "")


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
    location_id: str = ""  # of a place, as the door names places; empty: none


@dataclass(frozen=True, slots=True, kw_only=True)
class OnAccount:
    """Where a published post is found on the account."""

    media_id: str
    permalink: str
    is_altered: bool = False  # it says that its caption is not the one it was sent with


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen of a post whose outcome is unknown."""

    found: OnAccount | None
    ready: bool = False  # Instagram itself says: what was prepared is whole, and not published
    by_words: bool = False  # known by its words alone, which another of ours may have as well
    alike: tuple[OnAccount, ...] = ()  # it is there, and has no words: one of these, if listed yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many posts went out by this door in the last 24 hours, and how many may."""

    used: int
    total: int


class Reason(StrEnum):
    """Why a post did not go out, as far as a person can do something about it."""

    TEMPORARY = "temporary"
    RATE_LIMITED = "rate_limited"
    QUOTA = "quota"
    CANNOT_FETCH = "cannot_fetch"  # Instagram could not fetch a file from us
    STILL_PROCESSING = "still_processing"
    MEDIA_EXPIRED = "media_expired"
    FORMAT = "format"
    SIZE = "size"
    RATIO = "ratio"
    CAPTION = "caption"
    TAGS = "tags"
    PLACE = "place"  # it has a location, and this door knows none
    UPLOAD = "upload"
    SPAM_BLOCK = "spam_block"
    TOKEN = "token"  # the key to the account is dead  # noqa: S105
    PERMISSION = "permission"
    CHECKPOINT = "checkpoint"
    RESTRICTED = "restricted"
    WRONG_ACCOUNT = "wrong_account"
    NETWORK = "network"
    NOT_CONNECTED = "not_connected"
    SLOWED_DOWN = "slowed_down"  # limited again, after every wait
    CHANGED = "changed"  # it is no longer what was approved
    SPACING = "spacing"  # another has just gone out
    SENT_BEFORE = "sent_before"  # by another door or account: only a person can see it there
    STOPPED = "stopped"  # the account, until a person has looked
    ELSEWHERE = "elsewhere"  # it went out by another door, or on another account, than is there now
    SEEN_BY_PERSON = "seen_by_person"  # nobody else knows where on the account it is
    STILL_THERE = "still_there"  # it was said to be gone, or taken for gone
    UNSUPPORTED = "unsupported"
    OTHER = "other"


class PublishingError(Exception):
    """A post did not go out. The message is for the log; it never holds a secret or a name.

    `said` is Instagram's own sentence for people, where there was one.
    """

    def __init__(self, message: str, *, reason: Reason = Reason.OTHER, said: str = "") -> None:
        super().__init__(message)
        self.reason, self.said = reason, said


class TheirsForNow(PublishingError):
    """Instagram cannot take it now; the same post may be tried again. Nothing was published.

    `is_asked` where it named the `wait` itself.
    """

    def __init__(
        self,
        message: str,
        *,
        wait: timedelta = timedelta(minutes=30),
        is_asked: bool = False,
        reason: Reason = Reason.TEMPORARY,
        said: str = "",
    ) -> None:
        super().__init__(message, reason=reason, said=said)
        self.wait, self.is_asked = wait, is_asked


class StillProcessing(TheirsForNow):
    """Instagram is not done with what it was given: come again after `wait`. No try is lost."""

    def __init__(self, message: str, *, wait: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(message, wait=wait, reason=Reason.STILL_PROCESSING)


class TheirsForGood(PublishingError):
    """Instagram refuses this post as it is; a person has to change it. Nothing was published."""


class AccountNeedsPerson(PublishingError):
    """The account is challenged, logged out or blocked: stop everything until a person looked."""


class Ours(PublishingError):
    """Our own set-up is wrong: no session, no such account. Nothing was published."""


class CannotTakeDown(PublishingError):
    """This door takes nothing down: a person must, on Instagram."""


class OutcomeUnknown(PublishingError):
    """The publishing call left and no trustworthy answer came back.

    `needs_person` where the account itself wants one besides: nothing more is sent to it. `wait`
    where Instagram named how long it is to be left alone.
    """

    def __init__(
        self,
        message: str,
        *,
        needs_person: bool = False,
        wait: timedelta | None = None,
        reason: Reason = Reason.OTHER,
        said: str = "",
    ) -> None:
        super().__init__(message, reason=reason, said=said)
        self.needs_person, self.wait = needs_person, wait


class CannotTell(OutcomeUnknown):
    """The account was read, and does not tell what became of it: a person has to."""


class Hosting(Protocol):
    """Where Instagram fetches files that it does not take as bytes."""

    def address(self, outgoing: Outgoing, position: int, *, cover: bool = False) -> str:
        """A public URL of that item's file, or of its cover."""


class Publisher(Protocol):
    @property
    def account(self) -> str:
        """As this door names it, and keeps it in handles (`account_in`)."""

    def prepare(self, outgoing: Outgoing, handle: Handle, keep: Callable[[Handle], None]) -> Handle:
        """Make everything ready that the public cannot see, going on from `handle`, which is empty
        at first. `keep` puts a handle on the record after each step that need not be done again.

        Raises StillProcessing, TheirsForNow, TheirsForGood, AccountNeedsPerson or Ours.
        """

    def publish(self, outgoing: Outgoing, handle: Handle) -> OnAccount:
        """Send the one call that publishes. Never called twice for one handle.

        Raises any PublishingError; OutcomeUnknown for everything that is not a clear answer.
        """

    def find(self, outgoing: Outgoing, handle: Handle, *, sent_at: datetime) -> Look:
        """Look for the post on the account; it never sends.

        Raises OutcomeUnknown when the account could not be read, and CannotTell when it could;
        StillProcessing when Instagram is not done with it, TheirsForNow when it asks to wait,
        AccountNeedsPerson when it may not be read at all.
        """

    def permalink_of(self, on: OnAccount) -> str:
        """Where people see it; empty while that cannot be read. Raises nothing."""

    def shows(self, on: OnAccount, caption: str) -> bool:
        """Whether it says nothing else than that caption. Asked where `permalink_of` just had an
        answer, which `publish` had not. Raises nothing."""

    def take_down(self, on: OnAccount) -> None:
        """Delete it; that it is gone already is as good. Raises CannotTakeDown, and what `find`
        does."""

    def comment(self, on: OnAccount, text: str) -> None:
        """Write a comment under it. Raises any PublishingError."""

    def has_comment(self, on: OnAccount, text: str) -> bool:
        """Whether the account has written that under it. Raises what `find` does."""

    def close_comments(self, on: OnAccount) -> None:
        """Let nobody comment on it; may be repeated. Raises any PublishingError."""

    def quota(self) -> Quota | None:
        """None where the door has none. Raises what `find` does."""


@runtime_checkable
class Shows(Protocol):
    """A publisher that a page may ask as well, while somebody waits for it."""

    def still_shows(self, on: OnAccount) -> bool:
        """Whether people can see it there; it only reads. Raises any PublishingError where that
        cannot be told."""
