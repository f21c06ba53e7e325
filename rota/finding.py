"""Finding nominations, each for those who may see them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from rota.models import Invitation, Nomination, NominationState
from takeover.people.models import Person, Role


class Shown(StrEnum):
    """What a list of nominations may be narrowed to. A no and a stepping down are one and the
    same here, so that nobody can tell them apart."""

    TO_INVITE = "to-invite"
    INVITED = "invited"
    UNANSWERED = "unanswered"
    YES = "yes"
    NOT_TAKING_PART = "not-taking-part"
    WITHDRAWN = "withdrawn"


_STATES = {
    Shown.TO_INVITE: {NominationState.NOMINATED},
    Shown.INVITED: {NominationState.INVITED},
    Shown.UNANSWERED: {NominationState.INVITED},
    Shown.YES: {NominationState.ACCEPTED},
    Shown.NOT_TAKING_PART: {NominationState.DECLINED, NominationState.STEPPED_DOWN},
    Shown.WITHDRAWN: {NominationState.WITHDRAWN},
}


def find_nominations(
    session: Session,
    *,
    seen_by: Person,
    at: datetime,
    shown: Shown | None = None,
    search: str = "",
    skip: int = 0,
    limit: int = 50,
) -> tuple[list[Nomination], int]:
    """Some of them, the latest first, and how many there are in all."""
    asked = _of(seen_by)
    if shown is not None:
        asked = asked.where(Nomination.state.in_(_STATES[shown]))
    if shown in (Shown.INVITED, Shown.UNANSWERED):
        still_open = (
            select(Invitation.id)
            .where(Invitation.nomination_id == Nomination.id, Invitation.expires_at > at)
            .exists()
        )
        asked = asked.where(still_open if shown is Shown.INVITED else ~still_open)
    for word in search.split():
        places = (Person.name, Person.email, Person.job, Person.workplace)
        asked = asked.where(or_(*(place.icontains(word, autoescape=True) for place in places)))
    total = session.scalar(select(func.count()).select_from(asked.subquery())) or 0
    found = session.scalars(
        asked.options(contains_eager(Nomination.person), joinedload(Nomination.by))
        .order_by(Nomination.created_at.desc(), Nomination.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return list(found), total


def find_nomination(
    session: Session, nomination_id: int, *, seen_by: Person, lock: bool = False
) -> Nomination | None:
    """The nomination as it is now; locked, nobody else can move it until the transaction ends."""
    asked = _of(seen_by).where(Nomination.id == nomination_id)
    if lock:
        asked = asked.with_for_update(of=Nomination).execution_options(populate_existing=True)
    return session.scalar(asked)


def lock_nomination(session: Session, nomination_id: int) -> Nomination:
    """As it is now, held until the transaction ends: nobody else can move it."""
    return session.scalars(
        select(Nomination)
        .where(Nomination.id == nomination_id)
        .with_for_update(of=Nomination)
        .execution_options(populate_existing=True)
    ).one()


def _of(person: Person) -> Select[Nomination]:
    """HR sees their own countries; the lead sees all."""
    all_of_them = select(Nomination).join(Nomination.person)
    if Role.LEAD in person.roles:
        return all_of_them
    if not person.nominates_for:
        return all_of_them.where(false())
    return all_of_them.where(Nomination.country.in_(person.nominates_for))
