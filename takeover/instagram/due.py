"""What is to be done on which account now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from takeover.instagram.models import AccountHold, Connection, Publication, Takedown
from takeover.posts.models import Post, PostState
from takeover.programmes.pausing import in_the_way

AHEAD = timedelta(minutes=15)
"""How long before its slot a post is made ready on Instagram, out of anybody's sight."""

OVERDUE = timedelta(minutes=30)
BETWEEN_OVERDUE = timedelta(minutes=15)

SOON = timedelta(seconds=1)
"""A worker is called so long before a slot, and waits for it: the clock ticks once a second."""


class Errand(StrEnum):
    RECOVER = "recover"  # a dead worker had sent it
    SEND = "send"
    LOOK = "look"
    PREPARE = "prepare"
    TAKE_DOWN = "take_down"
    TEND = "tend"  # what belongs to it once it is out


@dataclass(frozen=True, slots=True)
class Due:
    errand: Errand
    post_id: int
    slot_at: datetime | None


def accounts_with_work(session: Session, *, at: datetime) -> list[int]:
    """The ids of the programmes on whose accounts a worker has something to do, and none is at."""
    held = select(AccountHold.programme_id).where(AccountHold.lease_until > at)
    return list(
        session.scalars(
            _posts()
            .with_only_columns(Post.programme_id)
            .where(Post.programme_id.not_in(held))
            .where(or_(*_everything(at).values()))
            .group_by(Post.programme_id)
            .order_by(func.min(Post.slot_at))
        )
    )


def next_due(session: Session, programme_id: int, *, at: datetime) -> Due | None:
    """What is most urgent on this account."""
    everything = _everything(at)
    errands = list(everything)
    urgency = case(*((which, rank) for rank, which in enumerate(everything.values())))
    found = session.execute(
        _posts()
        .with_only_columns(urgency, Post.id, Post.slot_at)
        .where(Post.programme_id == programme_id, or_(*everything.values()))
        .order_by(urgency, Post.slot_at, Post.id)
        .limit(1)
    ).first()
    return Due(errands[found[0]], *found[1:]) if found is not None else None


def due_posts(session: Session, programme_id: int, *, at: datetime) -> list[int]:
    """The ids of the posts that something is to be done about."""
    return list(
        session.scalars(
            _posts()
            .with_only_columns(Post.id)
            .where(Post.programme_id == programme_id)
            .where(or_(*_everything(at).values()))
            .order_by(Post.id)
        )
    )


def waits_for_spacing(session: Session, post: Post, *, at: datetime) -> datetime | None:
    """Until when it may not go out because another one just did; None if it may.

    After an outage posts go out one by one, whatever the programme's spacing: never in a flush.
    """
    gap = timedelta(minutes=post.week.programme.spacing)
    if post.slot_at is not None and post.slot_at < at - OVERDUE:
        gap = max(gap, BETWEEN_OVERDUE)
    if not gap:
        return None
    newest = session.scalar(
        select(func.max(Post.published_at)).where(Post.programme_id == post.programme_id)
    )
    until = newest + gap if newest else at
    return until if until > at else None


def _everything(at: datetime) -> dict[Errand, ColumnElement[bool]]:
    """What is more urgent comes first."""
    return {
        Errand.TAKE_DOWN: _to_take_down(at),
        Errand.RECOVER: _left(),
        Errand.SEND: _to_send(at),
        Errand.LOOK: _to_look_for(at),
        Errand.TEND: _to_tend(at),
        Errand.PREPARE: _to_prepare(at),
    }


def _posts() -> Select[Any]:
    return (
        select(Post)
        .outerjoin(Publication, Publication.post_id == Post.id)
        .outerjoin(Takedown, Takedown.post_id == Post.id)
        .outerjoin(Connection, Connection.programme_id == Post.programme_id)
    )


def _left() -> ColumnElement[bool]:
    """Whoever sent it would have moved it on, before letting go of the account."""
    return Post.state == PostState.PUBLISHING


def _to_send(at: datetime) -> ColumnElement[bool]:
    return and_(_may_go_out(at), Post.slot_at <= at + SOON)


def _to_prepare(at: datetime) -> ColumnElement[bool]:
    return and_(
        _may_go_out(at),
        Post.slot_at <= at + AHEAD,
        or_(Publication.post_id.is_(None), Publication.prepared_at.is_(None)),
    )


def _to_look_for(at: datetime) -> ColumnElement[bool]:
    return and_(
        Post.state == PostState.UNCERTAIN,
        Connection.stopped_at.is_(None),
        Publication.next_try_at <= at,
    )


def _to_take_down(at: datetime) -> ColumnElement[bool]:
    """Also while the programme is paused: that is when it matters."""
    return and_(
        Post.state == PostState.PUBLISHED,
        Connection.stopped_at.is_(None),
        Takedown.done_at.is_(None),
        Takedown.by_hand.is_(False),
        Takedown.next_try_at <= at,
    )


def _to_tend(at: datetime) -> ColumnElement[bool]:
    return and_(
        Post.state == PostState.PUBLISHED,
        Connection.stopped_at.is_(None),
        Publication.tend_at <= at,
        Takedown.post_id.is_(None),
    )


def _may_go_out(at: datetime) -> ColumnElement[bool]:
    return and_(
        Post.state == PostState.APPROVED,
        Connection.stopped_at.is_(None),
        or_(Publication.next_try_at.is_(None), Publication.next_try_at <= at),
        ~in_the_way(Post.programme_id, Post.slot_at),
    )
