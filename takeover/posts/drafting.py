"""Preparing a post: an ambassador's own, in their own week, until it is submitted."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from takeover import audit
from takeover.audit import Actor
from takeover.media.changing import cancel
from takeover.media.models import UNDER_WAY, Media, MediaState
from takeover.people.models import Person
from takeover.posts.arranging import add_picture
from takeover.posts.captions import check_alt_text, check_caption, tidy
from takeover.posts.models import Post, PostState, Shape, Surface
from takeover.posts.rules import (
    GoingOutNow,
    NotReady,
    NotYourWeek,
    check_complete,
    check_may_change,
    check_open,
)
from takeover.posts.shaping import check_fits
from takeover.weeks.models import Week

NO_WORDS: Mapping[int, str] = MappingProxyType({})


def draft(
    week: Week,
    *pictures: Media,
    session: Session,
    by: Person,
    at: datetime,
    caption: str = "",
    alt_text: str = "",
) -> Post:
    """Begin a post, with the pictures there are; `alt_text` is the first one's.

    Raises NotYourWeek, WeekHasEnded, ConsentWithdrawn, what `add_picture` does, and what
    `check_caption` and `check_alt_text` do.
    """
    if week.person_id != by.id:
        raise NotYourWeek
    check_open(week, at=at)
    check_caption(caption := tidy(caption))
    post = Post(
        programme_id=week.programme_id,
        week_id=week.id,
        author_id=by.id,
        week=week,
        state=PostState.DRAFT,
        surface=Surface.FEED,
        shape=Shape.OWN,
        caption=caption,
        created_at=at,
    )
    session.add(post)
    session.flush()
    post.begin(by=by, at=at)
    for number, media in enumerate(pictures):
        add_picture(post, media, by=by, at=at, alt_text=alt_text if number == 0 else "")
    return post


def edit(
    post: Post, *, by: Person, at: datetime, caption: str, alt_texts: Mapping[int, str] = NO_WORDS
) -> None:
    """Change the words; `alt_texts` by the ids of its pictures. What is unchanged leaves no trace.

    Raises NotEditable, WeekHasEnded, ConsentWithdrawn, and what `check_caption` and
    `check_alt_text` do.
    """
    check_may_change(post, by=by, at=at)
    check_caption(caption := tidy(caption))
    changed = {p: tidy(alt_texts[p.id]) for p in post.pictures if p.id in alt_texts}
    for alt_text in changed.values():
        check_alt_text(alt_text)
    post.submit_asked_at = None
    if caption == post.caption and all(p.alt_text == text for p, text in changed.items()):
        return
    post.caption = caption
    for picture, alt_text in changed.items():
        picture.alt_text = alt_text
    audit.record(post, "post_edited", by=by, at=at)


def submit(post: Post, *, by: Person, at: datetime) -> None:
    """Hand it to comms.

    Raises NotYourWeek, WeekHasEnded, ConsentWithdrawn, what `check_complete` and `check_fits` do,
    NotReady, MoveNotAllowed.
    """
    if post.author_id != by.id:
        raise NotYourWeek
    check_open(post.week, at=at)
    check_complete(post)
    if any(picture.media.state is not MediaState.READY for picture in post.pictures):
        raise NotReady
    check_fits(post)
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
    for picture in post.pictures:
        if picture.media.state in UNDER_WAY:
            cancel(picture.media, by=by if isinstance(by, Person) else None, at=at)


def forget_approval(post: Post) -> None:
    """Nothing of it may go out, and its slot is free again."""
    post.slot_at = None
    post.approved_digest = post.approved_by_id = None
