"""What became of a post, put on its record: it is out, in doubt, or was never sent."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from takeover import audit
from takeover.instagram.alarms import alarm_of_account, alarm_of_missing_account, alarm_of_post
from takeover.instagram.doors import lock_connection
from takeover.instagram.earlier import REFUSED, sent_before
from takeover.instagram.lending import take_back_lent
from takeover.instagram.models import Publication
from takeover.instagram.outgoing import sought
from takeover.instagram.publisher import (
    SENT,
    SENT_AS,
    OnAccount,
    OutcomeUnknown,
    PublishingError,
    Reason,
)
from takeover.instagram.working import Work
from takeover.posts.events import note
from takeover.posts.models import Post, PostState, Surface
from takeover.posts.telling import tell_published

LOOKS_FIRST = timedelta(seconds=5)  # how soon after a doubt it is looked into


def record_published(
    post: Post,
    publication: Publication,
    found: OnAccount,
    *,
    session: Session,
    at: datetime,
    by: audit.Actor | None = None,
) -> None:
    """It is on the account: put that on the record, and tell its author where."""
    publication.media_id = found.media_id
    publication.trouble = publication.reason = publication.said = ""
    publication.next_try_at = None
    post.permalink = found.permalink
    post.published_at = publication.sent_at or at
    post.move(PostState.PUBLISHED, by=by, at=at, media_id=found.media_id)
    has_comments = post.surface is not Surface.STORY and (post.first_comment or post.comments_off)
    if has_comments or not found.permalink:
        publication.tend_at = at
    if found.is_altered:
        tell_altered(post, session=session, at=at)
    take_back_lent(post.id, session=session)
    if found.permalink:  # else as soon as it is known: see `tending`
        address = found.permalink if by is None else ""
        tell_published(post, session=session, address=address, at=at)


def tell_altered(post: Post, *, session: Session, at: datetime) -> None:
    """It is out, and not with the words it was approved with."""
    note(post, "altered", at=at)
    alarm_of_post("altered", post, session=session, reason="", at=at)


def tell_turned_up(post: Post, *, session: Session, at: datetime) -> None:
    """It was sent before, and taken back by the time it was found: it is there all the same. It
    keeps no number here, so that it is found again before it is ever sent again."""
    note(post, "turned_up", at=at)
    alarm_of_post("turned_up", post, session=session, reason="", at=at)


def stop_account(
    session: Session,
    programme_id: int,
    error: Exception,
    *,
    at: datetime,
    connected_at: datetime | None,
) -> None:
    """Send nothing more to this account until a person has looked: what is being uploaded just then
    does not go out either. Nothing may be locked before. Commits.

    `connected_at` is that of the keys which failed, None where there were none: an account that has
    been connected since has others, and goes on.
    """
    connection = lock_connection(session, programme_id)
    reason = error.reason if isinstance(error, PublishingError) else None
    if connection is None and reason is Reason.NOT_CONNECTED:
        alarm_of_missing_account(programme_id, session=session, at=at)
        session.commit()
        return
    is_theirs = connection is not None and connection.connected_at == connected_at
    if connection is None or not is_theirs or connection.stopped_at is not None:
        session.rollback()
        return
    connection.stopped_at = at
    connection.trouble = str(error)
    audit.record(connection, "account_stopped", by=None, at=at)
    alarm_of_account(
        "stopped",
        connection,
        session=session,
        reason=reason.value if reason else "",
        at=at,
        occasion=at.isoformat(),
    )
    session.commit()


def stop_its_account(work: Work, error: Exception) -> None:
    """The one that this worker has; see `stop_account`."""
    work.session.rollback()
    stop_account(
        work.session,
        work.hold.programme_id,
        error,
        at=work.clock(),
        connected_at=work.connected_at,
    )


def take_as_unsent(post: Post, publication: Publication, *, is_refused: bool = False) -> None:
    """Nobody has found it, or Instagram refused it. Its handle stays, to look once more before it
    is ever sent again; and so does what it was sent as, which may be changed before then."""
    if publication.sent_at is not None and SENT not in publication.handle:
        words = sought(post)
        sent_as = {"door": publication.door, "kind": words.kind.value, "caption": words.caption}
        sent_as |= {REFUSED: "yes"} if is_refused else {}
        sent = {SENT: publication.sent_at.isoformat(), SENT_AS: sent_as}
        publication.handle = {**publication.handle, **sent}
    publication.sent_at = publication.doubted_at = None


def doubt(post: Post, publication: Publication, error: OutcomeUnknown, *, at: datetime) -> None:
    """The call that publishes left, and nobody knows what became of it."""
    publication.doubted_at = at
    publication.next_try_at = at + LOOKS_FIRST
    remember(publication, error)
    post.move(PostState.UNCERTAIN, by=None, at=at, why=str(error))


def doubt_anew(post: Post, publication: Publication, *, session: Session, at: datetime) -> None:
    """It was sent before, and whether it is on the account could not be seen: a person decides."""
    publication.sent_at = sent_before(publication.handle)
    publication.doubted_at = at
    publication.next_try_at = None
    publication.reason = Reason.SENT_BEFORE.value
    post.move(PostState.UNCERTAIN, by=None, at=at, why="sent before, and not seen since")
    ask_person(post, publication, session=session, at=at)


def ask_person(post: Post, publication: Publication, *, session: Session, at: datetime) -> None:
    """Once for each doubt."""
    if not was_asked(post, since=publication.doubted_at or at):
        note(post, "needs_person", at=at, reason=publication.reason)
        alarm_of_post("uncertain", post, session=session, reason=publication.reason, at=at)


def was_asked(post: Post, *, since: datetime) -> bool:
    """Whether a person was asked then, or later, what became of it."""
    return any(event.what == "needs_person" and event.at >= since for event in post.events)


def remember(publication: Publication, error: Exception) -> None:
    """Why it did not go out."""
    publication.trouble = str(error) or type(error).__name__
    publication.reason = error.reason.value if isinstance(error, PublishingError) else ""
    publication.said = error.said if isinstance(error, PublishingError) else ""
