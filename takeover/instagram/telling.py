"""Telling alarms in the chat: each once at each address, tried again where it was not reached."""

import hashlib
import importlib
import logging
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, select, update
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
"""For one address."""

TOLD_TO = "told_to"
"""In an alarm's facts: the addresses that have heard of it, each by its hash."""


def hand_out_untold() -> None:
    """The clock's turn."""
    if not settings().alarm_urls:
        return
    untold = list(
        db.session.scalars(select(Alarm.id).where(*_to_be_told(now())).order_by(Alarm.id).limit(50))
    )
    db.session.commit()
    for alarm_id in untold:
        hand_out(TELL, alarm_id)


def tell(alarm_id: int) -> None:
    """Claim the alarm, commit; then for each address: ask, record, commit.

    No transaction is open while one is asked: it may keep silent for many seconds, and whoever
    wants to pause would wait for it.
    """
    tries = _claim(db.session, alarm_id, at=now())
    if tries is None:
        return
    title, body = _words(db.session.get_one(Alarm, alarm_id))
    missing = []
    for url in settings().alarm_urls:
        told = _keep(db.session, alarm_id, tries=tries, at=now())
        if told is None:
            return  # another worker has taken it over
        if _name_of(url) in told:
            continue
        if _is_heard(url, title, body):
            _record(db.session, alarm_id, url, at=now())
        else:
            missing.append(url)
    _end(db.session, alarm_id, tries=tries, is_told=not missing, at=now())


TELL = Task("tell_alarm", tell)
JOB = Job("tell_alarms", hand_out_untold, every=timedelta(seconds=5))


def _to_be_told(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is over by then is no news any more."""
    return Alarm.next_tell_at <= at, Alarm.ended_at.is_(None)


def _claim(session: Session, alarm_id: int, *, at: datetime) -> int | None:
    """The number of this try, if the alarm is ours to tell now. Commits: claiming is that."""
    tries = session.scalar(
        update(Alarm)
        .where(Alarm.id == alarm_id, *_to_be_told(at))
        .values(next_tell_at=at + LEASE, tell_tries=Alarm.tell_tries + 1)
        .returning(Alarm.tell_tries)
    )
    session.commit()
    return tries


def _words(alarm: Alarm) -> tuple[str, str]:
    """Its title, and the rest."""
    with in_language_of(alarm.programme.language):
        words = words_of(alarm)
        link = public_address(link_of(alarm))
        return words.subject, f"{words.what_happened}\n{words.what_to_do}\n{link}"


def _keep(session: Session, alarm_id: int, *, tries: int, at: datetime) -> list[str] | None:
    """Who has heard of it, by name, as long as it is ours to tell: it is for another lease then.
    Commits."""
    facts = session.scalar(
        _of_try(alarm_id, tries).values(next_tell_at=at + LEASE).returning(Alarm.facts)
    )
    session.commit()
    return list(facts.get(TOLD_TO, ())) if facts is not None else None


def _record(session: Session, alarm_id: int, url: str, *, at: datetime) -> None:
    """That address has heard of it, whoever tells it by now. Commits."""
    alarm = session.get_one(Alarm, alarm_id, with_for_update=True, populate_existing=True)
    told = {*alarm.facts.get(TOLD_TO, ()), _name_of(url)}
    alarm.facts = {**alarm.facts, TOLD_TO: sorted(told)}  # what else it has grown by stays
    alarm.told_at = at
    session.commit()


def _end(session: Session, alarm_id: int, *, tries: int, is_told: bool, at: datetime) -> None:
    """Until the next try, if there is to be one. Commits."""
    is_last = is_told or tries > len(WAITS)
    again = None if is_last else at + WAITS[tries - 1]
    session.execute(_of_try(alarm_id, tries).values(next_tell_at=again))
    session.commit()
    if is_told:
        return
    facts = {"alarm_id": alarm_id}
    if is_last:
        log.error("alarm not told in the chat", extra=facts)
    else:
        log.warning("alarm not told yet", extra=facts)


def _of_try(alarm_id: int, tries: int) -> Update:
    """The alarm, as long as no later try has begun."""
    return (
        update(Alarm)
        .where(Alarm.id == alarm_id, Alarm.tell_tries == tries)
        .execution_options(synchronize_session=False)
    )


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
