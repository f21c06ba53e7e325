"""What is to be done on which account now."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from takeover.db import Instant
from takeover.instagram.models import AccountHold, Connection, Publication, Takedown
from takeover.posts.models import Post, PostState
from takeover.programmes.pausing import in_the_way

AHEAD = timedelta(minutes=15)
"""How long before its slot a post is made ready on Instagram, out of anybody's sight."""

OVERDUE = timedelta(minutes=30)
BETWEEN_OVERDUE = timedelta(minutes=15)

SOON = timedelta(seconds=1)
"""A worker is called so long before a slot, and waits for it: the clock ticks once a second."""


_NOW = bindparam("now", type_=Instant())
_SOON = bindparam("soon", type_=Instant())
_AHEAD = bindparam("ahead", type_=Instant())


class Errand(StrEnum):
    RECOVER = "recover"  # a dead worker had sent it
    SEND = "send"
    LOOK = "look"
    PREPARE = "prepare"
    TAKE_DOWN = "take_down"
    TEND = "tend"  # what belongs to it once it is out


NEED_NOT_ASK = frozenset({Errand.RECOVER, Errand.LOOK, Errand.TAKE_DOWN})
"""While Instagram is to be left alone they ask it nothing, and leave to a person what they must."""


@dataclass(frozen=True, slots=True)
class Due:
    errand: Errand
    post_id: int
    slot_at: datetime | None


def accounts_with_work(session: Session, *, at: datetime) -> list[int]:
    """The ids of the programmes on whose accounts a worker has something to do, and none is at."""
    held = select(AccountHold.programme_id).where(AccountHold.lease_until > _NOW)
    with_work = (
        _posts()
        .with_only_columns(Post.programme_id)
        .where(Post.programme_id.not_in(held))
        .where(or_(*_everything().values()))
        .group_by(Post.programme_id)
        .order_by(func.min(Post.slot_at))
    )
    return list(session.scalars(with_work, _instants(at)))


def next_due(
    session: Session, programme_id: int, *, at: datetime, but_for: Set[int] = frozenset()
) -> Due | None:
    """What is most urgent on this account, but for the posts with these ids."""
    values = {"programme_id": programme_id, "but_for": list(but_for), **_instants(at)}
    found = session.execute(_most_urgent(), values).first()
    return Due(list(_everything())[found[0]], *found[1:]) if found is not None else None


def due_posts(session: Session, programme_id: int, *, at: datetime) -> list[int]:
    """The ids of the posts that something is to be done about."""
    due = (
        _posts()
        .with_only_columns(Post.id)
        .where(Post.programme_id == programme_id)
        .where(or_(*_everything().values()))
        .order_by(Post.id)
    )
    return list(session.scalars(due, _instants(at)))


def waits_for_spacing(session: Session, post: Post, *, at: datetime) -> datetime | None:
    """Until when it may not go out because another one just did; None if it may.

    What may have gone out counts. After an outage posts go out one by one, whatever the
    programme's spacing: never in a flush.
    """
    gap = gap_before(post, at=at)
    if not gap:
        return None
    until = max((one + gap for one in last_out(session, post.programme_id)), default=at)
    return until if until > at else None


def last_out(session: Session, programme_id: int) -> list[datetime]:
    """When a post last went out on the account, and when one last may have."""
    latest = session.execute(
        select(func.max(Post.published_at), func.max(Publication.sent_at))
        .outerjoin(Publication, Publication.post_id == Post.id)
        .where(Post.programme_id == programme_id)
    ).one()
    return [one for one in latest if one is not None]


def gap_before(post: Post, *, at: datetime, slot: datetime | None = None) -> timedelta:
    """What is to lie between the one before and this post; `slot`: had it that one."""
    gap, due_at = timedelta(minutes=post.week.programme.spacing), slot or post.slot_at
    is_overdue = due_at is not None and due_at < at - OVERDUE
    return max(gap, BETWEEN_OVERDUE) if is_overdue else gap


