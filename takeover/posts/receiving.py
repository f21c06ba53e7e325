"""Uploads find their post: the one they were sent for, or a new draft of their own."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from takeover.db import db
from takeover.media.models import Media
from takeover.media.preparing import EXPECT
from takeover.media.uploads.hooks import NotWelcome
from takeover.people.models import Person
from takeover.posts.arranging import MOST_PICTURES, TooManyPictures, add_picture, remove_picture
from takeover.posts.drafting import draft
from takeover.posts.finding import lock_own_post, lock_post
from takeover.posts.models import Picture, Post
from takeover.posts.rules import ConsentWithdrawn, NotEditable, WeekHasEnded, is_open
from takeover.posts.shaping import settle
from takeover.posts.submitting import PREPARE_FOR_POSTS
from takeover.weeks.giving import weeks_of
from takeover.weeks.models import Week
from takeover.work import hand_out


def welcome(media: Media, metadata: Mapping[str, str], *, by: Person, at: datetime) -> None:
    """Give an upload that begins its place: in the post whose id `metadata` names as "post", or in
    a new draft. Raises NotWelcome."""
    try:
        if "post" in metadata:
            post = _named(metadata["post"], by)
            add_picture(post, media, by=by, at=at)
        else:
            post = draft(_open_week(by, at), media, session=db.session, by=by, at=at)
        settle(post, at=at)
    except (NotEditable, WeekHasEnded, ConsentWithdrawn) as rule:
        raise NotWelcome(_("This post takes no more photos or videos now.")) from rule
    except TooManyPictures as rule:
        raise NotWelcome(
            _("A post holds up to %(most)d photos and videos.", most=MOST_PICTURES)
        ) from rule


def expected(media_id: int) -> None:
    """It is on its way: be ready for it."""
    hand_out(EXPECT, media_id)


def arrived(media_id: int) -> None:
    """All of it is here: have it made ready."""
    hand_out(PREPARE_FOR_POSTS, media_id)


def stopped(media: Media, *, by: Person, at: datetime) -> None:
    """Its owner sends no more of it: its place goes too."""
    holding = select(Picture).where(Picture.media_id == media.id)
    for picture in db.session.scalars(holding.order_by(Picture.id)):
        post = lock_post(db.session, picture.post_id)
        if post is not None and post.may_be_edited:
            with suppress(WeekHasEnded, ConsentWithdrawn):
                remove_picture(post, picture, by=by, at=at)
                settle(post, at=at)


def _named(post_id: str, person: Person) -> Post:
    known = post_id.isascii() and post_id.isdecimal() and len(post_id) <= 9
    post = lock_own_post(db.session, person, int(post_id)) if known else None
    if post is None:
        raise NotEditable
    return post


def _open_week(person: Person, at: datetime) -> Week:
    """The one that is on, or the next."""
    for week in weeks_of(db.session, person):
        if is_open(week, at=at):
            return week
    raise NotWelcome(_("You can send photos and videos once you have a week of your own."))
