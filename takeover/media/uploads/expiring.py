"""What is left over: uploads that stand still, that a crash left unfinished, that have ended."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from takeover.clock import now
from takeover.db import db
from takeover.i18n import in_language_of
from takeover.media.models import Media, MediaState
from takeover.media.uploads.beginning import lock
from takeover.media.uploads.finishing import finish, is_whole, refuse
from takeover.media.uploads.models import Upload
from takeover.media.uploads.parts import Parts
from takeover.people.models import Person
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
        if is_whole(upload, parts):
            finish(upload, parts, session=session, at=at)
        else:
            _forget(upload, parts, session=session, at=at)
    _remove_orphans(parts, session=session, at=at)
    parts.clear_passing(before=(at - ORPHANED).timestamp())


JOB = Job("tidy_uploads", tidy_uploads, every=timedelta(minutes=15))


def _forget(upload: Upload, parts: Parts, *, session: Session, at: datetime) -> None:
    """End one that stands still, or whose file a power cut took, or that has ended and was told so
    for long enough."""
    locked = lock(session, upload.id)
    if locked is None or (locked.expires_at > at and not _is_hopeless(locked, parts)):
        session.rollback()
        return
    if locked.media.state is MediaState.ARRIVING:
        owner = session.get_one(Person, locked.media.owner_id)
        with in_language_of(owner.language):
            refuse(locked, _("This file never arrived whole. Choose it again."), at=at)
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
