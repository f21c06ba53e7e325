"""Where Instagram asks us to slow down, its whole account is left alone: limits are of accounts."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.instagram.models import AccountHold
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    PublishingError,
    Reason,
    TheirsForNow,
)
from takeover.instagram.recording import stop_its_account
from takeover.instagram.working import Work
from takeover.posts.events import note
from takeover.posts.models import Post, PostState

log = logging.getLogger(__name__)

STEPS: Mapping[str, tuple[timedelta, ...]] = {
    "instagrapi": (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12)),
}
"""By doors that are told no time: how long, each time in a row; then a person has to look."""

USUAL = timedelta(minutes=30)

FORGOTTEN = timedelta(days=1)
"""So long after the end of a wait the next one is the first again."""


def heed(work: Work, error: Exception, post_id: int) -> None:
    """What a failure over this post means for its whole account: it is left alone for a while, or
    stopped until a person has looked. Commits then."""
    slow_down(work, error, post_id)
    if isinstance(error, AccountNeedsPerson):
        stop_its_account(work, error)


def slow_down(work: Work, error: Exception, post_id: int) -> None:
    """Where that is what Instagram asked for over this post, ask nothing of the account until then.
    Commits."""
    if not isinstance(error, PublishingError) or error.reason is not Reason.RATE_LIMITED:
        return
    work.session.rollback()
    at, programme_id = work.clock(), work.hold.programme_id
    hold = work.session.get_one(
        AccountHold, programme_id, with_for_update=True, populate_existing=True
    )
    waits = _waits_in_a_row(hold, at)
    steps = STEPS.get(work.door)
    if steps is not None and waits >= len(steps):
        work.session.rollback()
        _leave_to_person(work, error)
        return
    wait = error.wait if isinstance(error, TheirsForNow) else USUAL
    hold.wait_until = at + (max(wait, steps[waits]) if steps else wait)
    hold.waits = waits + 1
    _note_on_others(work.session, hold, error, but_for=post_id, at=at)
    work.session.commit()
    log.warning("account asked to slow down", extra={"programme_id": programme_id, "waits": waits})


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


def _waits_in_a_row(hold: AccountHold, at: datetime) -> int:
    is_long_ago = hold.wait_until is None or hold.wait_until + FORGOTTEN <= at
    return 0 if is_long_ago else hold.waits


def _leave_to_person(work: Work, error: PublishingError) -> None:
    text = f"limited after every wait: {error}"
    stop_its_account(work, AccountNeedsPerson(text, reason=Reason.SLOWED_DOWN, said=error.said))


def _note_on_others(
    session: Session, hold: AccountHold, error: PublishingError, *, but_for: int, at: datetime
) -> None:
    """On every other post that it holds up, for whoever wonders where it stays."""
    until = hold.wait_until or at
    held_up = (
        select(Post)
        .where(Post.programme_id == hold.programme_id, Post.state == PostState.APPROVED)
        .where(Post.slot_at <= until, Post.id != but_for)
        .order_by(Post.id)
    )
    facts = {"reason": error.reason.value, "said": error.said, "until": until.isoformat()}
    for post in session.scalars(held_up):
        note(post, "waits", at=at, **facts)
