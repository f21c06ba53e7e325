"""The clock's and the workers' part in publishing."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

from sqlalchemy.orm import Session

from takeover.clock import now
from takeover.db import db
from takeover.instagram.alarms import end_alarms
from takeover.instagram.doors import publisher_for
from takeover.instagram.doubts import look, recover
from takeover.instagram.due import Due, Errand, accounts_with_work, next_due
from takeover.instagram.holding import Hold, LostHold, keep_hold, let_go, take_hold
from takeover.instagram.lending import forget_expired
from takeover.instagram.publisher import Ours
from takeover.instagram.publishing import prepare, send
from takeover.instagram.putting_off import put_off_all
from takeover.instagram.quota import QuotaWatch
from takeover.instagram.taking_down import take_down
from takeover.instagram.tending import tend
from takeover.instagram.turning_away import to_be_looked_at, turn_away
from takeover.instagram.working import Work
from takeover.media.store import open_store
from takeover.schedule import Job
from takeover.web import settings
from takeover.work import Task, hand_out

log = logging.getLogger(__name__)

SLICE = 20.0
"""Seconds after which a worker lets go of an account, so that it can be stopped and others get a
turn; the clock's next tick hands out what is left."""


def hand_out_accounts() -> None:
    """The clock's turn: give every account that has something to do to a worker."""
    waiting = accounts_with_work(db.session, at=now())
    db.session.commit()
    for programme_id in waiting:
        hand_out(PUBLISH, programme_id)


def work_on_account(programme_id: int) -> None:
    """Everything that is to be done on a programme's account now, one thing after the other."""
    lease = timedelta(seconds=settings().publish_lease)
    hold = take_hold(db.session, programme_id, lease=lease, at=now())
    if hold is None:
        return
    try:
        _work_on(hold, lease)
    except LostHold:
        log.warning("account lost to another worker", extra={"programme_id": programme_id})
    finally:
        db.session.rollback()
        let_go(db.session, hold)


def turn_away_posts() -> None:
    """The clock's turn: nothing waits for a person whom none can help."""
    at = now()
    waiting = to_be_looked_at(db.session, at=at)
    db.session.commit()
    for post_id in waiting:
        turn_away(db.session, post_id, at=at)
    forget_expired(db.session, at=at)
    end_alarms(db.session, at=at)
    db.session.commit()


PUBLISH = Task("publish", work_on_account)
JOBS = (
    Job("publish", hand_out_accounts, every=timedelta(seconds=1)),
    Job("turn_away", turn_away_posts, every=timedelta(minutes=1)),
)


def open_work(session: Session, hold: Hold, *, lease: timedelta) -> Work:
    """Raises Ours where the account is not connected."""
    door, publisher = publisher_for(session, hold.programme_id)
    return Work(
        session=session,
        hold=hold,
        publisher=publisher,
        door=door,
        store=open_store(settings().media_url, spool=Path(settings().uploads_path)),
        clock=now,
        lease=lease,
        quota=QuotaWatch(publisher, now),
    )


def _work_on(hold: Hold, lease: timedelta) -> None:
    try:
        work = open_work(db.session, hold, lease=lease)
    except Ours as error:
        log.error(
            "no way to the account",
            extra={"programme_id": hold.programme_id, "error": str(error)},
        )
        put_off_all(db.session, hold.programme_id, at=now())
        return
    begun = monotonic()
    while monotonic() - begun < SLICE:
        keep_hold(db.session, hold, lease=lease, at=now())
        due = next_due(db.session, hold.programme_id, at=now())
        db.session.commit()
        if due is None or not _do(work, due):
            return


def _do(work: Work, due: Due) -> bool:
    """Whether it made a difference: what did not is not tried at once again."""
    if due.errand is Errand.RECOVER:
        recover(work, due.post_id)
        return True
    if due.errand is Errand.TAKE_DOWN:
        take_down(work, due.post_id)
        return True
    if due.errand is Errand.TEND:
        tend(work, due.post_id)
        return True
    if due.errand is Errand.LOOK:
        look(work, due.post_id, patience=timedelta(seconds=settings().publish_patience))
        return True
    if due.errand is Errand.PREPARE:
        return prepare(work, due.post_id)
    _wait_until(due.slot_at, now)
    return send(work, due.post_id)


def _wait_until(instant: datetime | None, clock: Callable[[], datetime]) -> None:
    """A worker is called a moment before a slot."""
    left = (instant - clock()).total_seconds() if instant else 0
    if left > 0:
        time.sleep(left)
