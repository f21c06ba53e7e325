"""What is on its way to the queue: submitted by its author, and still being prepared."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from takeover.posts.models import Post, PostKind

MOST = 25


@dataclass(frozen=True, slots=True)
class Coming:
    author: str
    kind: PostKind
    percent: int


def what_is_coming(session: Session) -> list[Coming]:
    """Whoever asked first is first."""
    found = session.scalars(
        select(Post)
        .where(Post.submit_asked_at.is_not(None))
        .options(joinedload(Post.author))
        .order_by(Post.submit_asked_at, Post.id)
        .limit(MOST)
    )
    return [Coming(post.author.name, post.kind, _percent(post)) for post in found]


def _percent(post: Post) -> int:
    """The mean of its pictures' progress."""
    each = [picture.media.progress for picture in post.pictures]
    return sum(each) // len(each) if each else 0
