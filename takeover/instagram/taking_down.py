"""Taking a published post down: by the door where it can, else by a person, and told when done."""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from takeover import audit
from takeover.instagram.alarms import alarm_of_post
from takeover.instagram.doors import find_connection
from takeover.instagram.models import Publication, Takedown
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    CannotTakeDown,
    OnAccount,
    PublishingError,
    TheirsForGood,
)
from takeover.instagram.recording import SETTLED_BY_PERSON, stop_account
from takeover.instagram.working import Work, held_post
from takeover.people.models import Person
from takeover.posts.models import Post, PostState
from takeover.posts.telling import tell_taken_down

log = logging.getLogger(__name__)

MOST_TRIES = 5
BETWEEN = timedelta(minutes=1)


class NotOnAccount(Exception):
    """Only what is on the account can be taken down."""


class AskedAlready(Exception):
    """Somebody else was quicker."""


def ask_to_take_down(
    post: Post, *, session: Session, reason: str, by: Person, at: datetime
) -> Takedown:
    """`post` must be locked. Raises NotOnAccount, AskedAlready."""
    if post.state is not PostState.PUBLISHED:
        raise NotOnAccount
    if session.get(Takedown, post.id) is not None:
        raise AskedAlready
    asked = Takedown(
        post_id=post.id, asked_at=at, asked_by_id=by.id, reason=reason.strip(), next_try_at=at
    )
    session.add(asked)
    audit.record(post, "takedown_asked", by=by, at=at)
    connection = find_connection(session, post.programme_id)
    publication = session.get(Publication, post.id)
    is_known = publication is not None and SETTLED_BY_PERSON not in publication.handle
    if not is_known or (connection is not None and connection.stopped_at is not None):
        _leave_to_person(asked, post, session=session, reason="unsupported", at=at)
    return asked


def say_taken_down(post: Post, *, session: Session, by: Person, at: datetime) -> None:
    """A person has done it, or has seen that it is gone. `post` must be locked. Raises
    NotOnAccount."""
    asked = session.get(Takedown, post.id)
    if post.state is not PostState.PUBLISHED or asked is None:
        raise NotOnAccount
    _finish(asked, post, session=session, by=by, at=at)


def take_down(work: Work, post_id: int) -> None:
    """It may be repeated: what is gone already is as good. Raises LostHold."""
    session = work.session
    post, publication = held_post(work, post_id)
    on = OnAccount(media_id=publication.media_id or "", permalink=post.permalink)
    session.commit()
    try:
        work.publisher.take_down(on)
    except PublishingError as error:
        if isinstance(error, AccountNeedsPerson):
            stop_account(session, work.hold.programme_id, error, at=work.clock())
        _note_trouble(work, post_id, error)
    except Exception as error:  # a broken answer: nobody foresaw it
        log.exception("taking down broke off", extra={"post_id": post_id})
        _note_trouble(work, post_id, PublishingError(type(error).__name__))
    else:
        post, asked = _held(work, post_id)
        if asked is not None:
            _finish(asked, post, session=session, by=None, at=work.clock())
        session.commit()


def _note_trouble(work: Work, post_id: int, error: PublishingError) -> None:
    at = work.clock()
    work.session.rollback()
    post, asked = _held(work, post_id)
    if asked is not None:
        asked.tries += 1
        asked.trouble = str(error)
        asked.next_try_at = at + BETWEEN * asked.tries
        for_good = isinstance(error, CannotTakeDown | TheirsForGood | AccountNeedsPerson)
        if for_good or asked.tries >= MOST_TRIES:
            reason = error.reason.value
            _leave_to_person(asked, post, session=work.session, reason=reason, at=at)
    work.session.commit()


def _held(work: Work, post_id: int) -> tuple[Post, Takedown | None]:
    """None where a person was quicker. Raises LostHold."""
    post, _publication = held_post(work, post_id)
    asked = work.session.get(Takedown, post_id, populate_existing=True)
    is_open = post.state is PostState.PUBLISHED and asked is not None and asked.done_at is None
    return post, asked if is_open else None


def _leave_to_person(
    asked: Takedown, post: Post, *, session: Session, reason: str, at: datetime
) -> None:
    asked.by_hand, asked.next_try_at = True, None
    alarm_of_post("take_down", post, session=session, reason=reason, at=at)


def _finish(
    asked: Takedown, post: Post, *, session: Session, by: Person | None, at: datetime
) -> None:
    asked.done_at, asked.next_try_at = at, None
    asked.done_by_id = by.id if by else None
    post.move(PostState.TAKEN_DOWN, by=by, at=at)
    tell_taken_down(post, session=session, asked_by=asked.asked_by_id, at=at)
