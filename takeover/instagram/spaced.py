"""What waits only because another post of its account has just gone out."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from takeover.instagram.due import gap_before, last_out, waits_for_spacing
from takeover.instagram.models import Publication
from takeover.instagram.publisher import Reason
from takeover.posts.models import Post, PostState
from takeover.programmes.pausing import in_the_way
from takeover.weeks.models import Week


@dataclass(frozen=True, slots=True)
class Due:
    post_id: int
    slot_at: datetime
    next_try_at: datetime | None
    reason: str

    def has_its_turn(self, at: datetime) -> bool:
        waits = self.next_try_at is not None and self.next_try_at > at
        return not waits or self.reason == Reason.SPACING.value


@dataclass(frozen=True, slots=True)
class Line:
    """The approved posts of an account whose time has come, and what went out before them."""

    at: datetime
    last_out: list[datetime]
    due: dict[int, Due]  # by the posts' ids

    def until(self, post: Post, slot: datetime) -> datetime | None:
        """When it goes out by the programme's spacing if `slot` is its time, those that are due
        before it going first; None where nothing keeps it."""
        gap = gap_before(post, at=self.at, slot=slot)
        if not gap:
            return None
        free = max((one + gap for one in self.last_out), default=self.at)
        ahead = sum(self._goes_before(one, post, slot) for one in self.due.values())
        until = max(free, self.at) + ahead * gap
        return until if until > self.at else None

    def _goes_before(self, one: Due, post: Post, slot: datetime) -> bool:
        return one.post_id != post.id and one.slot_at <= slot and one.has_its_turn(self.at)


def line_of(session: Session, programme_id: int, *, at: datetime) -> Line:
    found = session.execute(
        select(Post.id, Post.slot_at, Publication.next_try_at, Publication.reason)
        .outerjoin(Publication, Publication.post_id == Post.id)
        .where(Post.programme_id == programme_id, Post.state == PostState.APPROVED)
        .where(Post.slot_at <= at, ~in_the_way(Post.programme_id, Post.slot_at))
        .order_by(Post.id)
    )
    due = {id: Due(id, slot, again, reason or "") for id, slot, again, reason in found if slot}
    return Line(at=at, last_out=last_out(session, programme_id), due=due)


def look_again_at_spaced(session: Session, *, at: datetime) -> int:
    """Let go on what would wait no longer, or shorter: somebody has changed the spacing. How many.
    Commits."""
    waiting = session.scalars(
        select(Publication)
        .join(Post, Post.id == Publication.post_id)
        .where(Post.state == PostState.APPROVED, Publication.reason == Reason.SPACING.value)
        .where(Publication.next_try_at > at)
        .options(joinedload(Publication.post).joinedload(Post.week).joinedload(Week.programme))
        .order_by(Publication.post_id)
    ).all()
    shorter = [
        (one.post_id, one.next_try_at, until)
        for one in waiting
        if one.next_try_at is not None
        and (until := waits_for_spacing(session, one.post, at=at) or at) < one.next_try_at
    ]
    session.commit()  # what was read so far: on SQLite a reader becomes no writer
    for post_id, seen, until in shorter:
        session.execute(
            update(Publication)
            .where(Publication.post_id == post_id, Publication.next_try_at == seen)
            .values(next_try_at=until)
        )
    session.commit()
    return len(shorter)
