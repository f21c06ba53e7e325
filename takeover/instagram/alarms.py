"""Trouble that needs a person: told to comms at once, with the link and what to do, and once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from takeover.instagram.in_vain import is_in_vain
from takeover.instagram.models import AccountHold, Alarm, Connection, Publication, Takedown
from takeover.instagram.tended_by_hand import left_to_person
from takeover.instagram.wording import link_of, words_of
from takeover.mail.writing import write
from takeover.people.models import Grant, Person, Role
from takeover.posts.models import Post, PostState
from takeover.posts.turned_up import TurnedUp, turned_up
from takeover.web import public_address, settings

TOLD = (Role.APPROVER, Role.LEAD)

SEVERAL = "missed_several"
"""Of a programme: its facts name the posts."""

IN_VAIN = "in_vain"
"""The same, of posts that will be missed."""

_STATES = {"uncertain": PostState.UNCERTAIN, "failed": PostState.FAILED}
"""The kinds that end with the state they tell of."""

_NOT_CONNECTED = "not_connected"  # as publishers name that reason


def alarm_of_post(
    kind: str, post: Post, *, session: Session, reason: str, at: datetime, occasion: str = ""
) -> None:
    """In the transaction that brings the trouble; after the post has moved, which is the occasion
    unless another is named."""
    session.flush()
    moved = str(post.history[-1].id) if post.history else ""
    alarm = Alarm(
        kind=kind,
        subject=f"posts-{post.id}",
        programme_id=post.programme_id,
        post_id=post.id,
        facts={"reason": reason},
        occasion=occasion or moved,
        raised_at=at,
    )
    _raise(alarm, session=session)


def alarm_of_missed(posts: Sequence[Post], *, session: Session, at: datetime) -> None:
    """Of all posts of a programme that were missed at once: one alarm, where there are several.

    While nothing goes out to the account at all, which has been told, one alarm stands for every
    post that is missed until somebody has looked: the first says so.
    """
    programme_id = posts[0].programme_id
    stop = _open_stop(session, programme_id, at)
    if stop is None and len(posts) == 1:
        alarm_of_post("missed", posts[0], session=session, reason="", at=at)
        return
    if stop is not None and (told := _told_since(stop, session)) is not None:
        ids = [*told.facts["posts"], *(post.id for post in posts)]
        told.facts = {**told.facts, "posts": ids}
        return
    is_over = all(post.week.ends <= at for post in posts)
    alarm = Alarm(
        kind=SEVERAL,
        subject=f"programmes-{programme_id}",
        programme_id=programme_id,
        facts={
            "posts": [post.id for post in posts],
            "is_stopped": stop is not None,
            **({"week": posts[0].week.starts_on.isoformat()} if is_over else {}),
        },
        occasion=at.isoformat(),
        raised_at=at,
    )
    _raise(alarm, session=session)


def alarm_of_vain_wait(
    posts: Sequence[Post], *, session: Session, until: datetime, at: datetime
) -> None:
    """Of those of an account's posts that are missed before its wait is over: one, as it begins."""
    waiting = [post for post in posts if _waits_in_vain(post, until)]
    if not waiting:
        return
    alarm = Alarm(
        kind=IN_VAIN,
        subject=f"programmes-{waiting[0].programme_id}",
        programme_id=waiting[0].programme_id,
        facts={"posts": [post.id for post in waiting], "until": until.isoformat()},
        occasion=until.isoformat(),
        raised_at=at,
    )
    _raise(alarm, session=session)


def alarm_of_account(
    kind: str,
    connection: Connection,
    *,
    session: Session,
    reason: str,
    at: datetime,
    occasion: str,
    **facts: Any,
) -> None:
    """As `alarm_of_post`, of the account itself. `facts` must be JSON."""
    alarm = Alarm(
        kind=kind,
        subject=f"connections-{connection.id}",
        programme_id=connection.programme_id,
        facts={"reason": reason, **facts},
        occasion=occasion,
        raised_at=at,
    )
    _raise(alarm, session=session)


def alarm_of_missing_account(programme_id: int, *, session: Session, at: datetime) -> None:
    """Something is to go out, and no account is connected: once, until one is."""
    alarm = Alarm(
        kind="stopped",
        subject=f"programmes-{programme_id}",
        programme_id=programme_id,
        facts={"reason": _NOT_CONNECTED},
        occasion=_NOT_CONNECTED,
        raised_at=at,
    )
    _raise(alarm, session=session)


