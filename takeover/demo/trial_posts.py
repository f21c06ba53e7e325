"""Posts that are due now, any number of them, to try out how a programme's posts go out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from rota.answering import accept, consent_words
from rota.inviting import invite
from rota.nominating import nominate
from rota.planning import give
from takeover.demo.stories import PHOTOS, developed
from takeover.media.intake import take_in
from takeover.media.keeping import Stored, put_away, record
from takeover.media.models import Media, MediaState
from takeover.media.store import Store
from takeover.people.adding import add_person, give_role
from takeover.people.models import Grant, Person, Role
from takeover.posts.digest import digest_of
from takeover.posts.drafting import draft, submit
from takeover.posts.models import Post, PostState
from takeover.programmes.models import Programme
from takeover.web import settings
from takeover.weeks.giving import find_week, monday_of, today_of
from takeover.weeks.models import Week

PHOTO = "first-light.jpg"
APART = timedelta(milliseconds=1)
"""No two posts of a programme have the same slot."""


def slots_from(first: datetime, count: int, *, apart: timedelta) -> list[datetime]:
    """Of posts that are due together, the last has that very instant."""
    if apart:
        return [first + apart * number for number in range(count)]
    return [first - APART * (count - 1 - number) for number in range(count)]


def approved_posts(
    programme: Programme,
    slots: Sequence[datetime],
    *,
    session: Session,
    store: Store,
    at: datetime,
) -> list[Post]:
    """A photo post for each slot, in the week that is on, approved. Each has words of its own; the
    photo is the same, and prepared once."""
    week = week_that_is_on(programme, session=session, at=at)
    approver = _holder(session, Role.APPROVER, programme, at=at, but=week.person)
    made = put_away(developed(PHOTO)[0], None, store=store)
    posts = []
    for number, slot in enumerate(slots):
        media = _sent(week.person, session=session, store=store, at=at)
        posts.append(
            _approved(week, media, made, number, slot, by=approver, session=session, at=at)
        )
    return posts


def week_that_is_on(programme: Programme, *, session: Session, at: datetime) -> Week:
    """Where nobody has it, somebody made up gets it."""
    week = find_week(session, programme, monday_of(today_of(programme, at=at)))
    return week or _new_week(programme, session=session, at=at)


def _sent(by: Person, *, session: Session, store: Store, at: datetime) -> Media:
    spool = Path(settings().uploads_path)
    with (PHOTOS / PHOTO).open("rb") as file:
        return take_in(file, spool=spool, session=session, store=store, by=by, at=at)


def _approved(
    week: Week,
    media: Media,
    made: Stored,
    number: int,
    slot: datetime,
    *,
    by: Person,
    session: Session,
    at: datetime,
) -> Post:
    record(media, made)
    media.handed_out_at = at
    media.move(MediaState.READY, by=None, at=at)
    post = draft(
        week,
        media,
        session=session,
        by=week.person,
        at=at,
        caption=f"Post {number + 1}, {at:%Y-%m-%d %H:%M:%S.%f} {week.programme.slug}",
        alt_text="A quiet road with a red cycle lane at first light, a street lamp still on.",
    )
    submit(post, by=week.person, at=at)
    post.approved_digest, post.approved_by_id, post.slot_at = digest_of(post), by.id, slot
    post.move(PostState.APPROVED, by=by, at=at, digest=post.approved_digest)
    return post


def _new_week(programme: Programme, *, session: Session, at: datetime) -> Week:
    hr, lead = (_holder(session, role, programme, at=at) for role in (Role.HR, Role.LEAD))
    nomination = nominate(
        programme,
        session=session,
        name=f"Ambassador of {programme.slug}",
        email=f"ambassador.{programme.slug}@mail.example",
        country=next(iter(sorted(hr.nominates_for))),
        job="Trial",
        workplace="Here",
        language="en",
        reason="To try it out.",
        by=hr,
        at=at,
    )
    invite(nomination, session=session, by=lead, at=at)
    words = consent_words(programme, "en")
    accept(nomination, session=session, words=words, language="en", at=at)
    session.flush()
    starts_on = monday_of(today_of(programme, at=at))
    return give(programme, nomination.person, session=session, starts_on=starts_on, by=lead, at=at)


def _holder(
    session: Session, role: Role, programme: Programme, *, at: datetime, but: Person | None = None
) -> Person:
    """Somebody who has that role; made up where nobody has."""
    holders = select(Person).join(Grant).where(Grant.role == role).order_by(Person.id)
    found = next((one for one in session.scalars(holders).unique() if one is not but), None)
    if found is not None:
        return found
    person = add_person(
        session,
        name=f"{role.value} of {programme.slug}",
        email=f"{role.value}.{programme.slug}@mail.example",
        by=None,
        at=at,
    )
    session.flush()
    give_role(person, role, by=None, at=at, countries=["FR"])
    session.flush()
    return person
