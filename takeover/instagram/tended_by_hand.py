"""What was to follow a post on the account, and the app could not do: a person does it there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from takeover import audit
from takeover.audit import Actor
from takeover.instagram.models import Publication
from takeover.posts.events import note
from takeover.posts.models import Post, PostState, Surface
from takeover.posts.trouble import trouble_of


class NothingLeft(Exception):
    """There is nothing for a person to do, or somebody has done it."""


@dataclass(frozen=True, slots=True)
class Left:
    """`comment` is to be written, comments are to be switched off; `why` the app could not."""

    comment: str
    closing: bool
    why: str


def to_follow(post: Post, publication: Publication) -> tuple[str, bool]:
    """The first comment that is not written yet, and whether comments are still to be switched off;
    a story has neither."""
    if post.surface is Surface.STORY:
        return "", False
    comment = post.first_comment if publication.commented_at is None else ""
    return comment, post.comments_off and publication.comments_closed_at is None


def left_to_person(post: Post, *, session: Session) -> Left | None:
    """None where there is nothing, or the app still tries."""
    told = [event for event in post.events if event.what == "not_tended"]
    publication = session.get(Publication, post.id) if told else None
    is_out = post.state is PostState.PUBLISHED and not post.is_to_be_taken_down
    if publication is None or publication.tend_at is not None or not is_out:
        return None
    wanted, closing = to_follow(post, publication)
    comment = wanted if post.week.consent.stands else ""
    why = str(trouble_of(str(told[-1].facts.get("reason", ""))).why)
    return Left(comment, closing, why) if comment or closing else None


def say_tended(post: Post, *, session: Session, by: Actor, at: datetime) -> None:
    """A person has done it. `post` must be locked. Raises NothingLeft."""
    left = left_to_person(post, session=session)
    if left is None:
        raise NothingLeft
    publication = session.get_one(Publication, post.id)
    if left.comment:
        publication.commented_at = at
    if left.closing:
        publication.comments_closed_at = at
    note(post, "tended_by_hand", at=at)
    audit.record(post, "tended_by_hand", by=by, at=at)
