"""Posts of every kind that Instagram knows, submitted the way people submit them."""

from datetime import datetime

from sqlalchemy.orm import Session

from moderation.reviewing import approve
from takeover.clock import now
from takeover.media.models import Media, MediaState
from takeover.posts.digest import digest_of
from takeover.posts.drafting import draft, submit
from takeover.posts.models import Post, Shape, Surface
from takeover.posts.shaping import choose
from tests.cast import NOW, Cast
from tests.clips import a_ready_clip
from tests.preparing import ready_media


def a_carousel(
    session: Session, cast: Cast, *, caption: str = "Four of us", count: int = 4
) -> Post:
    photos = [ready_media(session, cast.zofia, text=f"{caption} {n}") for n in range(count)]
    return submitted(session, cast, *photos, caption=caption)


def a_reel(session: Session, cast: Cast, *, caption: str = "It turns", **facts: object) -> Post:
    clip = a_ready_clip(session, cast.zofia, text=caption, **facts)  # type: ignore[arg-type]
    return submitted(session, cast, clip, caption=caption)


def a_story(session: Session, cast: Cast, media: Media, *, caption: str = "") -> Post:
    post = drafted(session, cast, media, caption=caption)
    choose(post, Surface.STORY, Shape.OWN, by=cast.zofia, at=now())
    for picture in post.pictures:  # a worker would make it once more, in that shape
        if picture.media.state is MediaState.RECEIVED:
            picture.media.move(MediaState.READY, by=None, at=now())
    submit(post, by=cast.zofia, at=now())
    session.commit()
    return post


def drafted(session: Session, cast: Cast, *pictures: Media, caption: str) -> Post:
    post = draft(cast.week, *pictures, session=session, by=cast.zofia, at=now(), caption=caption)
    for number, picture in enumerate(post.pictures, start=1):
        picture.alt_text = f"Picture number {number}"
    session.commit()
    return post


def submitted(session: Session, cast: Cast, *pictures: Media, caption: str) -> Post:
    post = drafted(session, cast, *pictures, caption=caption)
    submit(post, by=cast.zofia, at=now())
    session.commit()
    return post


def approved(session: Session, cast: Cast, post: Post, *, slot_at: datetime = NOW) -> Post:
    """Due at once."""
    approve(post, session=session, digest_seen=digest_of(post), by=cast.amir, at=now())
    post.slot_at = slot_at
    session.commit()
    return post
