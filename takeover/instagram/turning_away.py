"""What may not go out any more: by the rota, by its author's consent, or because it is too late."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from takeover.instagram.alarms import alarm_of_missed
from takeover.instagram.earlier import may_be_out
from takeover.instagram.models import Publication
from takeover.instagram.recording import doubt_anew
from takeover.posts.drafting import withdraw
from takeover.posts.finding import lock_post
from takeover.posts.models import Post, PostState
from takeover.posts.words import TOO_LATE
from takeover.programmes.pausing import holds_up

WAITING = frozenset({PostState.APPROVED, PostState.FAILED})


def turned_away(post: Post, *, at: datetime) -> bool:
    """Whether the rota or the author's consent forbids it now; then it has moved accordingly.

    Where it is missed, so are all of its programme that are: one alarm tells of them.
    """
    if not post.week.consent.stands:
        withdraw(post, by=None, at=at, why="consent withdrawn")
        return True
    if _why_missed(post, at) is None:
        return False
    session = object_session(post)
    if session is not None:
        _miss([post, *_others_missed(post, at, session)], session=session, at=at)
    return True


def to_be_looked_at(session: Session, *, at: datetime) -> list[int]:
    """The ids of posts that may wait in vain."""
    return list(
        session.scalars(
            select(Post.id).where(Post.state.in_(WAITING), Post.slot_at <= at).order_by(Post.id)
        )
    )


def turn_away(session: Session, post_id: int, *, at: datetime) -> None:
    """Where nobody can let it go out any more it waits for nobody. Commits."""
    post = lock_post(session, post_id)
    if post is None or post.state not in WAITING or not turned_away(post, at=at):
        session.rollback()
        return
    session.commit()


def _why_missed(post: Post, at: datetime) -> str | None:
    """None where it is not; empty where its week is over."""
    if not post.week.has(at):
        return ""
    is_late = post.state is PostState.APPROVED and _is_too_late(post, at)
    return TOO_LATE if is_late else None


def _others_missed(post: Post, at: datetime, session: Session) -> list[Post]:
    """Without those that somebody else holds just now: they have a turn of their own."""
    waiting = session.scalars(
        select(Post)
        .where(Post.programme_id == post.programme_id, Post.id != post.id)
        .where(Post.state.in_(WAITING), Post.slot_at <= at)
        .order_by(Post.slot_at, Post.id)
        .with_for_update(skip_locked=True, of=Post)
        .execution_options(populate_existing=True)
    ).all()
    return [one for one in waiting if one.week.consent.stands and _why_missed(one, at) is not None]


def _miss(posts: Iterable[Post], *, session: Session, at: datetime) -> None:
    untold = []
    for post in posts:
        if post.state is PostState.APPROVED:  # of one that had failed comms has been told
            publication = session.get(Publication, post.id, populate_existing=True)
            if publication is not None and may_be_out(publication.handle):
                doubt_anew(post, publication, session=session, at=at)
                continue
            untold.append(post)
        post.move(PostState.MISSED, by=None, at=at, why=_why_missed(post, at) or "")
    if untold:
        alarm_of_missed(untold, session=session, at=at)


def _is_too_late(post: Post, at: datetime) -> bool:
    """What a pause held up waits for a person, as long as its week runs."""
    session = object_session(post)
    grace = timedelta(minutes=post.week.programme.grace)
    if session is None or post.slot_at is None or post.slot_at + grace >= at:
        return False
    return not holds_up(session, post.programme_id, post.slot_at)
