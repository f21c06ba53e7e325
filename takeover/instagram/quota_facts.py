"""What is known of an account's quota today, kept with its connection for those who look at it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from takeover.instagram.doors import lock_connection
from takeover.instagram.models import Connection, Publication
from takeover.instagram.publisher import Quota, Reason
from takeover.posts.models import Post, PostState


def keep_quota(connection: Connection, quota: Quota, *, session: Session, at: datetime) -> None:
    """As Instagram has just said it. Where there is room, what waited for some waits no more."""
    _note(connection, used=quota.used, total=quota.total, at=at)
    if quota.used >= quota.total:
        return
    approved = select(Post.id).where(
        Post.programme_id == connection.programme_id, Post.state == PostState.APPROVED
    )
    session.execute(
        update(Publication)
        .where(Publication.post_id.in_(approved), Publication.reason == Reason.QUOTA.value)
        .where(Publication.next_try_at > at)
        .values(next_try_at=at)
    )


def keep_full(
    session: Session, programme_id: int, *, at: datetime, connected_at: datetime | None
) -> None:
    """Instagram took a post no more for that: no page may say that there is room. Nothing may be
    locked before. Commits."""
    connection = lock_connection(session, programme_id)
    is_theirs = connection is not None and connection.connected_at == connected_at
    if connection is not None and is_theirs and "quota" in connection.facts:
        total = connection.facts["quota"][1]
        _note(connection, used=total, total=total, at=at)
    session.commit()


def _note(connection: Connection, *, used: int, total: int, at: datetime) -> None:
    told = {"quota": [used, total], "quota_at": at.isoformat()}
    connection.facts = {**connection.facts, **told}
