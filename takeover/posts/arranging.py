"""Which pictures a post has, and in which order."""

from datetime import datetime

from sqlalchemy.orm import object_session

from takeover import audit
from takeover.media.changing import cancel
from takeover.media.models import Media
from takeover.people.models import Person
from takeover.posts.captions import check_alt_text, tidy
from takeover.posts.models import Picture, Post
from takeover.posts.rules import NotYourMedia, check_may_change

MOST_PICTURES = 10
"""Of a carousel, by Instagram's API (content publishing guide)."""


class TooManyPictures(Exception):
    """A carousel holds ten."""


def add_picture(
    post: Post, media: Media, *, by: Person, at: datetime, alt_text: str = ""
) -> Picture:
    """Put it behind the others.

    Raises NotEditable, WeekHasEnded, ConsentWithdrawn, NotYourMedia, TooManyPictures,
    AltTextTooLong.
    """
    check_may_change(post, by=by, at=at)
    check_alt_text(alt_text := tidy(alt_text))
    if media.owner_id != by.id:
        raise NotYourMedia
    if len(post.pictures) >= MOST_PICTURES:
        raise TooManyPictures
    position = max((picture.position for picture in post.pictures), default=-1) + 1
    picture = Picture(media=media, alt_text=alt_text, position=position)
    post.pictures.append(picture)
    post.submit_asked_at = None
    audit.record(post, "picture_added", by=by, at=at, picture=media.id)
    return picture


def remove_picture(post: Post, picture: Picture, *, by: Person, at: datetime) -> None:
    """Take it out; nobody prepares it any more. Raises NotEditable, WeekHasEnded,
    ConsentWithdrawn."""
    check_may_change(post, by=by, at=at)
    post.pictures.remove(picture)
    post.submit_asked_at = None
    cancel(picture.media, by=by, at=at)
    audit.record(post, "picture_removed", by=by, at=at, picture=picture.media_id)


def place_picture(post: Post, picture: Picture, position: int, *, by: Person, at: datetime) -> None:
    """Move it to that place, counted from 0; beyond the ends is the end.

    Raises NotEditable, WeekHasEnded, ConsentWithdrawn.
    """
    check_may_change(post, by=by, at=at)
    others = [one for one in post.pictures if one is not picture]
    order = [*others[: max(position, 0)], picture, *others[max(position, 0) :]]
    if order == list(post.pictures):
        return
    _renumber(post, order)
    post.submit_asked_at = None
    audit.record(post, "pictures_ordered", by=by, at=at)


def _renumber(post: Post, order: list[Picture]) -> None:
    """By way of places that none has: no two may have the same for an instant."""
    session = object_session(post)
    for number, picture in enumerate(order):
        picture.position = -1 - number
    if session is not None:
        session.flush()
    for number, picture in enumerate(order):
        picture.position = number
    post.pictures.sort(key=lambda picture: picture.position)
