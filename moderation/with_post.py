"""What comms adds to a post before it is approved: a first comment, comments off, a location."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from moderation.reviewing import ChangedSinceSeen, OwnPost
from takeover import audit
from takeover.instagram.doors import find_connection, takes_locations
from takeover.people.models import Person
from takeover.posts.captions import check_caption, tidy
from takeover.posts.digest import digest_of
from takeover.posts.drafting import forget_approval
from takeover.posts.models import Post, PostKind, PostState

OPEN_FOR_IT = frozenset({PostState.SUBMITTED, PostState.APPROVED})


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


def may_have_location(post: Post, *, session: Session) -> bool:
    connection = find_connection(session, post.programme_id)
    return connection is not None and takes_locations(connection)


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
    StoriesHaveNone, NoLocationsHere, and what `check_caption` does.
    """
    if post.author_id == by.id:
        raise OwnPost
    if post.state not in OPEN_FOR_IT:
        raise NotWithComms
    if digest_of(post) != digest_seen:
        raise ChangedSinceSeen
    comment = tidy(wanted.first_comment)
    name = wanted.location_name if wanted.location_id else ""
    wanted = WithPost(comment, wanted.comments_off, wanted.location_id, name)
    if wanted == of_post(post):
        return False
    _check(post, wanted, session=session)
    post.first_comment, post.comments_off = wanted.first_comment, wanted.comments_off
    post.location_id, post.location_name = wanted.location_id, wanted.location_name
    audit.record(post, "added_to_post", by=by, at=at)
    if post.state is PostState.SUBMITTED:
        return False
    post.move(PostState.SUBMITTED, by=by, at=at)
    forget_approval(post)
    return True


def _check(post: Post, wanted: WithPost, *, session: Session) -> None:
    if post.kind is PostKind.STORY and wanted != WithPost():
        raise StoriesHaveNone
    check_caption(wanted.first_comment)
    moved = wanted.location_id and wanted.location_id != post.location_id
    if moved and not may_have_location(post, session=session):
        raise NoLocationsHere
