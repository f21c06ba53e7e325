"""What must hold before anything of a post changes or goes on."""

from datetime import datetime

from takeover.people.models import Person
from takeover.posts.models import Post, PostKind
from takeover.weeks.models import Week


class NotYourWeek(Exception):
    """A post belongs in its author's own week."""


class NotYourMedia(Exception):
    """Only what the author sent themselves can be in their post."""


class WeekHasEnded(Exception):
    """Nothing new can go out in a week that is over."""


class ConsentWithdrawn(Exception):
    """Without the author's standing yes nothing moves."""


class NotEditable(Exception):
    """It is with comms or on the account: take it back first."""


class NotReady(Exception):
    """One of its pictures is still being prepared, or was refused."""


class NotKnownYet(NotReady):
    """Nobody has looked at that picture yet: how large it is, or how long."""


class PictureMissing(Exception):
    """A post without a photo or video."""


class CaptionMissing(Exception):
    """A post in the feed needs words."""


class GoingOutNow(Exception):
    """It is on its way to the account this instant."""


def check_open(week: Week, *, at: datetime) -> None:
    """Raises WeekHasEnded or ConsentWithdrawn unless posts may still be prepared for the week."""
    if not week.consent.stands:
        raise ConsentWithdrawn
    if week.taken_back_at is not None or week.ends <= at:
        raise WeekHasEnded


def is_open(week: Week, *, at: datetime) -> bool:
    """Whether posts may still be prepared for the week."""
    try:
        check_open(week, at=at)
    except (WeekHasEnded, ConsentWithdrawn):
        return False
    return True


def check_may_change(post: Post, *, by: Person, at: datetime) -> None:
    """Raises NotEditable, WeekHasEnded, ConsentWithdrawn."""
    if post.author_id != by.id or not post.may_be_edited:
        raise NotEditable
    check_open(post.week, at=at)


def check_complete(post: Post) -> None:
    """Raises PictureMissing, CaptionMissing."""
    for rule in missing(post, caption=post.caption):
        raise rule


def missing(post: Post, *, caption: str) -> list[PictureMissing | CaptionMissing]:
    """All that it lacks with that caption."""
    lacks: list[PictureMissing | CaptionMissing] = [] if post.pictures else [PictureMissing()]
    if not caption and post.kind is not PostKind.STORY:  # Instagram shows none with a story
        lacks.append(CaptionMissing())
    return lacks
