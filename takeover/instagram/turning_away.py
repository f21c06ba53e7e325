"""What may not go out any more: by the rota, by its author's consent, or because it is too late."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from takeover.instagram.alarms import alarm_of_post
from takeover.posts.drafting import withdraw
from takeover.posts.finding import lock_post
from takeover.posts.models import Post, PostState
from takeover.posts.words import TOO_LATE
from takeover.programmes.pausing import holds_up

WAITING = frozenset({PostState.APPROVED, PostState.FAILED})


def turned_away(post: Post, *, at: datetime) -> bool:
    """Whether the rota or the author's consent forbids it now; then it has moved accordingly."""
    if not post.week.consent.stands:
        withdraw(post, by=None, at=at, why="consent withdrawn")
        return True
    if not post.week.has(at):
        _miss(post, at=at, why="")
        return True
    if post.state is PostState.APPROVED and _is_too_late(post, at):
        _miss(post, at=at, why=TOO_LATE)
        return True
    return False


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


def _miss(post: Post, *, at: datetime, why: str) -> None:
    was_approved = post.state is PostState.APPROVED
    post.move(PostState.MISSED, by=None, at=at, why=why)
    session = object_session(post)
    if was_approved and session is not None:  # of one that had failed comms has been told
        alarm_of_post("missed", post, session=session, reason="", at=at)


def _is_too_late(post: Post, at: datetime) -> bool:
    """What a pause held up waits for a person, as long as its week runs."""
    session = object_session(post)
    grace = timedelta(minutes=post.week.programme.grace)
    if session is None or post.slot_at is None or post.slot_at + grace >= at:
        return False
    return not holds_up(session, post.programme_id, post.slot_at)
