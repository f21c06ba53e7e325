"""What a pause holds up: approved posts whose slot came while nothing could go out."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, object_session

from takeover.posts.models import Post, PostState
from takeover.programmes.models import Pause
from takeover.programmes.pausing import holds_up, in_the_way
from takeover.weeks.models import Week


def is_held_up(post: Post, *, at: datetime) -> bool:
    """Whether it waits for the end of a pause, or for a person to place it again after one."""
    session = object_session(post)
    if session is None or post.state is not PostState.APPROVED:
        return False
    is_due = post.slot_at is not None and post.slot_at <= at
    return is_due and holds_up(session, post.programme_id, post.slot_at or at)


def held_up(session: Session, *, at: datetime, most: int) -> list[Post]:
    """In the order in which they were due; of each programme the first `most`."""
    line = func.row_number().over(partition_by=Post.programme_id, order_by=(Post.slot_at, Post.id))
    placed = _held_up(at).with_only_columns(Post.id, line.label("place")).subquery()
    found = (
        select(Post)
        .join(placed, placed.c.id == Post.id)
        .where(placed.c.place <= most)
        .options(joinedload(Post.week).joinedload(Week.programme), joinedload(Post.author))
        .order_by(Post.slot_at, Post.id)
    )
    return list(session.scalars(found))


def how_many_held_up(session: Session, *, at: datetime) -> dict[int, int]:
    """By the ids of the programmes that have any."""
    counted = _held_up(at).with_only_columns(Post.programme_id, func.count().label("many"))
    found = session.execute(counted.group_by(Post.programme_id))
    return {row.programme_id: row.many for row in found}


def ids_held_up(session: Session, *, at: datetime) -> frozenset[int]:
    """Of all posts at once, where a page shows many."""
    return frozenset(session.scalars(_held_up(at).with_only_columns(Post.id)))


def how_many_to_place(session: Session, *, at: datetime) -> int:
    """Of the programmes that run again."""
    paused = select(Pause.programme_id).where(Pause.ended_at.is_(None))
    waiting = _held_up(at).where(Post.programme_id.not_in(paused)).subquery()
    return session.scalar(select(func.count()).select_from(waiting)) or 0


def _held_up(at: datetime) -> Select[Any]:
    return select(Post).where(
        Post.state == PostState.APPROVED,
        Post.slot_at <= at,
        in_the_way(Post.programme_id, Post.slot_at),
    )
