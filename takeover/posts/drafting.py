"""Preparing a post: an ambassador's own, in their own week, until it is submitted."""

from datetime import datetime

from sqlalchemy.orm import Session

from takeover import audit
from takeover.audit import Actor
from takeover.media.models import Media, MediaState
from takeover.people.models import Person
from takeover.posts.captions import check_alt_text, check_caption, tidy
from takeover.posts.models import Picture, Post, PostState
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
    """Its picture is missing, still being prepared, or was refused."""


class CaptionMissing(Exception):
    """A post needs words."""


class GoingOutNow(Exception):
    """It is on its way to the account this instant."""


def check_open(week: Week, *, at: datetime) -> None:
    """Raises WeekHasEnded or ConsentWithdrawn unless posts may still be prepared for the week."""
    if not week.consent.stands:
        raise ConsentWithdrawn
    if week.taken_back_at is not None or week.ends <= at:
        raise WeekHasEnded


def draft(
    week: Week,
    media: Media,
    *,
    session: Session,
    by: Person,
    at: datetime,
    caption: str = "",
    alt_text: str = "",
) -> Post:
    """Begin a post with one picture.

    Raises NotYourWeek, NotYourMedia, WeekHasEnded, ConsentWithdrawn, and what `check_caption` and
    `check_alt_text` do.
    """
    if week.person_id != by.id:
        raise NotYourWeek
    check_open(week, at=at)
    _check_owner(media, by)
    caption, alt_text = _tidied(caption, alt_text)
    post = Post(
        programme_id=week.programme_id,
        week_id=week.id,
        author_id=by.id,
        state=PostState.DRAFT,
        caption=caption,
        created_at=at,
        pictures=[Picture(media=media, alt_text=alt_text)],
    )
    session.add(post)
    session.flush()
    post.begin(by=by, at=at)
    return post


def edit(
    post: Post, *, by: Person, at: datetime, caption: str, alt_text: str, media: Media | None = None
) -> None:
    """Change the words, or put another picture in.

    Raises NotEditable, NotYourMedia, WeekHasEnded, ConsentWithdrawn, and what `check_caption` and
    `check_alt_text` do.
    """
    if post.author_id != by.id or not post.may_be_edited:
        raise NotEditable
    check_open(post.week, at=at)
    caption, alt_text = _tidied(caption, alt_text)
    post.caption = caption
    post.submit_asked_at = None
    picture = post.pictures[0]
    picture.alt_text = alt_text
    if media is not None:
        _check_owner(media, by)
        picture.media = media
    audit.record(post, "post_edited", by=by, at=at)


def submit(post: Post, *, by: Person, at: datetime) -> None:
    """Hand it to comms.

    Raises NotYourWeek, WeekHasEnded, ConsentWithdrawn, NotReady, CaptionMissing, MoveNotAllowed.
    """
    if post.author_id != by.id:
        raise NotYourWeek
    check_open(post.week, at=at)
    if not post.caption:
        raise CaptionMissing
    if any(picture.media.state is not MediaState.READY for picture in post.pictures):
        raise NotReady
    post.submitted_at = at
    post.submit_asked_at = None
    post.move(PostState.SUBMITTED, by=by, at=at)


def take_back(post: Post, *, by: Person, at: datetime) -> None:
    """To change it: whatever was approved of it no longer holds.

    Raises NotYourWeek, WeekHasEnded, ConsentWithdrawn, MoveNotAllowed.
    """
    if post.author_id != by.id:
        raise NotYourWeek
    check_open(post.week, at=at)
    if post.state is PostState.PUBLISHING:
        raise GoingOutNow
    post.move(PostState.DRAFT, by=by, at=at)
    forget_approval(post)


def withdraw(post: Post, *, by: Actor | None, at: datetime, why: str = "") -> None:
    """For good: it will not go out. Raises GoingOutNow, MoveNotAllowed."""
    if by is not None and post.state is PostState.PUBLISHING:
        raise GoingOutNow  # whoever holds it may still stop it; nobody else can know
    post.submit_asked_at = None
    post.move(PostState.WITHDRAWN, by=by, at=at, why=why)
    forget_approval(post)


def forget_approval(post: Post) -> None:
    """Nothing of it may go out, and its slot is free again."""
    post.slot_at = None
    post.approved_digest = post.approved_by_id = None


def _tidied(caption: str, alt_text: str) -> tuple[str, str]:
    """As they are kept. Raises what `check_caption` and `check_alt_text` do."""
    caption, alt_text = tidy(caption), tidy(alt_text)
    check_caption(caption)
    check_alt_text(alt_text)
    return caption, alt_text


def _check_owner(media: Media, by: Person) -> None:
    if media.owner_id != by.id:
        raise NotYourMedia
