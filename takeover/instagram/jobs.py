"""The clock's and the workers' part in publishing."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.clock import now
from takeover.db import db
from takeover.instagram.alarms import end_alarms
from takeover.instagram.doors import NO_DOOR, find_connection, publisher_for
from takeover.instagram.doubts import look, recover
from takeover.instagram.due import Due, Errand, accounts_with_work, next_due
from takeover.instagram.holding import Hold, LostHold, keep_hold, let_go, take_hold
from takeover.instagram.lending import forget_expired
from takeover.instagram.models import Connection
from takeover.instagram.publisher import Ours, Publisher, Reason
from takeover.instagram.publishing import prepare, send
from takeover.instagram.putting_off import put_off_all
from takeover.instagram.quota import QuotaWatch
from takeover.instagram.recording import stop_account
from takeover.instagram.shut_door import ShutDoor
from takeover.instagram.spaced import look_again_at_spaced
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

SHORT_SLICE = 2.0
"""The same where no post waits to go out or to come down: those of other accounts may."""

CAN_WAIT = frozenset({Errand.TEND, Errand.PREPARE})


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
        try:
            turn_away(db.session, post_id, at=at)
        except Exception:  # somebody else was at it as well: the next turn finds it again
            db.session.rollback()
            log.exception("post not turned away", extra={"post_id": post_id})
    forget_expired(db.session, at=at)
    end_alarms(db.session, at=at)
    db.session.commit()


def look_again() -> None:
    """The clock's turn: a spacing that somebody has made shorter holds at once."""
    look_again_at_spaced(db.session, at=now())


PUBLISH = Task("publish", work_on_account)
JOBS = (
    Job("publish", hand_out_accounts, every=timedelta(seconds=1)),
    Job("look_again", look_again, every=timedelta(seconds=5)),
    Job("turn_away", turn_away_posts, every=timedelta(minutes=1)),
)


def open_work(session: Session, hold: Hold, *, lease: timedelta) -> Work:
    """With a door that is shut where there is no way to the account, or none may be taken."""
    connection = find_connection(session, hold.programme_id)
    connected_at = connection.connected_at if connection else None
    door: str = NO_DOOR
    publisher: Publisher = ShutDoor("the account is stopped", reason=Reason.STOPPED)
    if connection is None or connection.stopped_at is None:
        door, publisher = _opened(session, hold.programme_id, connected_at)
    return Work(
        session=session,
        hold=hold,
        publisher=publisher,
        door=door,
        connected_at=connected_at,
        store=open_store(settings().media_url, spool=Path(settings().uploads_path)),
        clock=now,
        lease=lease,
        quota=QuotaWatch(publisher, now),
    )


def _opened(
    session: Session, programme_id: int, connected_at: datetime | None
) -> tuple[str, Publisher]:
    """Where there is no way to the account what is to go out waits, and people are told. Commits
    then."""
    try:
        return publisher_for(session, programme_id)
    except Ours as error:
        facts = {"programme_id": programme_id, "error": str(error)}
        log.error("no way to the account", extra=facts)
        put_off = put_off_all(session, programme_id, at=now())
        if put_off or connected_at is not None:
            stop_account(session, programme_id, error, at=now(), connected_at=connected_at)
        return NO_DOOR, ShutDoor(str(error), reason=error.reason)


def _work_on(hold: Hold, lease: timedelta) -> None:
    work = open_work(db.session, hold, lease=lease)
    begun = monotonic()
    unmoved: set[int] = set()  # nothing came of these: the others need not wait for them
    while monotonic() - begun < SLICE:
        keep_hold(db.session, hold, lease=lease, at=now())
        due = next_due(db.session, hold.programme_id, at=now(), but_for=unmoved)
        is_as_opened = _is_as_opened(work)  # else the next turn opens it as it is by then
        db.session.commit()
        if due is None or not is_as_opened:
            return
        if due.errand in CAN_WAIT and monotonic() - begun > SHORT_SLICE:
            return
        if not _do(work, due):
            unmoved.add(due.post_id)


def _is_as_opened(work: Work) -> bool:
    """Whether the account has the same keys still, and was neither stopped since nor let go on."""
    found = work.session.execute(
        select(Connection.connected_at, Connection.stopped_at).where(
            Connection.programme_id == work.hold.programme_id
        )
    ).first()
    connected_at, stopped_at = found or (None, None)
    was_stopped = connected_at is not None and work.door == NO_DOOR
    return connected_at == work.connected_at and (stopped_at is not None) == was_stopped


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
