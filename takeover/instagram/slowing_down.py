"""Where Instagram asks us to slow down, its whole account is left alone: limits are of accounts."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from takeover.instagram.alarms import alarm_of_vain_wait
from takeover.instagram.holding import make_room
from takeover.instagram.models import AccountHold, Connection
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Ours,
    OutcomeUnknown,
    PublishingError,
    Reason,
    TheirsForNow,
)
from takeover.instagram.recording import stop_account, stop_its_account
from takeover.instagram.working import Work
from takeover.posts.events import note_wait
from takeover.posts.models import Post, PostState
from takeover.programmes.pausing import in_the_way
from takeover.weeks.models import Week

log = logging.getLogger(__name__)

STEPS: Mapping[str, tuple[timedelta, ...]] = {
    "instagrapi": (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12)),
}
"""By doors that are told no time: how long, each time in a row; then a person has to look."""

USUAL = timedelta(minutes=30)

FORGOTTEN = timedelta(days=1)
"""So long after the end of a wait the next one is the first again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Of whom something was asked: an account, as its door names it, and when its keys were given
    (None: it needs none)."""

    door: str
    account: str
    connected_at: datetime | None

    @property
    def name(self) -> str:
        return f"{self.door} {self.account}"


def heed(work: Work, error: Exception, post_id: int) -> None:
    """What a failure over this post means for its whole account: it is left alone for a while, or
    stopped until a person has looked. Commits then."""
    slow_down(work, error, post_id)
    if isinstance(error, AccountNeedsPerson):
        stop_its_account(work, error)


def slow_down(work: Work, error: Exception, post_id: int) -> bool:
    """Where that is what Instagram asked for over this post, ask nothing of the account until then.
    Whether it waits for a person instead. Commits."""
    if not isinstance(error, PublishingError) or error.reason is not Reason.RATE_LIMITED:
        return False
    work.session.rollback()
    programme_id, account = work.hold.programme_id, work.publisher.account
    asked = Asked(door=work.door, account=account, connected_at=work.connected_at)
    waits = leave_alone(
        work.session, programme_id, error, of=asked, at=work.clock(), but_for=post_id
    )
    if not waits:
        _leave_to_person(work, error)
    return not waits


def leave_alone(
    session: Session,
    programme_id: int,
    error: PublishingError,
    *,
    of: Asked,
    at: datetime,
    but_for: int | None = None,
) -> bool:
    """Ask nothing of the account until the end of the wait that Instagram asked for; but not where
    it had every wait of that way in a row: then a person has to look. Whether it waits. Commits, or
    rolls back.

    What has been connected since is another way, and was asked nothing. It is told on every post
    that it holds up but for the one with the id named. Nothing may be locked before.
    """
    make_room(session, programme_id)
    hold = session.get_one(AccountHold, programme_id, with_for_update=True, populate_existing=True)
    if not _is_connected_still(session, programme_id, of):
        session.rollback()
        return True
    steps = STEPS.get(of.door)
    waits = _waits_in_a_row(hold, at) if hold.wait_of == of.name else 0
    if steps is not None and waits >= len(steps):
        session.rollback()
        return False
    asked = error.wait if isinstance(error, TheirsForNow | OutcomeUnknown) else None
    wait = USUAL if asked is None else asked
    hold.wait_until = at + (max(wait, steps[waits]) if steps else wait)
    hold.waits, hold.wait_of = waits + 1, of.name
    _tell_of_wait(session, hold, error, but_for=but_for, at=at)
    session.commit()
    log.warning("account asked to slow down", extra={"programme_id": programme_id, "waits": waits})
    return True


def keep_to(
    session: Session, programme_id: int, error: PublishingError, *, of: Asked, at: datetime
) -> None:
    """What a failure means for the whole account, heard by whoever asked before a page: as by a
    post it is left alone for a while, or stopped until a person has looked. Nothing may be locked
    before. Commits, or rolls back."""
    if isinstance(error, AccountNeedsPerson | Ours):
        stop_account(session, programme_id, error, at=at, connected_at=of.connected_at)
    elif error.reason is Reason.RATE_LIMITED:
        leave_alone(session, programme_id, error, of=of, at=at)


def waits_until(session: Session, programme_id: int, *, at: datetime) -> datetime | None:
    """Until when the account is left alone; None where it is not."""
    hold = session.get(AccountHold, programme_id)
    until = hold.wait_until if hold is not None else None
    return until if until is not None and until > at else None


def forget_waits(session: Session, programme_id: int) -> None:
    """Somebody has looked after the account: it may be asked again."""
    hold = session.get(AccountHold, programme_id)
    if hold is not None:
        hold.wait_until, hold.waits = None, 0


def end_wait(session: Session, programme_id: int, *, at: datetime) -> None:
    """A person wants it asked again now. Should it be limited once more, that counts as the next in
    a row."""
    hold = session.get(AccountHold, programme_id)
    if hold is not None:
        hold.wait_until = at


def forget_waits_of_others(session: Session, programme_id: int, now: Asked) -> None:
    """The programme has this account by this door: what was asked of another one is over."""
    hold = session.get(AccountHold, programme_id, with_for_update=True, populate_existing=True)
    if hold is not None and hold.wait_of != now.name:
        hold.wait_until, hold.waits, hold.wait_of = None, 0, ""


def _is_connected_still(session: Session, programme_id: int, asked: Asked) -> bool:
    """Whoever connects it anew comes before this, or after: they lock the hold as well."""
    connected_at = session.scalar(
        select(Connection.connected_at).where(Connection.programme_id == programme_id)
    )
    return connected_at == asked.connected_at


def _waits_in_a_row(hold: AccountHold, at: datetime) -> int:
    is_long_ago = hold.wait_until is None or hold.wait_until + FORGOTTEN <= at
    return 0 if is_long_ago else hold.waits


def _leave_to_person(work: Work, error: PublishingError) -> None:
    text = f"limited after every wait: {error}"
    stop_its_account(work, AccountNeedsPerson(text, reason=Reason.SLOWED_DOWN, said=error.said))


def _tell_of_wait(
    session: Session,
    hold: AccountHold,
    error: PublishingError,
    *,
    but_for: int | None,
    at: datetime,
) -> None:
    """On every other post that it holds up, for whoever wonders where it stays; and tell of those
    that are missed before it is over. What a pause is in the way of is not tried again by
    itself."""
    until = hold.wait_until or at
    held_up = (
        select(Post)
        .where(Post.programme_id == hold.programme_id, Post.state == PostState.APPROVED)
        .where(Post.slot_at <= until)
        .where(~in_the_way(Post.programme_id, Post.slot_at))
        .options(selectinload(Post.events), joinedload(Post.week).joinedload(Week.programme))
        .order_by(Post.id)
    )
    posts = session.scalars(held_up).all()
    for post in posts:
        if post.id != but_for:
            note_wait(post, at=at, reason=error.reason.value, said=error.said, until=until)
    alarm_of_vain_wait(posts, session=session, until=until, at=at)
