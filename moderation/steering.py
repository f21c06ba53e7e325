"""Steering the week: another time for an approved post, two that change places, and now."""

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache, partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.none_now import WHY_NONE_NOW, why_none_now
from moderation.none_now import AccountStopped as AccountStopped
from moderation.none_now import NoWayToAccount as NoWayToAccount
from moderation.none_now import Paused as Paused
from moderation.none_now import QuotaUsedUp as QuotaUsedUp
from moderation.places import taken_slots
from moderation.placing import lock_to_place, put
from moderation.reviewing import NOT_OUT, WAITS_FOR_SLOT, ConsentGone
from moderation.with_post import refuses_locations
from takeover import audit
from takeover.instagram.doors import find_connection
from takeover.people.models import Person
from takeover.posts.events import note
from takeover.posts.finding import lock_post
from takeover.posts.models import Post, PostState
from takeover.programmes.quiet import is_quiet
from takeover.weeks.models import Week

TAKES_A_TIME = WAITS_FOR_SLOT | NOT_OUT

FIRST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)


class NotApproved(Exception):
    """Only what is approved, and not on its way, has a time that can be changed."""


class MovedMeanwhile(Exception):
    """Somebody else has moved it since it was looked at."""


class InThePast(Exception):
    """That time has gone by."""


class OutsideTheirWeek(Exception):
    """The account is not its author's at that time."""


class SlotTaken(Exception):
    """Another post goes out at that very instant, or went."""

    def __init__(self, other: Post) -> None:
        super().__init__(f"post {other.id}")
        self.other = other


class LocationNotTaken(Exception):
    """It has a location, and the account takes none as it is connected now."""


WHY_NOT_NOW = (
    NotApproved,
    ConsentGone,
    OutsideTheirWeek,
    LocationNotTaken,
    *WHY_NONE_NOW,
)


class Clash(StrEnum):
    """What speaks against a time, and does not forbid it."""

    SPACING = "spacing"
    QUIET = "quiet"


class Clashes(Exception):
    """Somebody has to say that it is meant."""

    def __init__(self, found: list[Clash]) -> None:
        super().__init__(", ".join(found))
        self.found = found


@dataclass(frozen=True, slots=True)
class Moved:
    was: datetime | None
    slot: datetime


def clashes_at(post: Post, slot: datetime, *, session: Session, at: datetime) -> list[Clash]:
    """What speaks against that time for that post, whatever time it has now."""
    programme = post.week.programme
    others = taken_slots(session, programme, at=at, but=post.id)
    apart = timedelta(minutes=programme.spacing)
    found = [Clash.SPACING] if any(abs(one - slot) < apart for one in others) else []
    return found + ([Clash.QUIET] if is_quiet(programme, slot) else [])


def check_time(
    post: Post, slot: datetime, *, session: Session, at: datetime, all_the_same: bool = False
) -> None:
    """Raises InThePast, OutsideTheirWeek, SlotTaken, and Clashes unless it is so all the same."""
    _check_within(post.week, slot, at=at)
    if (other := _at_that_instant(post, slot, session=session)) is not None:
        raise SlotTaken(other)
    found = clashes_at(post, slot, session=session, at=at)
    if found and not all_the_same:
        raise Clashes(found)


def move_to(
    post: Post,
    slot: datetime,
    *,
    session: Session,
    seen: datetime | None,
    by: Person,
    at: datetime,
    all_the_same: bool = False,
) -> Moved:
    """Give it that time instead of the one it was seen at; also what did not go out. `post` must
    be locked by `lock_to_place`. A second time changes nothing.

    Raises NotApproved, ConsentGone, MovedMeanwhile, and what `check_time` does.
    """
    _check_may_move(post, TAKES_A_TIME)
    if post.slot_at == slot and post.state is PostState.APPROVED:
        return Moved(slot, slot)
    if post.slot_at != seen:
        raise MovedMeanwhile
    check_time(post, slot, session=session, at=at, all_the_same=all_the_same)
    return _move(post, slot, session=session, by=by, at=at)


def lock_both(session: Session, post_id: int, other_id: int) -> tuple[Post, Post] | None:
    """Two posts of one programme, as `lock_to_place` does; None where they are not."""
    if post_id == other_id:
        return None
    first, last = sorted((post_id, other_id))
    found = lock_to_place(session, first)
    other = lock_post(session, last)
    if found is None or other is None or found.programme_id != other.programme_id:
        return None
    return (found, other) if found.id == post_id else (other, found)


