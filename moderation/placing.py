"""Placing a post again whose time has passed: in another slot of its own week, under the approval
it has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.places import free_slots, is_free, places, taken_slots
from moderation.reviewing import ConsentGone, NoSlotLeft
from moderation.starting_over import start_over
from takeover import audit
from takeover.people.models import Person, Role
from takeover.posts.events import note
from takeover.posts.finding import lock_post
from takeover.posts.held_up import is_held_up
from takeover.posts.models import Post, PostState
from takeover.programmes.pausing import lock_programme

PLACERS = (Role.APPROVER, Role.LEAD)


class NotToBePlaced(Exception):
    """Only what has certainly not gone out, and would not by itself, is placed again."""


class SlotGone(Exception):
    """The slot has passed, belongs to another post, or is none of the week any more."""


class PlanChanged(Exception):
    """What was shown no longer holds; nothing was placed. `why` is by the ids of the posts."""

    def __init__(self, why: Mapping[int, Exception]) -> None:
        super().__init__(f"{len(why)} posts")
        self.why = why


@dataclass(frozen=True, slots=True)
class Planned:
    post: Post
    slot: datetime | None  # None: its week has none left


def may_be_placed(post: Post, *, at: datetime) -> bool:
    return post.state in {PostState.FAILED, PostState.MISSED} or is_held_up(post, at=at)


def lock_to_place(session: Session, post_id: int) -> Post | None:
    """As `lock_post`, but its programme first: whoever sends a post takes them in that order."""
    programme_id = session.scalar(select(Post.programme_id).where(Post.id == post_id))
    if programme_id is None:
        return None
    lock_programme(session, programme_id)
    return lock_post(session, post_id)


def plan(posts: Iterable[Post], *, session: Session, at: datetime) -> list[Planned]:
    """Each in the next free slot of its week, in the order given."""
    taken: dict[int, list[datetime]] = {}
    planned = []
    for post in posts:
        programme = post.week.programme
        if programme.id not in taken:
            taken[programme.id] = taken_slots(session, programme, at=at)
        theirs = taken[programme.id]
        slot = next(places(post.week, theirs, at=at), None) if _could_go_out(post) else None
        planned.append(Planned(post, slot))
        if slot is not None:
            theirs.append(slot)
    return planned


def place_next(post: Post, *, session: Session, by: Person, at: datetime) -> datetime:
    """In the next free slot, which is returned. `post` must be locked by `lock_to_place`.

    Raises NotToBePlaced, ConsentGone, NoSlotLeft.
    """
    _check(post, at=at)
    slot = next(iter(free_slots(post, session=session, at=at)), None)
    if slot is None:
        raise NoSlotLeft
    return _place(post, slot, session=session, by=by, at=at)


def place(post: Post, slot: datetime, *, session: Session, by: Person, at: datetime) -> datetime:
    """In that slot. `post` must be locked by `lock_to_place`. Not what did not go out: it was shown
    as held up, has been tried since, and somebody has to see first what became of it.

    Raises NotToBePlaced, ConsentGone, SlotGone.
    """
    if post.state is PostState.FAILED:
        raise NotToBePlaced
    _check(post, at=at)
    if not is_free(post.week, slot, taken_slots(session, post.week.programme, at=at), at=at):
        raise SlotGone
    return _place(post, slot, session=session, by=by, at=at)


def place_all(
    session: Session, shown: Mapping[int, datetime], *, by: Person, at: datetime
) -> Sequence[Post]:
    """Exactly as it was shown, slots by the ids of posts, or nothing of it. Returns the posts.

    A second time changes nothing. Raises PlanChanged.
    """
    posts = _lock_all(session, shown)
    if len(posts) == len(shown) and all(_is_placed(post, shown[post.id]) for post in posts):
        return posts
    why: dict[int, Exception] = {
        post_id: NotToBePlaced() for post_id in set(shown) - {post.id for post in posts}
    }
    for post in sorted(posts, key=lambda one: shown[one.id]):
        try:
            place(post, shown[post.id], session=session, by=by, at=at)
        except (NotToBePlaced, ConsentGone, SlotGone) as rule:
            why[post.id] = rule
    if why:
        raise PlanChanged(why)
    return posts


def _lock_all(session: Session, shown: Mapping[int, datetime]) -> Sequence[Post]:
    programmes = select(Post.programme_id).where(Post.id.in_(shown)).distinct()
    for programme_id in sorted(session.scalars(programmes)):
        lock_programme(session, programme_id)
    return session.scalars(
        select(Post)
        .where(Post.id.in_(shown))
        .order_by(Post.id)
        .with_for_update(of=Post)
        .execution_options(populate_existing=True)
    ).all()


def _is_placed(post: Post, slot: datetime) -> bool:
    return post.state is not PostState.MISSED and post.slot_at == slot


def _check(post: Post, *, at: datetime) -> None:
    if not may_be_placed(post, at=at):
        raise NotToBePlaced
    if not post.week.consent.stands:
        raise ConsentGone


def may_go_by_hand(post: Post, *, at: datetime) -> bool:
    """Whether there is an instant left that a person could give it, slot or not."""
    return _could_go_out(post) and post.week.ends > at


def _could_go_out(post: Post) -> bool:
    return post.week.consent.stands and post.week.taken_back_at is None


def _place(post: Post, slot: datetime, *, session: Session, by: Person, at: datetime) -> datetime:
    put(post, slot, session=session, at=at)
    if post.state is PostState.APPROVED:
        note(post, "placed", at=at, slot_at=slot.isoformat())
    else:
        post.move(PostState.APPROVED, by=by, at=at, slot_at=slot.isoformat())
    audit.record(post, "placed", by=by, at=at, slot_at=slot.isoformat())
    return slot


def put(post: Post, slot: datetime, *, session: Session, at: datetime) -> None:
    """It goes out then, as if it had never been tried."""
    post.slot_at = slot
    start_over(post, session=session)
