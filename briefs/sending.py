"""Sending the brief with the week it is for, and its ambassador's own word that they read it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from briefs.composing import compose
from briefs.models import Brief
from takeover import audit
from takeover.mail.writing import write
from takeover.people.links import IN_A_MESSAGE, make_link
from takeover.people.mailing import address_of_link
from takeover.people.models import Person
from takeover.weeks.models import Week


class NotYourBrief(Exception):
    """Nobody can say for somebody else that they have read it."""


def send_brief(week: Week, *, session: Session, by: Person, at: datetime) -> Brief:
    """Compose the brief of a week and write the message that leads to it."""
    brief = compose(week, session=session, by=by, at=at)

    def link() -> str:
        secret = make_link(
            session,
            week.person,
            by=by,
            at=at,
            lasts=IN_A_MESSAGE,
            goes_to=f"/briefs/{brief.id}",
        )
        return address_of_link(secret)

    write(
        session,
        "brief",
        to=week.person,
        key=f"brief-{brief.id}",
        at=at,
        link=link,
        week=week,
        programme=week.programme,
    )
    return brief


def say_read(brief: Brief, *, by: Person, at: datetime) -> None:
    """The ambassador has read it; the first time counts. Raises NotYourBrief."""
    if brief.week.person_id != by.id:
        raise NotYourBrief
    if brief.read_at is None:
        brief.read_at = at
        audit.record(brief, "brief_read", by=by, at=at)


def briefs_of(session: Session, weeks: list[Week]) -> dict[int, Brief]:
    """The brief of each of these weeks, by the week's id."""
    rows = session.scalars(select(Brief).where(Brief.week_id.in_([week.id for week in weeks])))
    return {brief.week_id: brief for brief in rows}