def swap(
    post: Post,
    other: Post,
    *,
    session: Session,
    seen: tuple[datetime | None, datetime | None],
    by: Person,
    at: datetime,
) -> None:
    """Each gets the other's time, `seen` being theirs. Both must be locked by `lock_both`.

    Raises NotApproved, ConsentGone, MovedMeanwhile, InThePast, OutsideTheirWeek.
    """
    mine, theirs = _times_of(post, other)
    if (theirs, mine) == seen:
        return  # done already: a second tap means the first
    if (mine, theirs) != seen:
        raise MovedMeanwhile
    _check_within(post.week, theirs, at=at)
    _check_within(other.week, mine, at=at)
    # No two posts of a programme may have one instant, not even for a moment.
    other.slot_at = FIRST_INSTANT + timedelta(seconds=other.id)
    session.flush()
    _move(post, theirs, session=session, by=by, at=at)
    session.flush()
    _move(other, mine, session=session, by=by, at=at, was=theirs)


def may_swap(post: Post, other: Post, *, at: datetime) -> bool:
    """Whether `swap` would do it."""
    try:
        mine, theirs = _times_of(post, other)
        _check_within(post.week, theirs, at=at)
        _check_within(other.week, mine, at=at)
    except (NotApproved, ConsentGone, InThePast, OutsideTheirWeek):
        return False
    return True


def _times_of(post: Post, other: Post) -> tuple[datetime, datetime]:
    _check_may_move(post)
    _check_may_move(other)
    if post.slot_at is None or other.slot_at is None:
        raise NotApproved
    return post.slot_at, other.slot_at


def who_goes_now(session: Session, *, at: datetime) -> Callable[[Post], bool]:
    """Says of each post whether `publish_now` would take it; each programme is looked up once."""
    why_not = _why_not_at(at, session)
    return lambda post: why_not(post) is None


def why_not_now(post: Post, *, session: Session, at: datetime) -> Exception | None:
    """What forbids that it goes out this instant: what `publish_now` would raise."""
    return _why_not_at(at, session)(post)


def _why_not_at(at: datetime, session: Session) -> Callable[[Post], Exception | None]:
    of_programme = cache(partial(why_none_now, session=session, at=at))
    connection_of = cache(partial(find_connection, session))

    def why_not(post: Post) -> Exception | None:
        try:
            _check_may_move(post)
            if not post.week.has(at):
                raise OutsideTheirWeek
            if (why := of_programme(post.programme_id)) is not None:
                raise why
            if post.location_id and refuses_locations(connection_of(post.programme_id)):
                raise LocationNotTaken
        except WHY_NOT_NOW as why:
            return why
        return None

    return why_not


def publish_now(
    post: Post, *, session: Session, seen: datetime | None, by: Person, at: datetime
) -> Moved:
    """Its time is now: the clock sends it. `post` must be locked by `lock_to_place`.

    Raises MovedMeanwhile, and what `WHY_NOT_NOW` names.
    """
    if (why := why_not_now(post, session=session, at=at)) is not None:
        raise why
    if post.slot_at != seen:
        raise MovedMeanwhile
    slot = at
    while _at_that_instant(post, slot, session=session) is not None:
        slot -= timedelta(milliseconds=1)
    return _move(post, slot, session=session, by=by, at=at)


def _check_may_move(post: Post, states: Set[PostState] = WAITS_FOR_SLOT) -> None:
    if post.state not in states:
        raise NotApproved
    if not post.week.consent.stands:
        raise ConsentGone


def _check_within(week: Week, slot: datetime, *, at: datetime) -> None:
    if slot <= at:
        raise InThePast
    if not week.has(slot):
        raise OutsideTheirWeek


def _at_that_instant(post: Post, slot: datetime, *, session: Session) -> Post | None:
    return session.scalar(
        select(Post).where(
            Post.programme_id == post.programme_id, Post.slot_at == slot, Post.id != post.id
        )
    )


def _move(
    post: Post,
    slot: datetime,
    *,
    session: Session,
    by: Person,
    at: datetime,
    was: datetime | None = None,
) -> Moved:
    moved = Moved(was or post.slot_at, slot)
    put(post, slot, session=session, at=at)
    if post.state is not PostState.APPROVED:
        post.move(PostState.APPROVED, by=by, at=at, slot_at=slot.isoformat())
    note(post, "placed", at=at, slot_at=slot.isoformat())
    before = moved.was.isoformat() if moved.was else None
    audit.record(post, "slot_moved", by=by, at=at, from_slot=before, slot_at=slot.isoformat())
    return moved


def movers_of(session: Session, posts: Iterable[Post]) -> dict[int, tuple[str, datetime]]:
    """Who moved each last and when, by the ids of those that were moved."""
    ids = [post.id for post in posts]
    found = session.execute(
        select(audit.AuditEntry.object_id, Person.name, audit.AuditEntry.at)
        .join(Person, Person.id == audit.AuditEntry.by_id)
        .where(
            audit.AuditEntry.object_kind == "posts",
            audit.AuditEntry.object_id.in_(ids),
            audit.AuditEntry.action.in_(("slot_moved", "placed")),
        )
        .order_by(audit.AuditEntry.id)
    )
    return {row.object_id: (row.name, row.at) for row in found}