def end_alarms(session: Session, *, at: datetime) -> None:
    """End those whose trouble is over, or past mending."""
    still_open = select(Alarm).where(Alarm.ended_at.is_(None)).options(joinedload(Alarm.post))
    for alarm in session.scalars(still_open.order_by(Alarm.id)):
        if _is_over(alarm, session, at):
            alarm.ended_at = at


def warn_of_expiry(session: Session, *, at: datetime, ahead: timedelta) -> None:
    """Of every account whose access ends before long; once more when it has ended."""
    soon = session.scalars(
        select(Connection)
        .where(Connection.expires_at <= at + ahead, Connection.stopped_at.is_(None))
        .order_by(Connection.id)
    )
    for connection in soon:
        if connection.expires_at is None:
            continue
        until, is_over = connection.expires_at.isoformat(), connection.expires_at <= at
        alarm_of_account(
            "expires",
            connection,
            session=session,
            reason="token",
            at=at,
            occasion=f"over {until}" if is_over else until,
            until=until,
            is_over=is_over,
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
            words=words_of(alarm, person),
            programme=alarm.programme,
        )


def _who_is_told(session: Session) -> list[Person]:
    holders = select(Person).where(Person.grants.any(Grant.role.in_(TOLD))).order_by(Person.id)
    return list(session.scalars(holders).unique())


def _open_stop(session: Session, programme_id: int, at: datetime) -> Alarm | None:
    stops = session.scalars(
        select(Alarm)
        .where(Alarm.kind == "stopped", Alarm.programme_id == programme_id)
        .where(Alarm.ended_at.is_(None))
        .order_by(Alarm.id)
    )
    return next((stop for stop in stops if not _is_over(stop, session, at)), None)


def _told_since(stop: Alarm, session: Session) -> Alarm | None:
    return session.scalar(
        select(Alarm)
        .where(Alarm.kind == SEVERAL, Alarm.programme_id == stop.programme_id)
        .where(Alarm.raised_at >= stop.raised_at)
        .order_by(Alarm.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _is_over(alarm: Alarm, session: Session, at: datetime) -> bool:
    if alarm.kind == IN_VAIN:
        hold = session.get(AccountHold, alarm.programme_id)
        until = hold.wait_until if hold is not None else None
        posts = session.scalars(select(Post).where(Post.id.in_(alarm.facts["posts"])))
        is_on = until is not None and until > at
        return not is_on or not any(_waits_in_vain(post, until or at) for post in posts)
    if alarm.kind == SEVERAL:
        posts = session.scalars(select(Post).where(Post.id.in_(alarm.facts["posts"])))
        return not any(_may_still_be_placed(post, at) for post in posts)
    if alarm.post_id is not None:
        return alarm.post is None or _is_over_for(alarm.kind, alarm.post, session, at)
    connection = session.scalar(
        select(Connection).where(Connection.programme_id == alarm.programme_id)
    )
    if alarm.facts.get("reason") == _NOT_CONNECTED:
        return connection is not None
    if connection is None:
        return True
    if alarm.kind == "expires":
        until = connection.expires_at
        return until is None or until.isoformat() != alarm.occasion.removeprefix("over ")
    return connection.stopped_at is None


def _is_over_for(kind: str, post: Post, session: Session, at: datetime) -> bool:
    """Of one post: where nobody can do anything about it any more, nobody has to."""
    if kind == TurnedUp.FOUND:
        return turned_up(post) is not TurnedUp.FOUND
    if kind == "missed":
        return not _may_still_be_placed(post, at)
    if kind in _STATES:
        return post.state is not _STATES[kind]
    if post.state is not PostState.PUBLISHED:
        return True
    if kind == "take_down":
        asked = session.get(Takedown, post.id)
        return asked is None or not asked.by_hand  # the app tries once more
    if kind == "not_tended":
        publication = session.get(Publication, post.id)
        is_tried = publication is not None and publication.tend_at is not None
        if is_tried or left_to_person(post, session=session) is None:
            return True
    return post.week.ends <= at


def _may_still_be_placed(post: Post, at: datetime) -> bool:
    return post.state is PostState.MISSED and post.week.ends > at


def _waits_in_vain(post: Post, until: datetime) -> bool:
    if post.state is not PostState.APPROVED or post.slot_at is None:
        return False
    return is_in_vain(post, slot=post.slot_at, until=until)
