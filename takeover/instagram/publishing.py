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
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from takeover.instagram.belonging import belongs_to, is_of_another, is_seen_from_here
from takeover.instagram.doors import NO_DOOR
from takeover.instagram.due import waits_for_spacing
from takeover.instagram.earlier import (
    is_denied,
    of_earlier,
    sent_before,
    to_look_for,
    without_earlier,
)
from takeover.instagram.ending import COSTS_NO_TRY, guarded
from takeover.instagram.making_way import make_way
from takeover.instagram.models import Publication
from takeover.instagram.outgoing import Approved, approved, opened
from takeover.instagram.publisher import (
    EARLIER,
    PROCESSING,
    SENT,
    UNSEEN,
    UNSENT,
    UPLOADED,
    CannotTell,
    Handle,
    OnAccount,
    OutcomeUnknown,
    Outgoing,
    Reason,
    TheirsForGood,
    TheirsForNow,
)
from takeover.instagram.recording import record_published, tell_turned_up
from takeover.instagram.sighting import look_for
from takeover.instagram.turning_away import turned_away
from takeover.instagram.working import NotNow, Work, held_post, is_held_up
from takeover.posts.models import Post, PostState
from takeover.programmes.pausing import lock_programme

STAYS_READY = timedelta(minutes=30)
"""How long what Instagram said to be ready is sent without asking whether it still is. Should it
not be, Instagram refuses to publish it."""

LOOKED_AGAIN = timedelta(minutes=5)
"""How long what cannot be seen on the account is left before it is looked for again."""

LOOKS = 3
"""So often an account that cannot be read is looked at before a person is believed who says that it
is not there."""

_STILL_OURS = frozenset({PostState.APPROVED, PostState.MISSED, PostState.UNCERTAIN})
"""What nobody has taken back: while it was looked for it may have become too late for it."""


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
    found, handle = _find_earlier(work, begun)
    if found:
        _record_earlier(work, begun, found)
        return
    with _files(replace(begun, handle=handle), work) as outgoing:
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
    _begin_anew_if_altered(work, post, publication)
    sent = sent_before(publication.handle)
    if ahead and not sent:
        make_way(work, post, publication, what)
    begun = _Begun(
        what=what,
        handle=dict(publication.handle),
        sent_before=sent,
        is_ready=not sent and _is_ready(work, publication),
    )
    work.session.commit()
    return begun


def _begin_anew_if_altered(work: Work, post: Post, publication: Publication) -> None:
    """What lies ready is of use for the same words, by the same door, on the same account. Raises
    TheirsForGood."""
    if SENT in publication.handle and not is_seen_from_here(work, publication):
        if UNSENT not in publication.handle:
            raise TheirsForGood("sent before, elsewhere", reason=Reason.SENT_BEFORE)
        publication.handle, publication.prepared_at = {}, None
    is_altered = (publication.door, publication.digest) != (work.door, post.approved_digest)
    if is_altered or is_of_another(work, publication):
        publication.handle = of_earlier(publication.handle, door=publication.door)
        publication.door, publication.digest = work.door, post.approved_digest or ""
        publication.prepared_at = None


def _is_ready(work: Work, publication: Publication) -> bool:
    at, prepared_at = work.clock(), publication.prepared_at
    if prepared_at is None or at - prepared_at >= STAYS_READY:
        return False
    return belongs_to(publication, door=work.door, account=work.publisher.account)


def _commit_to_sending(work: Work, post_id: int, handle: Handle) -> None:
    """The instant of sending: whatever must be true is looked at once more, then it is on the
    record that the call leaves. Raises NotNow, LostHold."""
    lock_programme(work.session, work.hold.programme_id)  # whoever stops it comes before, or after
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
    if is_shut or is_held_up(work, post.slot_at or at) or post.state is not PostState.APPROVED:
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


def _find_earlier(work: Work, begun: _Begun) -> tuple[OnAccount | None, Handle]:
    """What was sent before and not found then may have come late. Unseen, nothing is sent again,
    unless a person says that it is not there; and what of the handle is of use then.

    Raises TheirsForNow where it cannot be seen, TheirsForGood where it cannot by this door, or what
    `find` does.
    """
    if begun.sent_before is None:
        return None, begun.handle
    words, handle = to_look_for(begun.what.words, begun.handle)
    try:
        return look_for(work, words, handle, sent_at=begun.sent_before).found, begun.handle
    except OutcomeUnknown as error:
        looks = _count_look(work, begun)
        is_read = isinstance(error, CannotTell) or looks >= LOOKS
        if is_read and is_denied(words, begun.handle):
            return None, _keep_only_earlier(work, begun)
        if error.reason is Reason.WRONG_ACCOUNT:
            raise TheirsForGood(str(error), reason=Reason.SENT_BEFORE) from error
        reason = error.reason if error.reason in COSTS_NO_TRY else Reason.SENT_BEFORE
        raise TheirsForNow(str(error), wait=LOOKED_AGAIN, reason=reason, said=error.said) from error


def _count_look(work: Work, begun: _Begun) -> int:
    """How often it could not be seen by now. Raises LostHold."""
    _post, publication = held_post(work, begun.what.words.post_id)
    looks = int(publication.handle.get(UNSEEN, 0)) + 1
    publication.handle = {**publication.handle, UNSEEN: looks}
    work.session.commit()
    return looks


def _keep_only_earlier(work: Work, begun: _Begun) -> Handle:
    """What it was sent with may be spent: it is made anew. Raises LostHold, NotNow."""
    _post, publication = held_post(work, begun.what.words.post_id)
    if EARLIER not in publication.handle:
        publication.handle = of_earlier(publication.handle, door=work.door)
    handle = dict(publication.handle)
    work.session.commit()
    return handle


def _record_earlier(work: Work, begun: _Begun, found: OnAccount) -> None:
    at = work.clock()
    post, publication = held_post(work, begun.what.words.post_id)
    if post.state not in _STILL_OURS:  # taken back while it was looked for
        tell_turned_up(post, session=work.session, at=at)
        work.session.commit()
        raise NotNow
    publication.sent_at = begun.sent_before
    if post.state is not PostState.UNCERTAIN:
        post.move(PostState.PUBLISHING, by=None, at=at)
    _record(work, post, publication, found)


def _record(work: Work, post: Post, publication: Publication, found: OnAccount) -> None:
    record_published(post, publication, found, session=work.session, at=work.clock())
    work.session.commit()
