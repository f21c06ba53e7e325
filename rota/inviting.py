"""Inviting a nominated person: the message is written with the change."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rota.models import Invitation, Nomination, NominationState
from takeover import audit
from takeover.mail.writing import write
from takeover.people.links import digest_of
from takeover.people.models import Person
from takeover.states import MoveNotAllowed
from takeover.web import public_address

LASTS = timedelta(days=21)


class InvitedAlready(Exception):
    """They have an invitation that they can still answer."""


def invite(nomination: Nomination, *, session: Session, by: Person, at: datetime) -> Invitation:
    """Send them the words to answer; again, where the last invitation has expired.

    `nomination` must be locked. Raises InvitedAlready, MoveNotAllowed.
    """
    if nomination.state is not NominationState.INVITED:
        nomination.move(NominationState.INVITED, by=by, at=at)
    elif may_be_answered(session, nomination, at=at):
        raise InvitedAlready
    else:
        audit.record(nomination, "invited_again", by=by, at=at)
    invitation, link = _make(nomination, session=session, at=at)
    write(
        session,
        "invitation",
        to=nomination.person,
        key=f"invitation-{invitation.id}",
        at=at,
        link=link,
        programme=nomination.programme,
        answer_by=last_day_of(invitation),
    )
    return invitation


def hand_over(nomination: Nomination, *, session: Session, by: Person, at: datetime) -> str:
    """Another link for the person, to print or to send another way than by mail.

    `nomination` must be locked. Raises MoveNotAllowed unless they are invited.
    """
    if nomination.state is not NominationState.INVITED:
        raise MoveNotAllowed(
            nomination, from_state=nomination.state, to_state=NominationState.INVITED
        )
    invitation, link = _make(nomination, session=session, at=at)
    audit.record(nomination, "invitation_handed_over", by=by, at=at, invitation=invitation.id)
    return link


def find_invitation(session: Session, secret: str) -> Invitation | None:
    """The invitation of that secret, expired or not."""
    return session.scalar(select(Invitation).where(Invitation.digest == digest_of(secret)))


def may_be_answered(session: Session, nomination: Nomination, *, at: datetime) -> bool:
    """Whether one of their invitations is still open."""
    expires_at = expiries(session, [nomination]).get(nomination.id)
    return expires_at is not None and expires_at > at


def expiries(session: Session, nominations: list[Nomination]) -> dict[int, datetime]:
    """When the last invitation of each ends, by the nomination's id."""
    rows = session.execute(
        select(Invitation.nomination_id, func.max(Invitation.expires_at))
        .where(Invitation.nomination_id.in_([n.id for n in nominations]))
        .group_by(Invitation.nomination_id)
    )
    return {row[0]: row[1] for row in rows}


def last_day_of(invitation: Invitation) -> datetime:
    """The last moment somebody should be told of: a day they surely have until midnight."""
    return (invitation.expires_at - timedelta(days=1)).astimezone(
        invitation.nomination.programme.zone
    )


def _make(nomination: Nomination, *, session: Session, at: datetime) -> tuple[Invitation, str]:
    secret = secrets.token_urlsafe(32)
    invitation = Invitation(
        nomination=nomination, digest=digest_of(secret), sent_at=at, expires_at=at + LASTS
    )
    session.add(invitation)
    session.flush()
    return invitation, public_address(f"/invitations/{secret}")
