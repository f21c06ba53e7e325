"""The clock's turns that keep an account open: longer access in time, and what is left of today."""

import importlib
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from takeover.clock import now
from takeover.db import db
from takeover.instagram.account_state import WARN_AHEAD
from takeover.instagram.alarms import end_alarms, warn_of_expiry
from takeover.instagram.holding import let_go, take_hold
from takeover.instagram.models import Connection
from takeover.instagram.slowing_down import waits_until
from takeover.schedule import Job
from takeover.web import settings
from takeover.work import Task, hand_out


def hand_out_official_accounts() -> None:
    """One after the other, by workers: Meta may take its time. Not those that it wants left
    alone."""
    at = now()
    official = list(
        db.session.scalars(
            select(Connection.programme_id)
            .where(Connection.publisher == "graph", Connection.stopped_at.is_(None))
            .order_by(Connection.id)
        )
    )
    to_ask = [one for one in official if waits_until(db.session, one, at=at) is None]
    db.session.commit()
    for programme_id in to_ask:
        hand_out(KEEP, programme_id)


def keep(programme_id: int) -> None:
    """Renew what is a week old, ask when it ends, read today's quota; not while it is at work."""
    lease = timedelta(seconds=settings().publish_lease)
    hold = take_hold(db.session, programme_id, lease=lease, at=now())
    if hold is None:
        return
    try:
        _keep(programme_id)
    finally:
        db.session.rollback()
        let_go(db.session, hold)


def warn() -> None:
    """Each account whose access ends before long is told once; what was renewed, no more."""
    warn_of_expiry(db.session, at=now(), ahead=WARN_AHEAD)
    end_alarms(db.session, at=now())
    db.session.commit()


def _keep(programme_id: int) -> None:
    letting_in: Any = importlib.import_module("takeover.instagram.letting_in")
    for ask in (letting_in.renew, letting_in.ask_for_ends, letting_in.ask_for_quota):
        connection = db.session.scalar(
            select(Connection).where(Connection.programme_id == programme_id)
        )
        if connection is not None:
            ask(connection, session=db.session, at=now())


KEEP = Task("keep_account", keep)
JOBS = (
    Job("keep_accounts", hand_out_official_accounts, every=timedelta(minutes=15)),
    Job("warn_of_expiry", warn, every=timedelta(hours=1)),  # no clock need live for a day
)
