"""Posts whose publishing call left and whose outcome is unknown: looked for first, never re-sent
but for one case, and a person decides last.

The one case: Instagram itself says ten minutes later that what was prepared is whole and not
published. See `Look.ready`.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from takeover.audit import Actor
from takeover.instagram.belonging import SETTLED_BY_PERSON
from takeover.instagram.earlier import say_unsent, to_look_for
from takeover.instagram.ending import MOST_TRIES
from takeover.instagram.holding import LostHold
from takeover.instagram.models import Publication
from takeover.instagram.outgoing import sought
from takeover.instagram.publisher import (
    Look,
    OnAccount,
    OutcomeUnknown,
    PublishingError,
    Reason,
)
from takeover.instagram.recording import (
    ask_person,
    doubt,
    record_published,
    take_as_unsent,
    was_asked,
)
from takeover.instagram.sighting import look_for
from takeover.instagram.slowing_down import heed, waits_until
from takeover.instagram.working import Work, held_post
from takeover.posts.finding import lock_post
from takeover.posts.models import Post, PostState
from takeover.web import settings

log = logging.getLogger(__name__)

LONGEST_BETWEEN = timedelta(minutes=1)

SENT_AGAIN = timedelta(minutes=10)
"""So long after a doubt, however short the patience with it: what we waited for no more, Instagram
may still be doing."""


class NotUncertain(Exception):
    """Only a post whose outcome is unknown can be settled."""


class MayStillCome(Exception):
    """The call that publishes may be under way until then: that it is not there proves nothing."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


def recover(work: Work, post_id: int) -> None:
    """What a dead worker left: it may have been sent. Raises LostHold."""
    post, publication = held_post(work, post_id)
    if post.state is PostState.PUBLISHING:
        lost = OutcomeUnknown("the worker that sent it stopped working")
        doubt(post, publication, lost, at=work.clock())
    work.session.commit()


def look(work: Work, post_id: int, *, patience: timedelta) -> None:
    """Look on the account for a post whose outcome is unknown; not while Instagram is to be left
    alone, but patience ends then as well. Raises LostHold."""
    post, publication = held_post(work, post_id)
    if post.state is not PostState.UNCERTAIN or publication.sent_at is None:
        publication.next_try_at = None
        work.session.commit()
        return
    words, handle = to_look_for(sought(post), dict(publication.handle))
    sent_at = publication.sent_at
    is_left_alone = _left_alone_until(work, post) is not None
    work.session.commit()
    seen = None
    try:
        seen = None if is_left_alone else look_for(work, words, handle, sent_at=sent_at)
    except PublishingError as error:
        heed(work, error, post_id)
        log.warning("uncertain post not found out", extra={"post_id": post_id, "error": str(error)})
    except LostHold:
        raise
    except Exception:  # a broken answer: nobody foresaw it
        log.exception("looking broke off", extra={"post_id": post_id})
    try:
        _conclude(work, post_id, seen, patience=patience)
    except IntegrityError:  # one post on the account cannot be two of ours
        work.session.rollback()
        log.error("what was found is another post's", extra={"post_id": post_id})
        _conclude(work, post_id, None, patience=patience)


def settle(
    session: Session,
    post_id: int,
    *,
    found: OnAccount | None,
    at: datetime,
    by: Actor | None = None,
) -> None:
    """End a doubt: it is there, or a person says that it is not. Commits.

    Raises NotUncertain; MayStillCome where nobody can say yet that it is not.
    """
    post = lock_post(session, post_id)
    publication = session.get(Publication, post_id, populate_existing=True)
    if post is None or publication is None or post.state is not PostState.UNCERTAIN:
        session.rollback()
        raise NotUncertain
    if found is not None:
        if by is not None:
            publication.handle = {**publication.handle, SETTLED_BY_PERSON: True}
        record_published(post, publication, found, session=session, at=at, by=by)
    else:
        if (until := may_come_until(publication, at=at)) is not None:
            session.rollback()
            raise MayStillCome(until)
        take_as_unsent(post, publication)
        say_unsent(publication, at=at)
        if publication.reason == Reason.SENT_BEFORE:  # that nobody knows is over as well
            publication.reason = ""
        publication.next_try_at = None
        post.move(PostState.FAILED, by=by, at=at, why="not on the account")
    session.commit()


def may_come_until(publication: Publication, *, at: datetime) -> datetime | None:
    """Every call is over before the lease that begins when it leaves: see `shares`. None where it
    is."""
    if publication.sent_at is None:
        return None
    until = publication.sent_at + timedelta(seconds=settings().publish_lease)
    return until if at < until else None


def _may_go_again(post: Post, publication: Publication, seen: Look | None, at: datetime) -> bool:
    """Once a person was asked they may have posted it by hand."""
    if seen is None or not seen.ready or publication.tries >= MOST_TRIES:
        return False
    was_persons = was_asked(post, since=publication.sent_at or at)
    return at - (publication.doubted_at or at) >= SENT_AGAIN and not was_persons


def _conclude(work: Work, post_id: int, seen: Look | None, *, patience: timedelta) -> None:
    at = work.clock()
    post, publication = held_post(work, post_id)
    if post.state is not PostState.UNCERTAIN:  # a person was quicker
        work.session.rollback()
        return
    if seen is not None and seen.found is not None:
        record_published(post, publication, seen.found, session=work.session, at=at)
    else:
        since, left_alone = at - (publication.doubted_at or at), _left_alone_until(work, post)
        if since < patience:
            pause = min(max(since, timedelta(seconds=5)), LONGEST_BETWEEN)
            again = max(at + pause, left_alone or at)
            publication.next_try_at = min(again, at + patience - since)
        elif _may_go_again(post, publication, seen, at):
            take_as_unsent(post, publication)
            publication.next_try_at = None
            post.move(PostState.APPROVED, by=None, at=at, why="Instagram has it, unpublished")
        else:
            publication.next_try_at = left_alone  # and then once more; else a person decides
            ask_person(post, publication, session=work.session, at=at)
    work.session.commit()


def _left_alone_until(work: Work, post: Post) -> datetime | None:
    return waits_until(work.session, post.programme_id, at=work.clock())
