"""Publishing a claimed post once, or not at all: commit, call, record, commit.

What is committed before each step, and so survives a crash right after it:

    publishing, lease   a worker holds the post; nothing has left the house
    handle, sent_at     everything is prepared; the one call that publishes may have happened
    published           it has happened, and here it is

A post left half-way is never sent again by a machine: `settle_abandoned` puts it back in line
where nothing was sent, and calls it uncertain where something may have been.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover import audit
from takeover.instagram.claiming import MOST_TRIES, Claim, LostClaim, held, turned_away
from takeover.instagram.models import Connection, Publication
from takeover.instagram.outgoing import AlteredSinceApproval, approved, opened, sought
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Handle,
    OnAccount,
    Ours,
    OutcomeUnknown,
    Outgoing,
    Publisher,
    PublishingError,
    TheirsForGood,
    TheirsForNow,
)
from takeover.media.store import Store
from takeover.posts.finding import lock_post
from takeover.posts.models import Post, PostState
from takeover.posts.telling import tell_published

log = logging.getLogger(__name__)

SENT = "sent_at"  # in the handle of what was sent before, and taken as unsent
Clock = Callable[[], datetime]


class NotUncertain(Exception):
    """Only a post whose outcome is unknown can be settled."""


def publish(
    session: Session, hold: Claim, *, publisher: Publisher, store: Store, clock: Clock
) -> None:
    """Send a claimed post, and record what became of it.

    Whatever is raised on the way becomes a state with its reason. Raises LostClaim where somebody
    else took over in the meantime.
    """
    try:
        found = _send(session, hold, publisher=publisher, store=store, clock=clock)
        if found is not None:
            post, publication = held(session, hold)
            record_published(post, publication, found, session=session, at=clock())
            session.commit()
    except LostClaim:
        raise
    except TheirsForNow as error:
        _wait(session, hold, error, at=clock())
    except (TheirsForGood, AlteredSinceApproval) as error:
        _stop(session, hold, PostState.FAILED, error, at=clock())
    except OutcomeUnknown as error:
        if error.needs_person:
            stop_account(session, hold.post_id, error, at=clock())
        _stop(session, hold, PostState.UNCERTAIN, error, at=clock())
    except (AccountNeedsPerson, Ours) as error:
        # Nothing was published, and nothing is wrong with the post: it waits for the account.
        # The account first, or another worker would send to it in between.
        stop_account(session, hold.post_id, error, at=clock())
        _stop(session, hold, PostState.APPROVED, error, at=clock())
    except Exception as error:  # a file that is gone, a broken answer: nobody foresaw it
        log.exception("publishing broke off", extra={"post_id": hold.post_id})
        _break_off(session, hold, error, at=clock())


def look_again(session: Session, post_id: int, *, publisher: Publisher, at: datetime) -> None:
    """Look on the account for a post whose outcome is unknown. It never sends anything.

    Found: published. Not found, or not readable: it stays uncertain and waits for a person.
    """
    publication = session.get(Publication, post_id)
    if publication is None or publication.sent_at is None:
        return
    outgoing = sought(publication.post)
    handle, sent_at = publication.handle, publication.sent_at
    session.commit()
    try:
        found = publisher.find(outgoing, handle, sent_at=sent_at)
    except PublishingError as error:
        if isinstance(error, AccountNeedsPerson):
            stop_account(session, post_id, error, at=at)
        log.warning("uncertain post not found out", extra={"post_id": post_id, "error": str(error)})
        return
    if found is not None:
        settle(session, post_id, found=found, at=at)


def settle(
    session: Session,
    post_id: int,
    *,
    found: OnAccount | None,
    at: datetime,
    by: audit.Actor | None = None,
) -> None:
    """End a doubt: it is there, or a person says that it is not. Commits.

    Raises NotUncertain.
    """
    post = lock_post(session, post_id)
    publication = session.get(Publication, post_id, populate_existing=True)
    if post is None or publication is None or post.state is not PostState.UNCERTAIN:
        session.rollback()
        raise NotUncertain
    if found is not None:
        record_published(post, publication, found, session=session, at=at, by=by)
    else:
        _take_as_unsent(publication)
        post.move(PostState.FAILED, by=by, at=at, why="not on the account")
    session.commit()


def record_published(
    post: Post,
    publication: Publication,
    found: OnAccount,
    *,
    session: Session,
    at: datetime,
    by: audit.Actor | None = None,
) -> None:
    """It is on the account: put that on the record, and tell its author."""
    publication.media_id = found.media_id
    publication.lease_until = None
    publication.trouble = ""
    post.permalink = found.permalink
    post.published_at = publication.sent_at or at
    post.move(PostState.PUBLISHED, by=by, at=at, media_id=found.media_id)
    tell_published(post, session=session, at=at)


def stop_account(session: Session, post_id: int, error: Exception, *, at: datetime) -> None:
    """Send nothing more to this post's account until a person has looked. Commits."""
    connection = session.scalar(
        select(Connection)
        .join(Post, Post.programme_id == Connection.programme_id)
        .where(Post.id == post_id)
    )
    if connection is None or connection.stopped_at is not None:
        session.rollback()
        return
    connection.stopped_at = at
    connection.trouble = str(error)
    audit.record(connection, "account_stopped", by=None, at=at)
    session.commit()


