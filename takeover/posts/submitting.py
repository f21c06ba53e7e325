"""Submitting a post whose pictures are not ready yet: the wish is kept, and fulfilled by itself.

Comms sees only posts whose pictures are ready. An author who presses the button before that, or
before everything has arrived, need not wait and press again: their wish stands in the post's own
row, so that no restart loses it.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover import audit
from takeover.clock import now
from takeover.db import db
from takeover.media.models import UNDER_WAY, MediaState
from takeover.media.preparing import prepare_media
from takeover.people.models import Person
from takeover.posts.drafting import submit
from takeover.posts.finding import lock_post
from takeover.posts.models import Picture, Post
from takeover.posts.rules import (
    CaptionMissing,
    ConsentWithdrawn,
    NotEditable,
    NotReady,
    NotYourWeek,
    PictureMissing,
    WeekHasEnded,
    check_complete,
    check_open,
    missing,
)
from takeover.posts.shaping import (
    ClipTooLong,
    StoryTakesOne,
    check_fits,
    misfits,
    settle,
    to_be_made,
)
from takeover.posts.telling import tell_picture_refused
from takeover.schedule import Job
from takeover.work import Task, hand_out

log = logging.getLogger(__name__)

UNFULFILLABLE = (
    NotReady,
    WeekHasEnded,
    ConsentWithdrawn,
    CaptionMissing,
    PictureMissing,
    StoryTakesOne,
    ClipTooLong,
)


def ask_to_submit(post: Post, *, by: Person, at: datetime) -> None:
    """Submit it now, or as soon as its pictures are ready. The post must be locked, and whatever
    `to_be_made` then says be handed out once it is committed.

    Raises NotYourWeek, NotEditable, WeekHasEnded, ConsentWithdrawn, PictureMissing,
    CaptionMissing, StoryTakesOne, ClipTooLong, and NotReady where a picture was refused.
    """
    if post.author_id != by.id:
        raise NotYourWeek
    if not post.may_be_edited:
        raise NotEditable
    check_open(post.week, at=at)
    settle(post, at=at)
    if not UNDER_WAY & states_of_media(post):
        submit(post, by=by, at=at)
        return
    check_complete(post)
    check_fits(post)
    if MediaState.REFUSED in states_of_media(post):
        raise NotReady
    post.submit_asked_at = at
    audit.record(post, "submission_asked", by=by, at=at)


def what_stands_against(post: Post, *, caption: str) -> list[Exception]:
    """All of the post itself that `ask_to_submit` would refuse it for with that caption, at once:
    PictureMissing, CaptionMissing, StoryTakesOne, ClipTooLong, NotReady."""
    is_refused = MediaState.REFUSED in states_of_media(post)
    return [
        *missing(post, caption=caption),
        *misfits(post),
        *([NotReady()] if is_refused else []),
    ]


def forget_wish(post: Post, *, by: Person, at: datetime) -> None:
    """Keep it as a draft after all. Raises NotYourWeek."""
    if post.author_id != by.id:
        raise NotYourWeek
    if post.submit_asked_at is not None:
        post.submit_asked_at = None
        audit.record(post, "submission_called_off", by=by, at=at)


def fulfil(session: Session, post_id: int, *, at: datetime) -> None:
    """Give its pictures their shape; once all are ready, do what the author asked for. Commits.

    Where it cannot be done any more the wish ends and the draft stays, and the author is told.
    """
    post = lock_post(session, post_id)
    if post is None:
        session.rollback()
        return
    again = settle(post, at=at)
    states = states_of_media(post)
    is_waiting = UNDER_WAY & states and MediaState.REFUSED not in states
    if post.submit_asked_at is None or is_waiting:
        session.commit()
        _hand_out(again)
        return
    try:
        submit(post, by=post.author, at=at)
    except UNFULFILLABLE as reason:
        post.submit_asked_at = None
        audit.record(post, "submission_ended", by=None, at=at, why=type(reason).__name__)
        if MediaState.REFUSED in states:
            tell_picture_refused(post, session=session, at=at)
    session.commit()
    _hand_out(again)


def states_of_media(post: Post) -> set[MediaState]:
    return {picture.media.state for picture in post.pictures}


def prepare_for_posts(media_id: int) -> None:
    """Make the picture ready, give its neighbours its shape if it is the first, then submit the
    posts that waited for it."""
    prepare_media(media_id)
    holding = select(Post.id).join(Picture).where(Picture.media_id == media_id)
    _fulfil_all(list(db.session.scalars(holding)))


def save(post: Post) -> None:
    """Commit, and only then have workers make its pictures ready."""
    waiting = to_be_made(post)
    db.session.commit()
    _hand_out(waiting)


def _hand_out(media_ids: list[int]) -> None:
    for media_id in media_ids:
        hand_out(PREPARE_FOR_POSTS, media_id)


def fulfil_waiting() -> None:
    """The clock's turn: whatever a worker that died left undone."""
    _fulfil_all(list(db.session.scalars(select(Post.id).where(Post.submit_asked_at.is_not(None)))))


def _fulfil_all(post_ids: list[int]) -> None:
    """One that fails keeps nobody else waiting; the clock tries it again."""
    db.session.commit()
    for post_id in post_ids:
        try:
            fulfil(db.session, post_id, at=now())
        except Exception:  # whatever is wrong with that post
            db.session.rollback()
            log.exception("post not submitted", extra={"post_id": post_id})


PREPARE_FOR_POSTS = Task("prepare_for_posts", prepare_for_posts)
JOB = Job("submit_asked", fulfil_waiting, every=timedelta(seconds=5))
