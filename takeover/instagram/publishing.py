"""Publishing a post once, or not at all: commit, call, record, commit.

What is committed before each step, and so survives a crash right after it:

    approved, handle    so much of it lies ready on Instagram, where nobody sees it
    publishing, sent_at everything is ready; the one call that publishes may have happened
    published           it has happened, and here it is

A post that is found publishing by whoever takes the account next is uncertain: see `doubts`. Only
who holds the account (`holding`) calls any of this.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from takeover.instagram.doors import NO_DOOR
from takeover.instagram.due import waits_for_spacing
from takeover.instagram.earlier import (
    as_sent,
    is_seen_from_here,
    of_earlier,
    sent_before,
    without_earlier,
)
from takeover.instagram.ending import guarded
from takeover.instagram.making_way import make_way
from takeover.instagram.models import Publication
from takeover.instagram.outgoing import Approved, approved, opened
from takeover.instagram.publisher import (
    EARLIER,
    PROCESSING,
    UPLOADED,
    Handle,
    OnAccount,
    OutcomeUnknown,
    Outgoing,
    Reason,
    TheirsForGood,
    TheirsForNow,
)
from takeover.instagram.recording import record_published
from takeover.instagram.sighting import look_for
from takeover.instagram.turning_away import turned_away
from takeover.instagram.working import NotNow, Work, held_post
from takeover.posts.models import Post, PostState
from takeover.programmes.pausing import holds_up, lock_programme

STAYS_READY = timedelta(minutes=30)
"""How long what Instagram said to be ready is sent without asking whether it still is. Should it
not be, Instagram refuses to publish it."""

UNSEEN = timedelta(minutes=5)
"""How long what cannot be seen on the account is left before it is looked for again."""


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
    begun = _begin(work, post_id, ahead=True)
    ready = begun.handle
    # What was sent before is looked for when its slot has come, before anything is done with it.
    if begun.sent_before is None:
        keep = partial(_keep, work, post_id, ahead=begun.what)
        with _files(begun, work) as outgoing:
            ready = work.publisher.prepare(outgoing, ready, keep)
    _post, publication = held_post(work, post_id)
    publication.handle = {key: value for key, value in ready.items() if key != PROCESSING}
    publication.prepared_at = work.clock()
    work.session.commit()


def _send(work: Work, post_id: int) -> None:
    begun = _begin(work, post_id)
    if found := _find_earlier(work, begun):
        post, publication = held_post(work, post_id)
        publication.sent_at = begun.sent_before
        post.move(PostState.PUBLISHING, by=None, at=work.clock())
        _record(work, post, publication, found)
        return
    with _files(begun, work) as outgoing:
        handle = begun.handle
        if not begun.is_ready:
            handle = work.publisher.prepare(outgoing, handle, partial(_keep, work, post_id))
        if work.quota:
            work.quota.check()
        _commit_to_sending(work, post_id, handle)
        if work.quota:
            work.quota.spend()  # whatever comes of it: it may have gone out
        found = work.publisher.publish(outgoing, handle)
    post, publication = held_post(work, post_id)
    _record(work, post, publication, found)


@contextmanager
def _files(begun: _Begun, work: Work) -> Iterator[Outgoing]:
    """The post; with its files, where Instagram lacks one. Raises AlteredSinceApproval."""
    if begun.handle.get(UPLOADED):
        yield begun.what.words
        return
    with opened(begun.what, work.store) as outgoing:
        yield outgoing


def _begin(work: Work, post_id: int, *, ahead: bool = False) -> _Begun:
    """Raises NotNow, AlteredSinceApproval, LostHold, and TheirsForGood where it was sent before and
    cannot be looked for by this door."""
    post, publication = held_post(work, post_id)
    _check(work, post)
    what = approved(post)
    if publication.reason == Reason.SENT_BEFORE.value:  # who placed it again has looked for it
        publication.handle, publication.prepared_at, publication.reason = {}, None, ""
    if (publication.door, publication.digest) != (work.door, post.approved_digest):
        publication.handle = of_earlier(publication.handle, door=publication.door)
        publication.door, publication.digest = work.door, post.approved_digest or ""
        publication.prepared_at = None
    sent, prepared_at = sent_before(publication.handle), publication.prepared_at
    if sent and not is_seen_from_here(work, publication.handle):
        raise TheirsForGood("sent before, elsewhere", reason=Reason.SENT_BEFORE)
    if ahead and not sent:
        make_way(work, post, publication, what)
    is_ready = not sent and prepared_at is not None and work.clock() - prepared_at < STAYS_READY
    begun = _Begun(what=what, handle=dict(publication.handle), sent_before=sent, is_ready=is_ready)
    work.session.commit()
    return begun


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
        publication.next_try_at, publication.reason = until, Reason.SPACING.value
        publication.trouble = publication.said = ""
        work.session.commit()
        raise NotNow
    publication.handle = without_earlier(handle)
    publication.prepared_at = publication.prepared_at or at
    publication.sent_at = at
    publication.tries += 1
    post.move(PostState.PUBLISHING, by=None, at=at, tries=publication.tries)
    work.session.commit()


def _check(work: Work, post: Post) -> None:
    """Raises NotNow."""
    at, is_shut = work.clock(), work.door == NO_DOOR
    is_held_up = holds_up(work.session, post.programme_id, post.slot_at or at)
    if is_shut or is_held_up or post.state is not PostState.APPROVED:
        work.session.rollback()
        raise NotNow
    if turned_away(post, at=at):
        work.session.commit()
        raise NotNow


def _keep(work: Work, post_id: int, handle: Handle, *, ahead: Approved | None = None) -> None:
    """So far it has come: put that on the record. Who makes it ready ahead of its slot names it,
    and makes way for others. Raises NotNow, LostHold."""
    post, publication = held_post(work, post_id)
    if post.state is not PostState.APPROVED:
        work.session.rollback()
        raise NotNow
    publication.handle = {**publication.handle, **handle}
    if ahead is not None:
        make_way(work, post, publication, ahead)
    work.session.commit()


def _find_earlier(work: Work, begun: _Begun) -> OnAccount | None:
    """What was sent before and not found then may have come late. Unseen, nothing is sent again.

    Raises TheirsForNow where it cannot be seen, TheirsForGood where it cannot by this door, or what
    `find` does.
    """
    if begun.sent_before is None:
        return None
    words, handle = as_sent(begun.what.words, begun.handle), begun.handle.get(EARLIER, begun.handle)
    try:
        return look_for(work, words, handle, sent_at=begun.sent_before).found
    except OutcomeUnknown as error:
        if error.reason is Reason.WRONG_ACCOUNT:
            raise TheirsForGood(str(error), reason=Reason.SENT_BEFORE) from error
        raise TheirsForNow(str(error), wait=UNSEEN, reason=error.reason, said=error.said) from error


def _record(work: Work, post: Post, publication: Publication, found: OnAccount) -> None:
    record_published(post, publication, found, session=work.session, at=work.clock())
    work.session.commit()