def _send(
    session: Session, hold: Claim, *, publisher: Publisher, store: Store, clock: Clock
) -> OnAccount | None:
    post, publication = held(session, hold)
    what, earlier = approved(post), publication.handle
    session.commit()
    with opened(what, store) as outgoing:
        if SENT in earlier and (found := _find_earlier(publisher, outgoing, earlier)):
            return found
        return _send_now(session, hold, outgoing, publisher=publisher, clock=clock)


def _send_now(
    session: Session, hold: Claim, outgoing: Outgoing, *, publisher: Publisher, clock: Clock
) -> OnAccount | None:
    handle = publisher.prepare(outgoing)

    # The instant of sending: whatever must be true is looked at once more.
    post, publication = held(session, hold)
    if turned_away(post, at=clock()):
        publication.lease_until = None
        session.commit()
        return None
    publication.handle = dict(handle)
    publication.sent_at = clock()
    session.commit()
    return publisher.publish(outgoing, handle)


def _find_earlier(publisher: Publisher, outgoing: Outgoing, handle: Handle) -> OnAccount | None:
    """What was sent before and not found then may have come late. Unseen, nothing is sent again.

    Raises TheirsForNow where it cannot be seen, or what `find` does.
    """
    try:
        return publisher.find(outgoing, handle, sent_at=datetime.fromisoformat(handle[SENT]))
    except OutcomeUnknown as error:
        raise TheirsForNow(str(error)) from error


def _take_as_unsent(publication: Publication) -> None:
    """Nobody has found it. Its handle stays, to look once more before it is ever sent again."""
    if publication.sent_at is not None:
        publication.handle = {**publication.handle, SENT: publication.sent_at.isoformat()}
    publication.sent_at = None


def _wait(session: Session, hold: Claim, error: TheirsForNow, *, at: datetime) -> None:
    """Nothing was published: the same post goes back in line, but not for ever."""
    post, publication = held(session, hold)
    _take_as_unsent(publication)
    publication.lease_until = None
    publication.trouble = str(error)
    if publication.tries >= MOST_TRIES:
        post.move(PostState.FAILED, by=None, at=at, why=str(error))
    else:
        wait = max(error.wait, timedelta(minutes=1)) * publication.tries
        publication.next_try_at = at + wait
        post.move(PostState.APPROVED, by=None, at=at, why=str(error))
    session.commit()


def _break_off(session: Session, hold: Claim, error: Exception, *, at: datetime) -> None:
    """Only what was committed is known: it is uncertain if it was sent, or tried again."""
    session.rollback()
    _post, publication = held(session, hold)
    name = type(error).__name__  # its words may hold anything
    if publication.sent_at is not None:
        _stop(session, hold, PostState.UNCERTAIN, OutcomeUnknown(name), at=at)
    else:
        _wait(session, hold, TheirsForNow(name, wait=timedelta(minutes=1)), at=at)


def _stop(
    session: Session, hold: Claim, state: PostState, error: Exception, *, at: datetime
) -> None:
    post, publication = held(session, hold)
    publication.lease_until = None
    publication.trouble = str(error) or type(error).__name__
    if state is not PostState.UNCERTAIN:
        _take_as_unsent(publication)
    post.move(state, by=None, at=at, why=publication.trouble)
    session.commit()
    log.warning("post not published", extra={"post_id": post.id, "state": state.value})
