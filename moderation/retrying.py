"""Trying a post again that did not go out, in the next free slot of its week."""

from datetime import datetime

from sqlalchemy.orm import Session

from moderation.reviewing import ConsentGone, take_slot
from takeover.instagram.models import Publication
from takeover.people.models import Person
from takeover.posts.models import Post, PostState


class NotFailed(Exception):
    """Only what has certainly not gone out may be tried again."""


def try_again(post: Post, *, session: Session, by: Person, at: datetime) -> datetime:
    """Give it another slot, under the approval it has. `post` must be locked.

    Returns the slot. Raises NotFailed, ConsentGone, NoSlotLeft.
    """
    if post.state is not PostState.FAILED:
        raise NotFailed
    if not post.week.consent.stands:
        raise ConsentGone
    post.slot_at = slot = take_slot(post, session=session, at=at)
    publication = session.get(Publication, post.id)
    if publication is not None:
        publication.tries = 0
        publication.next_try_at = None
    post.move(PostState.APPROVED, by=by, at=at, slot_at=slot.isoformat())
    return slot
