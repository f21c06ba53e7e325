"""Which posts may go out now, and taking hold of one of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from takeover.instagram.models import Connection, Publication
from takeover.posts.drafting import withdraw
from takeover.posts.finding import lock_post
from takeover.posts.models import Post, PostMove, PostState

MOST_TRIES = 5

# After a pause or an outage posts go out one by one, never in a flush.
OVERDUE = timedelta(minutes=5)
BETWEEN_OVERDUE = timedelta(minutes=15)

PUT_OFF = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on a post. It ends with the lease, or when another claim raises the fence."""

    post_id: int
    fence: int


class LostClaim(Exception):
    """The lease ran out and somebody else took the post over."""


def due_posts(session: Session, *, at: datetime) -> list[int]:
    """The ids of approved posts whose instant has come, the earliest first."""
    return list(
        session.scalars(
            select(Post.id)
            .outerjoin(Publication, Publication.post_id == Post.id)
            .where(Post.state == PostState.APPROVED, Post.slot_at <= at)
            .where(or_(Publication.next_try_at.is_(None), Publication.next_try_at <= at))
            .order_by(Post.slot_at)
            .limit(500)
        )
    )


def abandoned_posts(session: Session, *, at: datetime) -> list[int]:
    """The ids of posts whose worker has not been heard of since its lease ran out."""
    return list(
        session.scalars(
            select(Post.id)
            .join(Publication, Publication.post_id == Post.id)
            .where(Post.state == PostState.PUBLISHING, Publication.lease_until <= at)
        )
    )


def uncertain_posts(session: Session, *, since: datetime) -> list[int]:
    """The ids of posts whose outcome became unknown after that, so that a look may find it out.

    Counted from when we came to know of the doubt: after a power cut that is long after sending.
    A person who connects a stopped account again starts it anew; until then nothing is asked.
    """
    became = (
        select(func.max(PostMove.at))
        .where(PostMove.post_id == Post.id, PostMove.to_state == PostState.UNCERTAIN.value)
        .scalar_subquery()
    )
    return list(
        session.scalars(
            select(Post.id)
            .outerjoin(Connection, Connection.programme_id == Post.programme_id)
            .where(Post.state == PostState.UNCERTAIN, Connection.stopped_at.is_(None))
            .where(or_(became > since, Connection.connected_at > since))
        )
    )


def failed_posts(session: Session) -> list[int]:
    """The ids of posts that a person may try again, for as long as their week lasts."""
    return list(session.scalars(select(Post.id).where(Post.state == PostState.FAILED)))


def claim(session: Session, post_id: int, *, lease: timedelta, at: datetime) -> Claim | None:
    """Take hold of a due post, if it may go out and no other post of its account is going out.

    Commits: claiming is that. A post whose week is over becomes missed, one whose author has
    withdrawn their consent becomes withdrawn.
    """
    post = _lock_due(session, post_id, at=at)
    if post is None:
        return None
    if turned_away(post, at=at) or account_stopped(session, post):
        session.commit()
        return None
    if _would_be_a_burst(session, post, at=at):
        session.rollback()
        return None
    publication = _begin(session, post, lease=lease, at=at)
    hold = Claim(post_id, publication.fence)
    try:
        post.move(PostState.PUBLISHING, by=None, at=at, tries=publication.tries)
        session.commit()
    except IntegrityError:  # another post of the account is on its way: this one waits
        session.rollback()
        return None
    return hold


def put_off(session: Session, post_id: int, *, at: datetime) -> None:
    """There is no way to its account just now: look again in a minute, as long as its week runs."""
    post = _lock_due(session, post_id, at=at)
    if post is None:
        return
    if not turned_away(post, at=at):
        publication = session.get(Publication, post_id) or Publication(post_id=post_id)
        publication.next_try_at = at + PUT_OFF
        session.add(publication)
    session.commit()


def held(session: Session, hold: Claim) -> tuple[Post, Publication]:
    """The claimed post as it is now, locked. Raises LostClaim where it is no longer ours."""
    post = lock_post(session, hold.post_id)
    publication = session.get(Publication, hold.post_id, populate_existing=True)
    if (
        post is None
        or publication is None
        or publication.fence != hold.fence
        or post.state is not PostState.PUBLISHING
    ):
        session.rollback()
        raise LostClaim
    return post, publication


def turned_away(post: Post, *, at: datetime) -> bool:
    """Whether the rota or the author's consent forbids it now; then it has moved accordingly."""
    if not post.week.consent.stands:
        withdraw(post, by=None, at=at, why="consent withdrawn")
        return True
    if not post.week.has(at):
        post.move(PostState.MISSED, by=None, at=at)
        return True
    return False


def account_stopped(session: Session, post: Post) -> bool:
    """Whether the account waits for a person to look at it."""
    return (
        session.scalar(
            select(Connection.id).where(
                Connection.programme_id == post.programme_id, Connection.stopped_at.is_not(None)
            )
        )
        is not None
    )


def settle_abandoned(session: Session, post_id: int, *, at: datetime) -> None:
    """What a dead worker left: back in line if nothing was sent, uncertain if it may have been.

    A post that workers die of does not hold up its account for ever.
    """
    post = lock_post(session, post_id)
    publication = session.get(Publication, post_id, populate_existing=True)
    if (
        post is None
        or publication is None
        or post.state is not PostState.PUBLISHING
        or publication.lease_until is None
        or publication.lease_until > at
    ):
        session.rollback()
        return
    publication.fence += 1
    publication.lease_until = None
    if publication.sent_at is not None:
        post.move(PostState.UNCERTAIN, by=None, at=at)
    elif publication.tries < MOST_TRIES:
        post.move(PostState.APPROVED, by=None, at=at)
    else:
        publication.trouble = "every worker that had it stopped working"
        post.move(PostState.FAILED, by=None, at=at, why=publication.trouble)
    session.commit()


def settle_failed(session: Session, post_id: int, *, at: datetime) -> None:
    """Nobody can try it again once its week is over, or without consent: it waits for nobody."""
    post = lock_post(session, post_id)
    if post is None or post.state is not PostState.FAILED or not turned_away(post, at=at):
        session.rollback()
        return
    session.commit()


def _lock_due(session: Session, post_id: int, *, at: datetime) -> Post | None:
    """The post, locked, if it is approved and its instant has come; else nothing stays locked."""
    post = lock_post(session, post_id)
    if post is None or post.state is not PostState.APPROVED or not _is_due(session, post, at):
        session.rollback()
        return None
    return post


def _would_be_a_burst(session: Session, post: Post, *, at: datetime) -> bool:
    """Whether it is overdue, and another post of its account has only just gone out."""
    if post.slot_at is None or post.slot_at >= at - OVERDUE:
        return False
    just_out = select(Post.id).where(
        Post.programme_id == post.programme_id, Post.published_at > at - BETWEEN_OVERDUE
    )
    return session.scalar(just_out.limit(1)) is not None


def _is_due(session: Session, post: Post, at: datetime) -> bool:
    publication = session.get(Publication, post.id, populate_existing=True)
    waits_until = publication.next_try_at if publication else None
    return post.slot_at is not None and post.slot_at <= at and (waits_until or at) <= at


def _begin(session: Session, post: Post, *, lease: timedelta, at: datetime) -> Publication:
    publication = session.get(Publication, post.id)
    if publication is None:
        publication = Publication(post_id=post.id, fence=0, tries=0, handle={})
        session.add(publication)
    publication.fence += 1
    publication.tries += 1
    publication.lease_until = at + lease
    publication.next_try_at = publication.sent_at = None
    publication.trouble = ""
    return publication
