"""The rota: giving a week with its brief, and freeing it again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from briefs.sending import send_brief
from takeover.mail.writing import write
from takeover.people.models import Grant, Person, Role
from takeover.posts.drafting import withdraw
from takeover.posts.models import Post, PostState
from takeover.programmes.models import Programme
from takeover.web import public_address
from takeover.weeks.giving import give_week, take_back
from takeover.weeks.models import Consent, Week

STILL_TO_COME = (
    PostState.DRAFT,
    PostState.SUBMITTED,
    PostState.CHANGES_REQUESTED,
    PostState.APPROVED,
    PostState.FAILED,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who said yes, and how often they had the account already."""

    person: Person
    weeks: int
    last_week: date | None  # the Monday of their latest, past or to come


def give(
    programme: Programme,
    person: Person,
    *,
    session: Session,
    starts_on: date,
    by: Person,
    at: datetime,
) -> Week:
    """Give the week, compose the brief and send it, all or nothing.

    Raises what `give_week` does: NotAMonday, WeekOver, NoConsent, WeekTaken.
    """
    week = give_week(programme, person, session=session, starts_on=starts_on, by=by, at=at)
    send_brief(week, session=session, by=by, at=at)
    return week


def take_week_back(week: Week, *, session: Session, by: Person, at: datetime) -> None:
    """Free a week that has not begun, and tell whose it was. What they prepared for it does not
    go out. `week` must be locked. Raises WeekHasBegun."""
    if week.taken_back_at is not None:
        return
    take_back(week, by=by, at=at)
    clear(week, session=session, by=by, at=at)
    write(
        session,
        "week_taken_back",
        to=week.person,
        key=f"week-taken-back-{week.id}",
        at=at,
        week=week,
        programme=week.programme,
    )


def clear(week: Week, *, session: Session, by: Person, at: datetime) -> None:
    """Withdraw all of the week that is not on the account yet."""
    for post in session.scalars(_posts_to_come(week)):
        withdraw(post, by=by, at=at)


def lock_week(session: Session, week_id: int) -> Week | None:
    """The week as it is now, held until the transaction ends."""
    return session.scalar(
        select(Week)
        .where(Week.id == week_id)
        .with_for_update(of=Week)
        .execution_options(populate_existing=True)
    )


def weeks_between(
    session: Session, programme: Programme, first: date, last: date
) -> dict[date, Week]:
    """The given weeks that begin on these Mondays, or between them."""
    rows = session.scalars(
        select(Week).where(
            Week.programme_id == programme.id,
            Week.starts_on.between(first, last),
            Week.taken_back_at.is_(None),
        )
    )
    return {week.starts_on: week for week in rows}


def weeks_on_account(session: Session, weeks: Iterable[Week]) -> set[int]:
    """Which of these weeks have something on the account, by their ids."""
    asked = select(Post.week_id).where(
        Post.week_id.in_([week.id for week in weeks]), Post.state == PostState.PUBLISHED
    )
    return set(session.scalars(asked.distinct()))


def candidates(
    session: Session,
    programme: Programme,
    *,
    search: str = "",
    without_week: bool = False,
    skip: int = 0,
    limit: int = 50,
) -> tuple[list[Candidate], int]:
    """Who said yes, and how many: first those without a week, then whose last is longest ago."""
    asked = _who_said_yes(programme, without_week=without_week)
    for word in search.split():
        places = (Person.name, Person.email, Person.job, Person.workplace)
        asked = asked.where(or_(*(place.icontains(word, autoescape=True) for place in places)))
    total = session.scalar(select(func.count()).select_from(asked.subquery())) or 0
    rows = session.execute(asked.offset(skip).limit(limit))
    return [Candidate(person, weeks, last) for person, weeks, last in rows], total


def tell_leads(consent: Consent, freed: Iterable[Week], *, session: Session, at: datetime) -> None:
    """Somebody stepped down, and weeks of theirs are open again."""
    weeks = list(freed)
    for lead in session.scalars(select(Person).join(Grant).where(Grant.role == Role.LEAD)):
        write(
            session,
            "stepped_down",
            to=lead,
            key=f"stepped-down-{consent.id}-{lead.id}",
            at=at,
            link=public_address("/rota"),
            person=consent.person,
            weeks=weeks,
            programme=session.get_one(Programme, consent.programme_id),
        )


def mondays(first: date, count: int) -> list[date]:
    return [first + timedelta(weeks=number) for number in range(count)]


def _who_said_yes(programme: Programme, *, without_week: bool) -> Select[Person, int, date | None]:
    had = (
        select(
            Week.person_id,
            func.count().label("weeks"),
            func.max(Week.starts_on).label("last_week"),
        )
        .where(Week.programme_id == programme.id, Week.taken_back_at.is_(None))
        .group_by(Week.person_id)
        .subquery()
    )
    said_yes = select(Consent.person_id).where(
        Consent.programme_id == programme.id, Consent.withdrawn_at.is_(None)
    )
    asked = (
        select(Person, func.coalesce(had.c.weeks, 0), had.c.last_week)
        .outerjoin(had, had.c.person_id == Person.id)
        .where(Person.id.in_(said_yes))
        .order_by(had.c.last_week.is_not(None), had.c.last_week, Person.name, Person.id)
    )
    return asked.where(had.c.weeks.is_(None)) if without_week else asked


def _posts_to_come(week: Week) -> Select[Post]:
    return (
        select(Post)
        .where(Post.week_id == week.id, Post.state.in_(STILL_TO_COME))
        .with_for_update(of=Post)
        .execution_options(populate_existing=True)
    )


def latest_weeks(session: Session, people: Iterable[int]) -> dict[tuple[int, int], Week]:
    """The latest week of each of these people, by their id and the programme's."""
    rows = session.scalars(
        select(Week)
        .where(Week.person_id.in_(list(people)), Week.taken_back_at.is_(None))
        .options(joinedload(Week.programme))
        .order_by(Week.starts_on)
    )
    return {(week.person_id, week.programme_id): week for week in rows}
