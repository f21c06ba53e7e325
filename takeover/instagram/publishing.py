"""Publishing a post once, or not at all: commit, call, record, commit.

What is committed before each step, and so survives a crash right after it:

    approved, handle    so much of it lies ready on Instagram, where nobody sees it
    publishing, sent_at everything is ready; the one call that publishes may have happened
    published           it has happened, and here it is

A post that is found publishing by whoever takes the account next is uncertain: see `doubts`. Only
who holds the account (`holding`) calls any of this.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from takeover.instagram.due import waits_for_spacing
from takeover.instagram.ending import guarded
from takeover.instagram.models import Publication
from takeover.instagram.outgoing import Approved, approved, opened
from takeover.instagram.publisher import (
    EARLIER,
    SENT,
    Handle,
    OnAccount,
    OutcomeUnknown,
    Outgoing,
    TheirsForNow,
)
from takeover.instagram.recording import record_published
from takeover.instagram.turning_away import turned_away
from takeover.instagram.working import NotNow, Work, held_post
from takeover.posts.models import Post, PostState
from takeover.programmes.pausing import holds_up, lock_programme

STAYS_READY = timedelta(minutes=30)
"""How long what Instagram said to be ready is sent without asking whether it still is. Should it
not be, Instagram refuses to publish it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """What is to go out, how much of it lies ready, and when it was sent before, if it was."""

    what: Approved
    handle: Handle
    sent_before: datetime | None
    is_ready: bool


def prepare(work: Work, post_id: int) -> bool:
    """Make ready on Instagram what nobody can see yet. Whether anything came of it, or of the
    attempt. Raises LostHold."""
    return guarded(work, post_id, lambda: _prepared_only(work, post_id))


def send(work: Work, post_id: int) -> bool:
    """Send a due post, and record what became of it. Whether anything did.

    Whatever is raised on the way becomes a state with its reason. Raises LostHold.
    """
    return guarded(work, post_id, lambda: _send(work, post_id))


def _prepared_only(work: Work, post_id: int) -> None:
    begun = _begin(work, post_id)
    ready = begun.handle
    # What was sent before is looked for when its slot has come, before anything is done with it.
    if begun.sent_before is None:
        with opened(begun.what, work.store) as outgoing:
            ready = work.publisher.prepare(outgoing, ready, partial(_keep, work, post_id))
    _post, publication = held_post(work, post_id)
    publication.handle, publication.prepared_at = dict(ready), work.clock()
    work.session.commit()


def _send(work: Work, post_id: int) -> None:
    begun = _begin(work, post_id)
    with opened(begun.what, work.store) as outgoing:
        if found := _find_earlier(work, outgoing, begun):
            post, publication = held_post(work, post_id)
            publication.sent_at = begun.sent_before
            post.move(PostState.PUBLISHING, by=None, at=work.clock())
            _record(work, post, publication, found)
            return
        handle = begun.handle
        if not begun.is_ready:
            handle = work.publisher.prepare(outgoing, handle, partial(_keep, work, post_id))
        if work.quota:
            work.quota.check()
        _commit_to_sending(work, post_id, handle)
        if work.quota:
            work.quota.spend()  # before it leaves: nobody may ever know what became of it
        found = work.publisher.publish(outgoing, handle)
    post, publication = held_post(work, post_id)
    _record(work, post, publication, found)


def _begin(work: Work, post_id: int) -> _Begun:
    """Raises NotNow, AlteredSinceApproval, LostHold."""
    post, publication = held_post(work, post_id)
    _check(work, post)
    what = approved(post)
    earlier = publication.handle
    sent = datetime.fromisoformat(earlier[SENT]) if SENT in earlier else None
    if (publication.door, publication.digest) != (work.door, post.approved_digest):
        publication.door, publication.digest = work.door, post.approved_digest or ""
        publication.handle, publication.prepared_at = _of_earlier(earlier), None
    prepared_at = publication.prepared_at
    is_ready = not sent and prepared_at is not None and work.clock() - prepared_at < STAYS_READY
    begun = _Begun(what=what, handle=dict(publication.handle), sent_before=sent, is_ready=is_ready)
    work.session.commit()
    return begun


def _of_earlier(handle: Handle) -> dict[str, Any]:
    """What a handle says of something else that was sent: enough to look for that, no more."""
    if SENT not in handle:
        return {}
    with_it = {key: value for key, value in handle.items() if key != SENT}
    return {SENT: handle[SENT], EARLIER: handle.get(EARLIER, with_it)}


def _commit_to_sending(work: Work, post_id: int, handle: Handle) -> None:
    """The instant of sending: whatever must be true is looked at once more, then it is on the
    record that the call leaves. Raises NotNow, LostHold."""
    lock_programme(work.session, work.hold.programme_id)  # whoever pauses comes before, or after
    post, publication = held_post(work, post_id)
    _check(work, post)
    at = work.clock()
    if post.slot_at is None or post.slot_at > at or publication.digest != post.approved_digest:
        work.session.rollback()
        raise NotNow
    if (until := waits_for_spacing(work.session, post, at=at)) is not None:
        publication.next_try_at = until
        work.session.commit()
        raise NotNow
    publication.handle = {k: value for k, value in handle.items() if k not in (SENT, EARLIER)}
    publication.prepared_at = publication.prepared_at or at
    publication.sent_at = at
    publication.tries += 1
    post.move(PostState.PUBLISHING, by=None, at=at, tries=publication.tries)
    work.session.commit()


def _check(work: Work, post: Post) -> None:
    """Raises NotNow."""
    at = work.clock()
    if post.state is not PostState.APPROVED or holds_up(
        work.session, post.programme_id, post.slot_at or at
    ):
        work.session.rollback()
        raise NotNow
    if turned_away(post, at=at):
        work.session.commit()
        raise NotNow


def _keep(work: Work, post_id: int, handle: Handle) -> None:
    """So far it has come: put that on the record. Raises NotNow, LostHold."""
    post, publication = held_post(work, post_id)
    if post.state is not PostState.APPROVED:
        work.session.rollback()
        raise NotNow
    publication.handle = {**publication.handle, **handle}
    work.session.commit()


def _find_earlier(work: Work, outgoing: Outgoing, begun: _Begun) -> OnAccount | None:
    """What was sent before and not found then may have come late. Unseen, nothing is sent again.

    Raises TheirsForNow where it cannot be seen, or what `find` does.
    """
    if begun.sent_before is None:
        return None
    try:
        handle = begun.handle.get(EARLIER, begun.handle)
        return work.publisher.find(outgoing, handle, sent_at=begun.sent_before).found
    except OutcomeUnknown as error:
        raise TheirsForNow(str(error), reason=error.reason, said=error.said) from error


def _record(work: Work, post: Post, publication: Publication, found: OnAccount) -> None:
    record_published(post, publication, found, session=work.session, at=work.clock())
    work.session.commit()
