"""A worker on an account, and the posts it may touch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, lazyload

from takeover.instagram.holding import Hold, keep_hold
from takeover.instagram.models import Publication
from takeover.instagram.publisher import Publisher, account_in
from takeover.instagram.quota import QuotaWatch
from takeover.media.store import Store
from takeover.posts.finding import lock_post
from takeover.posts.models import Post

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


def is_within_reach(work: Work, publication: Publication) -> bool:
    """Whether what is published went out by the door that the worker has, and on its account: by
    another one its number means something else, or nothing."""
    is_its_door = publication.door == work.door
    return is_its_door and account_in(publication.handle) == work.publisher.account


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
