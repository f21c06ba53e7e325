"""Taking a published post down: by the door where it can, else by a person, and told when done."""

import logging
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from takeover import audit
from takeover.instagram.alarms import alarm_of_post
from takeover.instagram.belonging import has_sure_number, why_out_of_reach
from takeover.instagram.doors import NO_DOOR, deletes, door_of, find_connection
from takeover.instagram.ends import has_ended
from takeover.instagram.models import Connection, Publication, Takedown
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    CannotTakeDown,
    OnAccount,
    Ours,
    PublishingError,
    Reason,
    TheirsForGood,
)
from takeover.instagram.slowing_down import heed, waits_until
from takeover.instagram.working import Work, held_post
from takeover.people.models import Person
from takeover.posts.events import TENDING_WAITS, note
from takeover.posts.models import TAKEDOWN_ASKED, Post, PostState
from takeover.posts.said_gone import Seen, is_mere_word
from takeover.posts.telling import tell_taken_down

log = logging.getLogger(__name__)

MOST_TRIES = 5
BETWEEN = timedelta(minutes=1)


class NotOnAccount(Exception):
    """Only what is on the account can be taken down."""


class NotTakenDown(Exception):
    """Only what is thought to be gone can be found to be still there."""


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
    note(post, TAKEDOWN_ASKED, at=at)
    publication = session.get(Publication, post.id)
    was_tended = publication is not None and publication.tend_at is not None
    if was_tended and any(event.what == TENDING_WAITS for event in post.events):
        note(post, "tending_left_off", at=at)
    if (why := why_by_hand(post, session=session, at=at)) is not None:
        _leave_to_person(asked, post, session=session, why=why, at=at)
    return asked


def why_by_hand(post: Post, *, session: Session, at: datetime) -> Reason | None:
    """Why a person has to take it down; None where we can, as far as can be told without opening
    the door."""
    connection = find_connection(session, post.programme_id)
    why = why_not_asked(post, connection, session=session, at=at)
    return why if why is not None or deletes(connection) else Reason.UNSUPPORTED


def why_not_asked(
    post: Post, connection: Connection | None, *, session: Session, at: datetime
) -> Reason | None:
    """Why nothing of it can be asked of its programme's account just now; None where it can, as far
    as can be told without opening the door."""
    publication = session.get(Publication, post.id)
    if publication is None or not has_sure_number(publication):
        return Reason.SEEN_BY_PERSON
    if (door := door_of(connection)) == NO_DOOR:
        return Reason.NOT_CONNECTED
    if publication.door != door:
        return Reason.ELSEWHERE
    if connection is not None and connection.stopped_at is not None:
        return Reason.STOPPED
    if connection is not None and has_ended(connection, at=at):
        return Reason.TOKEN
    if waits_until(session, post.programme_id, at=at) is not None:
        return Reason.RATE_LIMITED
    return None


def let_app_try(post: Post, *, session: Session, by: Person, at: datetime) -> None:
    """What was left to a person, because the account may be connected otherwise by now. `post` must
    be locked. Raises NotOnAccount where nobody has it to do, CannotTakeDown."""
    asked = session.get(Takedown, post.id)
    if post.state is not PostState.PUBLISHED or asked is None or not asked.by_hand:
        raise NotOnAccount
    if (why := why_by_hand(post, session=session, at=at)) is not None:
        raise CannotTakeDown("not by this door", reason=why)
    asked.by_hand, asked.tries, asked.next_try_at = False, 0, at
    audit.record(post, "takedown_tried_again", by=by, at=at)
    note(post, "takedown_tried_again", at=at)


def say_taken_down(post: Post, *, session: Session, seen: Seen, by: Person, at: datetime) -> None:
    """A person has done it, or has seen that it is gone; `seen` is what the app saw. `post` must be
    locked. Raises NotOnAccount."""
    asked = session.get(Takedown, post.id)
    if post.state is not PostState.PUBLISHED or asked is None:
        raise NotOnAccount
    _finish(asked, post, session=session, by=by, at=at, seen=seen)


