"""Making a post ready may take minutes: it must hold up no other post of its account."""

from datetime import timedelta

from takeover.instagram.due import SOON, due_before_long
from takeover.instagram.models import Publication
from takeover.instagram.outgoing import Approved
from takeover.instagram.working import NotNow, Work
from takeover.posts.models import Post

PHOTO_STEP = timedelta(seconds=15)
CLIP_STEP = timedelta(minutes=5)
"""Longer than a step may take: nobody breaks off an upload to send something else. See the doors'
`Patience`."""

MOMENT = timedelta(seconds=1)


def make_way(work: Work, post: Post, publication: Publication, what: Approved) -> None:
    """Between two steps of making ready: where the slot of another post comes before the end of
    the next one, put this one off until then. Commits then, and raises NotNow."""
    at = work.clock()
    step = CLIP_STEP if any(item.cover is not None for item in what.items) else PHOTO_STEP
    slot = due_before_long(work.session, post, at=at, within=step)
    if slot is None:
        return
    until = min(slot, post.slot_at or slot) - SOON
    publication.next_try_at = max(until, at + MOMENT)
    work.session.commit()
    raise NotNow
