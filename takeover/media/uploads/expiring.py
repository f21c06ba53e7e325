"""What is left over: uploads that stand still, and those that have ended."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from takeover.clock import now
from takeover.db import db
from takeover.media.changing import hold
from takeover.media.models import Media, MediaState
from takeover.media.refusals import NeverArrived
from takeover.media.uploads.beginning import lock
from takeover.media.uploads.finishing import end_refused, is_whole
from takeover.media.uploads.models import Upload
from takeover.media.uploads.parts import Parts
from takeover.schedule import Job
from takeover.web import settings

ORPHANED = timedelta(days=1)  # how old a file is that nobody can be about to write the row of


def tidy_uploads() -> None:
    """The clock's turn."""
    session, parts, at = db.session, Parts(settings().uploads_path), now()
    waiting = list(
        session.scalars(
            select(Upload)
            .join(Media)
            .where(
                or_(
                    Media.state.in_((MediaState.ARRIVING, MediaState.CANCELLED)),
                    Upload.expires_at <= at,
                )
            )
        )
    )
    session.close()  # what was read stays known
    for upload in waiting:
        if not (is_whole(upload, parts) and parts.is_there(upload.token)):
            _forget(upload, parts, session=session, at=at)
    _remove_orphans(parts, session=session, at=at)
    parts.clear_passing(before=(at - ORPHANED).timestamp())


JOB = Job("tidy_uploads", tidy_uploads, every=timedelta(minutes=15))


def _forget(upload: Upload, parts: Parts, *, session: Session, at: datetime) -> None:
    """End one that stands still, or whose file a power cut took, or that has ended and was told so
    for long enough."""
    locked = lock(session, upload.id)
    if locked is not None:
        hold(locked.media)  # it may be taken out of its post this moment
    if locked is None or (locked.expires_at > at and not _is_hopeless(locked, parts)):
        session.rollback()
        return
    if locked.media.state is MediaState.ARRIVING:
        end_refused(locked, NeverArrived(), at=at)
    session.delete(locked)
    session.commit()
    parts.remove(upload.token)


def _is_hopeless(locked: Upload, parts: Parts) -> bool:
    """Parts are removed only once it is committed that the upload has ended."""
    state = locked.media.state
    return state is MediaState.CANCELLED or (
        state is MediaState.ARRIVING and not parts.is_there(locked.token)
    )


def _remove_orphans(parts: Parts, *, session: Session, at: datetime) -> None:
    """Files whose upload was never committed, or was ended by a process that died over it."""
    for token in set(parts.older_than((at - ORPHANED).timestamp())):
        if session.scalar(select(Upload.id).where(Upload.token == token)) is None:
            parts.remove(token)
    session.commit()
