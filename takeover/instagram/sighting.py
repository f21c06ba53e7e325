"""Whether what was seen on the account is the post that was looked for, and no other of ours."""

from datetime import datetime, timedelta

from sqlalchemy import select

from takeover.instagram.models import Publication
from takeover.instagram.outgoing import sought
from takeover.instagram.publisher import Handle, Kind, Look, OutcomeUnknown, Outgoing
from takeover.instagram.working import Work
from takeover.posts.models import Post, PostState

APART = timedelta(hours=2)
"""What was sent so long before or after is no other's double."""


def look_for(work: Work, outgoing: Outgoing, handle: Handle, *, sent_at: datetime) -> Look:
    """As the publisher finds it, unless another of ours is looked for that it may be as well: then
    only a person can tell them apart. Raises what `find` does."""
    seen = work.publisher.find(outgoing, handle, sent_at=sent_at)
    if seen.found is None or not seen.by_words:
        return seen
    has_double = _has_double(work, outgoing, sent_at)
    work.session.commit()
    if has_double:
        raise OutcomeUnknown("what is there may be another post of ours")
    return seen


def _has_double(work: Work, outgoing: Outgoing, sent_at: datetime) -> bool:
    in_doubt = (
        select(Post)
        .join(Publication, Publication.post_id == Post.id)
        .where(Post.programme_id == work.hold.programme_id, Post.id != outgoing.post_id)
        .where(Post.state.in_((PostState.UNCERTAIN, PostState.PUBLISHING)))
        .where(Publication.sent_at.between(sent_at - APART, sent_at + APART))
        .order_by(Post.id)
    )
    ours = _likeness(outgoing)
    return any(_likeness(sought(post)) == ours for post in work.session.scalars(in_doubt))


def _likeness(outgoing: Outgoing) -> tuple[Kind, list[str]]:
    """Captions may come back with other spaces, and without their @."""
    return outgoing.kind, outgoing.caption.replace("@", "").split()
