"""A worker on an account, and the posts it may touch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, lazyload

from takeover.instagram.holding import Hold, keep_hold
from takeover.instagram.models import Connection, Publication
from takeover.instagram.publisher import Publisher
from takeover.instagram.quota import QuotaWatch
from takeover.media.store import Store
from takeover.posts.finding import lock_post
from takeover.posts.models import Post
from takeover.programmes.pausing import in_the_way

Clock = Callable[[], datetime]


class NotNow(Exception):
    """It may not go out, or not yet; whatever is to be put on the record is."""


@dataclass(frozen=True, slots=True)
class Work:
    """A worker on an account, and what it works with."""

    session: Session
    hold: Hold
    publisher: Publisher
    door: str
    store: Store
    clock: Clock
    lease: timedelta
    connected_at: datetime | None = None  # when the keys were given that opened it, if any were
    quota: QuotaWatch | None = None  # where none is watched, Instagram alone holds to it


def is_held_up(work: Work, slot_at: datetime) -> bool:
    """Whether a pause is in the way of what was due then, or the account is not opened any more by
    what opened it for this worker: stopped, ended, or connected anew.

    It holds for the instant of sending where the programme is locked: so do those who do that."""
    connection = select(Connection.id).where(Connection.programme_id == work.hold.programme_id)
    has_its_keys: ColumnElement[bool] = connection.where(
        Connection.connected_at == work.connected_at, Connection.stopped_at.is_(None)
    ).exists()
    if work.connected_at is None:
        has_its_keys = ~connection.exists()
    held_up = or_(in_the_way(work.hold.programme_id, slot_at), ~has_its_keys)
    return bool(work.session.scalar(select(held_up)))


def held_post(work: Work, post_id: int) -> tuple[Post, Publication]:
    """The post as it is now, locked, on the account that is still ours and for a whole lease
    longer. Raises LostHold."""
    keep_hold(work.session, work.hold, lease=work.lease, at=work.clock())
    post = lock_post(work.session, post_id, lazyload(Post.pictures))
    if post is None or post.programme_id != work.hold.programme_id:
        work.session.rollback()
        raise NotNow
    publication = work.session.get(Publication, post_id, populate_existing=True)
    if publication is None:
        publication = Publication(post_id=post_id, handle={}, tries=0)
        work.session.add(publication)
    return post, publication