def say_still_there(post: Post, *, session: Session, seen: Seen, by: Person, at: datetime) -> None:
    """What was thought to be gone is not: a person has it to do again, and comms is told. As
    `say_taken_down`. Raises NotTakenDown."""
    asked = session.get(Takedown, post.id)
    if post.state is not PostState.TAKEN_DOWN or asked is None:
        raise NotTakenDown
    asked.done_at = asked.done_by_id = None
    audit.record(post, "found_still_there", by=by, at=at, seen=seen.value)
    post.move(PostState.PUBLISHED, by=by, at=at)
    _leave_to_person(asked, post, session=session, why=Reason.STILL_THERE, at=at)


def take_down(work: Work, post_id: int) -> None:
    """It may be repeated: what is gone already is as good. Raises LostHold."""
    session = work.session
    post, publication = held_post(work, post_id)
    on = OnAccount(media_id=publication.media_id or "", permalink=post.permalink)
    why_not = _why_not(work, publication)
    session.commit()
    try:
        if why_not is not None:
            raise CannotTakeDown("not to be tried", reason=why_not)
        work.publisher.take_down(on)
    except PublishingError as error:
        if why_not is None:
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


def _why_not(work: Work, publication: Publication) -> Reason | None:
    """Why it is not even tried. Another door than the one it went out by, or another account, may
    take for gone what merely is not there; one that is shut says itself why."""
    if waits_until(work.session, work.hold.programme_id, at=work.clock()) is not None:
        return Reason.RATE_LIMITED
    why = why_out_of_reach(work, publication)
    return None if why is Reason.NOT_CONNECTED else why


def _note_trouble(work: Work, post_id: int, error: PublishingError) -> None:
    log.warning("not taken down", extra={"post_id": post_id, "error": str(error)})
    at = work.clock()
    work.session.rollback()
    post, asked = _held(work, post_id)
    if asked is not None and not asked.by_hand:
        asked.tries += 1
        asked.trouble = error.reason.value
        asked.next_try_at = at + BETWEEN * asked.tries
        for_good = isinstance(error, CannotTakeDown | TheirsForGood | AccountNeedsPerson | Ours)
        must_wait = error.reason is Reason.RATE_LIMITED  # for longer than whoever asked for it
        if for_good or must_wait or asked.tries >= MOST_TRIES:
            _leave_to_person(asked, post, session=work.session, why=error.reason, at=at)
        else:
            until = asked.next_try_at.isoformat()
            note(post, "takedown_waits", at=at, reason=error.reason.value, until=until)
    work.session.commit()


def _held(work: Work, post_id: int) -> tuple[Post, Takedown | None]:
    """None where a person was quicker. Raises LostHold."""
    post, _publication = held_post(work, post_id)
    asked = work.session.get(Takedown, post_id, populate_existing=True)
    is_open = post.state is PostState.PUBLISHED and asked is not None and asked.done_at is None
    return post, asked if is_open else None


def _leave_to_person(
    asked: Takedown, post: Post, *, session: Session, why: Reason, at: datetime
) -> None:
    """Comms is told each time that it comes to a person, whatever they were told before."""
    asked.by_hand, asked.next_try_at, asked.trouble = True, None, why.value
    note(post, "takedown_by_hand", at=at, reason=why.value)
    alarm_of_post(
        "take_down", post, session=session, reason=why.value, at=at, occasion=at.isoformat()
    )


def _finish(
    asked: Takedown,
    post: Post,
    *,
    session: Session,
    by: Person | None,
    at: datetime,
    seen: Seen | None = None,
) -> None:
    asked.done_at, asked.next_try_at = at, None
    asked.done_by_id = by.id if by else None
    facts = {"seen": seen.value} if seen is not None else {}
    post.move(PostState.TAKEN_DOWN, by=by, at=at, why=seen or "", **facts)
    said_by = by.name if by is not None and is_mere_word(post, at=at) else ""
    tell_taken_down(post, session=session, asked_by=asked.asked_by_id, said_by=said_by, at=at)
