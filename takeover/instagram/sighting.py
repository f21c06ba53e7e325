"""Whether what was seen on the account is the post that was looked for, and no other: of ours, or
of whoever else posts there."""

from datetime import datetime, timedelta

from sqlalchemy import select

from takeover.instagram.models import Publication
from takeover.instagram.outgoing import sought
from takeover.instagram.publisher import ALIKE, UNSENT, CannotTell, Handle, Kind, Look, Outgoing
from takeover.instagram.working import Work, held_post
from takeover.posts.models import Post, PostState

APART = timedelta(hours=2)
"""What was sent so long before or after is no other's double."""

LISTED_BY_THEN = timedelta(minutes=1)
"""What was the only one for so long is it: Instagram lists what is published within seconds."""


def look_for(work: Work, outgoing: Outgoing, handle: Handle, *, sent_at: datetime) -> Look:
    """As the publisher finds it, unless another of ours is looked for that it may be as well: then
    only a person can tell them apart. Raises what `find` does, and LostHold."""
    seen = work.publisher.find(outgoing, handle, sent_at=sent_at)
    if seen.alike:
        return _the_only_one(work, outgoing, seen, sent_at)
    if seen.found is None or not seen.by_words:
        return seen
    has_double = _has_double(work, outgoing, sent_at)
    work.session.commit()
    if has_double:
        raise CannotTell("what is there may be another post of ours")
    return seen


def _the_only_one(work: Work, outgoing: Outgoing, seen: Look, sent_at: datetime) -> Look:
    """It is one of those, or not listed yet: for a while there must have been one and no other.

    Somebody may have posted by hand at the same time. A person who did not take it for ours is
    believed. Raises CannotTell, LostHold.
    """
    _post, publication = held_post(work, outgoing.post_id)
    at = work.clock()
    before = publication.handle.get(ALIKE, {"ids": [], "since": at.isoformat()})
    ids = sorted({*before["ids"], *(one.media_id for one in seen.alike)})
    publication.handle = {**publication.handle, ALIKE: {**before, "ids": ids}}
    was_denied, has_double = UNSENT in publication.handle, _has_double(work, outgoing, sent_at)
    work.session.commit()
    is_recent = at - datetime.fromisoformat(before["since"]) < LISTED_BY_THEN
    if len(ids) > 1 or is_recent or was_denied or has_double:
        raise CannotTell("what is there may be somebody else's post")
    return Look(found=seen.alike[0])


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
