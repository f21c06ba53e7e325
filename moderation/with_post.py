"""What comms adds to a post, or takes away: a first comment, comments off, a location."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from moderation.reviewing import NOT_OUT, ChangedSinceSeen, OwnPost, approve
from takeover import audit
from takeover.instagram.doors import find_connection, takes_locations
from takeover.instagram.models import Connection
from takeover.people.models import Person
from takeover.posts.captions import check_caption, tidy
from takeover.posts.digest import digest_of
from takeover.posts.drafting import forget_approval
from takeover.posts.models import Post, PostKind, PostState
from takeover.posts.rules import check_open

WAS_APPROVED = frozenset({PostState.APPROVED}) | NOT_OUT
OPEN_FOR_IT = frozenset({PostState.SUBMITTED}) | WAS_APPROVED


class NotWithComms(Exception):
    """It is with its author, or on its way: nothing can be added to it."""


class StoriesHaveNone(Exception):
    """Instagram has no comments and no location for a story of ours."""


class NoLocationsHere(Exception):
    """The account is not connected by a door that knows locations."""


@dataclass(frozen=True, slots=True)
class WithPost:
    """`location_id` is a Facebook Page's number; its name is for people."""

    first_comment: str = ""
    comments_off: bool = False
    location_id: str = ""
    location_name: str = ""


def of_post(post: Post) -> WithPost:
    return WithPost(post.first_comment, post.comments_off, post.location_id, post.location_name)


def is_as_wanted(post: Post, wanted: WithPost) -> bool:
    return of_post(post) == _tidied(wanted)


def may_have_location(post: Post, *, session: Session) -> bool:
    connection = find_connection(session, post.programme_id)
    return connection is not None and takes_locations(connection)


def is_kept_by_location(post: Post, *, session: Session) -> bool:
    """Whether it cannot go out as the account is connected now: it was given a location when that
    was possible."""
    return bool(post.location_id) and refuses_locations(find_connection(session, post.programme_id))


def refuses_locations(connection: Connection | None) -> bool:
    """Whether a post with a location fails there; the private way leaves it out."""
    is_official = connection is not None and connection.publisher == "graph"
    return connection is not None and is_official and not takes_locations(connection)


def add_to(
    post: Post,
    wanted: WithPost,
    *,
    session: Session,
    digest_seen: str,
    by: Person,
    at: datetime,
) -> bool:
    """Set all of it; whether that took an approval back. `post` must be locked.

    What is unchanged leaves no trace. Raises OwnPost, NotWithComms, ChangedSinceSeen,
    StoriesHaveNone, NoLocationsHere, and what `check_open` and `check_caption` do.
    """
    if post.author_id == by.id:
        raise OwnPost
    if post.state not in OPEN_FOR_IT:
        raise NotWithComms
    check_open(post.week, at=at)
    if digest_of(post) != digest_seen:
        raise ChangedSinceSeen
    wanted = _tidied(wanted)
    if wanted == of_post(post):
        return False
    _check(post, wanted, session=session)
    post.first_comment, post.comments_off = wanted.first_comment, wanted.comments_off
    post.location_id, post.location_name = wanted.location_id, wanted.location_name
    audit.record(post, "added_to_post", by=by, at=at)
    if post.state is PostState.SUBMITTED or digest_of(post) == digest_seen:
        return False  # what a place is called is no part of what was approved
    post.move(PostState.SUBMITTED, by=by, at=at)
    forget_approval(post)
    return True


def add_and_approve(
    post: Post,
    wanted: WithPost,
    *,
    session: Session,
    digest_seen: str,
    by: Person,
    at: datetime,
) -> datetime | None:
    """As `add_to`, and what was approved is so again as it is now: at its time, where that is to
    come, else in the next free slot. When that is; None where nothing was changed. `post` must be
    locked by `placing.lock_to_place`.

    Raises what `add_to` does, NotWithComms for what was not approved, ConsentGone, NoSlotLeft.
    """
    if post.state not in WAS_APPROVED:
        raise NotWithComms
    is_coming = post.state is PostState.APPROVED and post.slot_at is not None and post.slot_at > at
    slot = post.slot_at if is_coming else None
    if not add_to(post, wanted, session=session, digest_seen=digest_seen, by=by, at=at):
        return None
    approve(post, session=session, digest_seen=digest_of(post), by=by, at=at, slot=slot)
    return post.slot_at


def _tidied(wanted: WithPost) -> WithPost:
    name = wanted.location_name if wanted.location_id else ""
    return replace(wanted, first_comment=tidy(wanted.first_comment), location_name=name)


def _check(post: Post, wanted: WithPost, *, session: Session) -> None:
    if post.kind is PostKind.STORY and wanted != WithPost():
        raise StoriesHaveNone
    check_caption(wanted.first_comment)
    moved = wanted.location_id and wanted.location_id != post.location_id
    if moved and not may_have_location(post, session=session):
        raise NoLocationsHere
