"""Telling alarms in the chat: each once at each address, tried again where it was not reached."""

import hashlib
import importlib
import logging
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from takeover.clock import now
from takeover.db import db
from takeover.i18n import in_language_of
from takeover.instagram.models import Alarm
from takeover.instagram.wording import link_of, words_of
from takeover.schedule import Job
from takeover.web import public_address, settings
from takeover.work import Task, hand_out

log = logging.getLogger(__name__)

WAITS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240)]
LEASE = timedelta(minutes=2)

TOLD_TO = "told_to"
"""In an alarm's facts: the addresses that have heard of it, each by its hash."""


def hand_out_untold() -> None:
    """The clock's turn."""
    if not settings().alarm_urls:
        return
    untold = list(
        db.session.scalars(
            select(Alarm.id).where(Alarm.next_tell_at <= now()).order_by(Alarm.id).limit(50)
        )
    )
    db.session.commit()
    for alarm_id in untold:
        hand_out(TELL, alarm_id)


def tell(alarm_id: int) -> None:
    """Claim the alarm, commit, tell it, record, commit."""
    alarm = _claim(db.session, alarm_id, at=now())
    if alarm is None:
        return
    with in_language_of(alarm.programme.language):
        words = words_of(alarm)
        title, link = words.subject, public_address(link_of(alarm))
        body = f"{words.what_happened}\n{words.what_to_do}\n{link}"
    db.session.commit()
    missing = [url for url in settings().alarm_urls if not _tell(alarm, url, title, body)]
    if not missing:
        alarm.next_tell_at = None
    elif alarm.tell_tries > len(WAITS):
        alarm.next_tell_at = None
        log.error("alarm not told in the chat", extra={"alarm_id": alarm_id})
    else:
        alarm.next_tell_at = now() + WAITS[alarm.tell_tries - 1]
        log.warning("alarm not told yet", extra={"alarm_id": alarm_id})
    db.session.commit()


TELL = Task("tell_alarm", tell)
JOB = Job("tell_alarms", hand_out_untold, every=timedelta(seconds=5))


def _claim(session: Session, alarm_id: int, *, at: datetime) -> Alarm | None:
    """The alarm, if it is ours to tell now. Commits: claiming is that."""
    claimed = session.scalar(
        update(Alarm)
        .where(Alarm.id == alarm_id, Alarm.next_tell_at <= at)
        .values(next_tell_at=at + LEASE, tell_tries=Alarm.tell_tries + 1)
        .returning(Alarm.id)
    )
    session.commit()
    return session.get(Alarm, alarm_id) if claimed is not None else None


def _tell(alarm: Alarm, url: str, title: str, body: str) -> bool:
    """Whether that address is done with: it was told, now or before. Commits."""
    name = _name_of(url)
    told = list(alarm.facts.get(TOLD_TO, ()))
    if name in told:
        return True
    if not _is_heard(url, title, body):
        return False
    db.session.refresh(alarm, with_for_update=True)  # its facts may have grown meanwhile
    alarm.facts = {**alarm.facts, TOLD_TO: [*told, name]}
    alarm.told_at = now()
    db.session.commit()
    return True


def _name_of(url: str) -> str:
    """The address holds secrets: it is known again by this."""
    return hashlib.sha256(url.encode()).hexdigest()[:32]


def _is_heard(url: str, title: str, body: str) -> bool:
    """Loaded when first needed: it brings a hundred services along."""
    apprise = importlib.import_module("apprise")
    chat = apprise.Apprise()
    if not chat.add(url):
        log.error("one of ALARM_URLS is no address that Apprise knows")
        return False
    try:
        return bool(chat.notify(body=body, title=title))
    except Exception as error:
        log.warning("the chat could not be told", extra={"error": type(error).__name__})
        return False
