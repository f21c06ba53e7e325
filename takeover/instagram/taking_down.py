"""Taking a published post down: by the door where it can, else by a person, and told when done."""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from takeover import audit
from takeover.instagram.alarms import alarm_of_post
from takeover.instagram.doors import deletes, door_of, find_connection
from takeover.instagram.models import Publication, Takedown
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    CannotTakeDown,
    OnAccount,
    Ours,
    PublishingError,
    Reason,
    TheirsForGood,
)
from takeover.instagram.recording import SETTLED_BY_PERSON
from takeover.instagram.slowing_down import heed, waits_until
from takeover.instagram.working import Work, held_post, is_within_reach
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
    if not can_be_taken_down(post, session=session, at=at):
        _leave_to_person(asked, post, session=session, reason="unsupported", at=at)
    return asked


def can_be_taken_down(post: Post, *, session: Session, at: datetime) -> bool:
    """By ourselves, as far as can be told without opening the door; else a person has to."""
    connection = find_connection(session, post.programme_id)
    publication = session.get(Publication, post.id)
    if publication is None or SETTLED_BY_PERSON in publication.handle:
        return False
    if waits_until(session, post.programme_id, at=at) is not None:
        return False
    is_stopped = connection is not None and connection.stopped_at is not None
    is_its_door = publication.door == door_of(connection)
    return is_its_door and not is_stopped and deletes(connection)


def let_app_try(post: Post, *, session: Session, by: Person, at: datetime) -> None:
    """What was left to a person, because the account may be connected otherwise by now. `post` must
    be locked. Raises NotOnAccount where nobody has it to do, CannotTakeDown."""
    asked = session.get(Takedown, post.id)
    if post.state is not PostState.PUBLISHED or asked is None or not asked.by_hand:
        raise NotOnAccount
    if not can_be_taken_down(post, session=session, at=at):
        raise CannotTakeDown("not by this door", reason=Reason.UNSUPPORTED)
    asked.by_hand, asked.tries, asked.next_try_at = False, 0, at
    audit.record(post, "takedown_tried_again", by=by, at=at)


def say_taken_down(post: Post, *, session: Session, by: Person, at: datetime) -> None:
    """A person has done it, or has seen that it is gone. `post` must be locked. Raises
    NotOnAccount."""
    asked = session.get(Takedown, post.id)
    if post.state is not PostState.PUBLISHED or asked is None:
        raise NotOnAccount
    _finish(asked, post, session=session, by=by, at=at)


def take_down(work: Work, post_id: int) -> None:
    """It may be repeated: what is gone already is as good. Another door than the one it went out
    by, or another account, may take for gone what merely is not there. Raises LostHold."""
    session = work.session
    post, publication = held_post(work, post_id)
    on = OnAccount(media_id=publication.media_id or "", permalink=post.permalink)
    is_reached = is_within_reach(work, publication)
    session.commit()
    try:
        if not is_reached:
            raise CannotTakeDown("not published by this door", reason=Reason.UNSUPPORTED)
        work.publisher.take_down(on)
    except PublishingError as error:
        heed(work, error, post_id)
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
        for_good = isinstance(error, CannotTakeDown | TheirsForGood | AccountNeedsPerson | Ours)
        must_wait = error.reason is Reason.RATE_LIMITED  # for longer than whoever asked for it
        if for_good or must_wait or asked.tries >= MOST_TRIES:
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
