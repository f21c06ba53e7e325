"""What became of a post, put on its record: it is out, in doubt, or was never sent."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover import audit
from takeover.instagram.alarms import alarm_of_account
from takeover.instagram.lending import take_back_lent
from takeover.instagram.models import Connection, Publication
from takeover.instagram.publisher import SENT, OnAccount, OutcomeUnknown, PublishingError
from takeover.posts.models import Post, PostState, Surface
from takeover.posts.telling import tell_published

LOOKS_FIRST = timedelta(seconds=5)  # how soon after a doubt it is looked into

SETTLED_BY_PERSON = "settled_by_person"
"""In the handle of a post whose number on the account nobody but a person has told us: what would
be deleted by it may be something else, or nothing."""


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
    take_back_lent(post.id, session=session)
    if found.permalink:  # else as soon as it is known: see `tending`
        tell_published(post, session=session, at=at)


def stop_account(session: Session, programme_id: int, error: Exception, *, at: datetime) -> None:
    """Send nothing more to this account until a person has looked. Commits."""
    connection = session.scalar(
        select(Connection).where(Connection.programme_id == programme_id).with_for_update()
    )
    if connection is None or connection.stopped_at is not None:
        session.rollback()
        return
    connection.stopped_at = at
    connection.trouble = str(error)
    audit.record(connection, "account_stopped", by=None, at=at)
    reason = error.reason.value if isinstance(error, PublishingError) else ""
    alarm_of_account(
        "stopped", connection, session=session, reason=reason, at=at, occasion=at.isoformat()
    )
    session.commit()


def take_as_unsent(publication: Publication) -> None:
    """Nobody has found it. Its handle stays, to look once more before it is ever sent again."""
    if publication.sent_at is not None:
        publication.handle = {**publication.handle, SENT: publication.sent_at.isoformat()}
    publication.sent_at = publication.doubted_at = None


def doubt(post: Post, publication: Publication, error: OutcomeUnknown, *, at: datetime) -> None:
    """The call that publishes left, and nobody knows what became of it."""
    publication.doubted_at = at
    publication.next_try_at = at + LOOKS_FIRST
    remember(publication, error)
    post.move(PostState.UNCERTAIN, by=None, at=at, why=str(error))


def remember(publication: Publication, error: Exception) -> None:
    """Why it did not go out."""
    publication.trouble = str(error) or type(error).__name__
    publication.reason = error.reason.value if isinstance(error, PublishingError) else ""
    publication.said = error.said if isinstance(error, PublishingError) else ""