def due_before_long(
    session: Session, post: Post, *, at: datetime, within: timedelta
) -> datetime | None:
    """The slot of the next other post of its account that is due so soon; None if none is."""
    return session.scalar(
        _posts()
        .with_only_columns(func.min(Post.slot_at))
        .where(Post.programme_id == post.programme_id, Post.id != post.id)
        .where(_may_go_out(), Post.slot_at <= at + within),
        _instants(at),
    )


@cache
def _most_urgent() -> Select[Any]:
    """Built once: a worker asks it before every errand."""
    everything = _everything().values()
    urgency = case(*((which, rank) for rank, which in enumerate(everything)))
    return (
        _posts()
        .with_only_columns(urgency, Post.id, Post.slot_at)
        .where(Post.programme_id == bindparam("programme_id"), or_(*everything))
        .where(Post.id.not_in(bindparam("but_for", expanding=True)))
        .order_by(urgency, Post.slot_at, Post.id)
        .limit(1)
    )


@cache
def _everything() -> dict[Errand, ColumnElement[bool]]:
    """What is more urgent comes first."""
    everything = {
        Errand.TAKE_DOWN: _to_take_down(),
        Errand.RECOVER: _left(),
        Errand.SEND: _to_send(),
        Errand.LOOK: _to_look_for(),
        Errand.TEND: _to_tend(),
        Errand.PREPARE: _to_prepare(),
    }
    return {
        errand: which if errand in NEED_NOT_ASK else and_(which, _may_be_asked())
        for errand, which in everything.items()
    }


def _instants(at: datetime) -> dict[str, Any]:
    return {"now": at, "soon": at + SOON, "ahead": at + AHEAD}


def _posts() -> Select[Any]:
    return (
        select(Post)
        .outerjoin(Publication, Publication.post_id == Post.id)
        .outerjoin(Takedown, Takedown.post_id == Post.id)
        .outerjoin(Connection, Connection.programme_id == Post.programme_id)
        .outerjoin(AccountHold, AccountHold.programme_id == Post.programme_id)
    )


def _may_be_asked() -> ColumnElement[bool]:
    """Instagram has not asked us to leave the account alone until later."""
    return or_(AccountHold.wait_until.is_(None), AccountHold.wait_until <= _NOW)


def _left() -> ColumnElement[bool]:
    """Whoever sent it would have moved it on, before letting go of the account."""
    return Post.state == PostState.PUBLISHING


def _to_send() -> ColumnElement[bool]:
    return and_(_may_go_out(), Post.slot_at <= _SOON)


def _to_prepare() -> ColumnElement[bool]:
    return and_(
        _may_go_out(),
        Post.slot_at <= _AHEAD,
        or_(Publication.post_id.is_(None), Publication.prepared_at.is_(None)),
    )


def _to_look_for() -> ColumnElement[bool]:
    return and_(
        Post.state == PostState.UNCERTAIN,
        Publication.next_try_at <= _NOW,
    )


def _to_take_down() -> ColumnElement[bool]:
    """Also while the programme is paused: that is when it matters. And while the account is
    stopped: then a person has to."""
    return and_(
        Post.state == PostState.PUBLISHED,
        Takedown.done_at.is_(None),
        Takedown.by_hand.is_(False),
        Takedown.next_try_at <= _NOW,
    )


def _to_tend() -> ColumnElement[bool]:
    return and_(
        Post.state == PostState.PUBLISHED,
        Connection.stopped_at.is_(None),
        Publication.tend_at <= _NOW,
        Takedown.post_id.is_(None),
    )


def _may_go_out() -> ColumnElement[bool]:
    return and_(
        Post.state == PostState.APPROVED,
        Connection.stopped_at.is_(None),
        or_(Publication.next_try_at.is_(None), Publication.next_try_at <= _NOW),
        ~in_the_way(Post.programme_id, Post.slot_at),
    )
