"""Trouble that needs a person: told to comms at once, with the link and what to do, and once."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.instagram.models import Alarm, Connection, Publication
from takeover.instagram.wording import link_of, words_of
from takeover.mail.writing import write
from takeover.people.models import Grant, Person, Role
from takeover.posts.models import Post, PostState
from takeover.web import public_address, settings

TOLD = (Role.APPROVER, Role.LEAD)

_STATES = {"uncertain": PostState.UNCERTAIN, "failed": PostState.FAILED, "missed": PostState.MISSED}
"""The kinds that end with the state they tell of."""


def alarm_of_post(kind: str, post: Post, *, session: Session, reason: str, at: datetime) -> None:
    """In the transaction that brings the trouble; after the post has moved."""
    session.flush()
    occasion = str(post.history[-1].id) if post.history else ""
    alarm = Alarm(
        kind=kind,
        subject=f"posts-{post.id}",
        programme_id=post.programme_id,
        post_id=post.id,
        facts={"reason": reason},
        occasion=occasion,
        raised_at=at,
    )
    _raise(alarm, session=session)


def alarm_of_account(
    kind: str, connection: Connection, *, session: Session, reason: str, at: datetime, occasion: str
) -> None:
    """As `alarm_of_post`, of the account itself."""
    alarm = Alarm(
        kind=kind,
        subject=f"connections-{connection.id}",
        programme_id=connection.programme_id,
        facts={"reason": reason},
        occasion=occasion,
        raised_at=at,
    )
    _raise(alarm, session=session)


def end_alarms(session: Session, *, at: datetime) -> None:
    """End those whose trouble is over."""
    for alarm in session.scalars(select(Alarm).where(Alarm.ended_at.is_(None))):
        if _is_over(alarm, session):
            alarm.ended_at = at


def warn_of_expiry(session: Session, *, at: datetime, ahead: timedelta) -> None:
    """Of every account whose access ends before long."""
    soon = session.scalars(
        select(Connection)
        .where(Connection.expires_at <= at + ahead, Connection.stopped_at.is_(None))
        .order_by(Connection.id)
    )
    for connection in soon:
        until = connection.expires_at
        alarm_of_account(
            "expires",
            connection,
            session=session,
            reason="token",
            at=at,
            occasion=until.isoformat() if until else "",
        )


def _raise(alarm: Alarm, *, session: Session) -> None:
    before = session.scalar(
        select(Alarm)
        .where(Alarm.kind == alarm.kind, Alarm.subject == alarm.subject)
        .where(Alarm.ended_at.is_(None))
    )
    if before is not None:
        if before.occasion == alarm.occasion:
            return
        before.ended_at = alarm.raised_at
        session.flush()  # two open ones of a kind are one too many
    alarm.next_tell_at = alarm.raised_at if settings().alarm_urls else None
    session.add(alarm)
    session.flush()
    for person in _who_is_told(session):
        write(
            session,
            "alarm",
            to=person,
            key=f"alarm-{alarm.id}-{person.id}",
            at=alarm.raised_at,
            link=public_address(link_of(alarm)),
            words=words_of(alarm),
            programme=alarm.programme,
        )


def _who_is_told(session: Session) -> list[Person]:
    holders = select(Person).where(Person.grants.any(Grant.role.in_(TOLD))).order_by(Person.id)
    return list(session.scalars(holders).unique())


def _is_over(alarm: Alarm, session: Session) -> bool:
    if alarm.kind in _STATES:
        return alarm.post is None or alarm.post.state is not _STATES[alarm.kind]
    if alarm.kind == "not_tended":
        publication = session.get(Publication, alarm.post_id)
        return publication is None or publication.tend_at is not None
    if alarm.kind == "take_down":
        return alarm.post is None or alarm.post.state is not PostState.PUBLISHED
    connection = session.scalar(
        select(Connection).where(Connection.programme_id == alarm.programme_id)
    )
    if connection is None:
        return True
    if alarm.kind == "expires":
        until = connection.expires_at
        return until is None or until.isoformat() != alarm.occasion
    return connection.stopped_at is None
