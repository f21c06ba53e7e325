"""Who takes in what has come as a whole: the request that brought the last of it, or a worker."""

from contextlib import suppress
from datetime import timedelta
from itertools import islice
from threading import Semaphore

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from takeover.clock import now
from takeover.db import db
from takeover.media.full import DiskFull
from takeover.media.models import Media, MediaState
from takeover.media.uploads.finishing import finish, is_whole
from takeover.media.uploads.models import Upload
from takeover.media.uploads.parts import Parts
from takeover.schedule import Job
from takeover.web import settings
from takeover.work import Task, hand_out

AT_ONCE = 16 * 2**20
"""Bytes that a request takes in itself. To read more than that once again, and to give it to a
bucket, takes longer than the client's last request should."""

MOST_AT_ONCE = 50
"""Files handed out in one turn of the clock; a worker's queue holds no more than it soon does."""

# Of a worker's threads only so many take files in, so that no photo waits for them to be prepared.
_turns = Semaphore(1)


def complete(upload: Upload, parts: Parts, *, session: Session, is_news: bool) -> None:
    """Take it in now, or have it taken in; the session must hold nothing open.

    `is_news`: this request brought the last of it. Who only asks hands out nothing again: the
    clock does. Commits.
    """
    _note(upload, session=session)
    if upload.bytes <= AT_ONCE:
        _take_in(upload, parts, session=session)
    elif is_news:
        hand_out(TAKE_IN, upload.id)


def take_in_upload(upload_id: int) -> None:
    session, parts = db.session, Parts(settings().uploads_path)
    upload = session.get(Upload, upload_id)
    session.close()  # what was read stays known
    if upload is None or not _turns.acquire(blocking=False):
        return  # whoever has the turn hands it out again, or the clock does
    try:
        if is_whole(upload, parts):
            _take_in(upload, parts, session=session)
    finally:
        session.rollback()
        _turns.release()
        _hand_out_next(upload, session=session)


def hand_out_whole() -> None:
    """The clock's turn: what a crash or a dead queue left lying."""
    session, parts = db.session, Parts(settings().uploads_path)
    arriving = list(
        session.scalars(
            select(Upload)
            .join(Upload.media)
            .where(Media.state == MediaState.ARRIVING)
            .order_by(Upload.id)
        )
    )
    session.close()
    whole = (upload for upload in arriving if is_whole(upload, parts))
    for upload in islice(whole, MOST_AT_ONCE):
        _note(upload, session=session)
        hand_out(TAKE_IN, upload.id)


TAKE_IN = Task("take_in_upload", take_in_upload)
JOB = Job("hand_out_whole_uploads", hand_out_whole, every=timedelta(minutes=1))


def _take_in(upload: Upload, parts: Parts, *, session: Session) -> None:
    """A disk without room is no trouble of who sent it: all of it is here, and is tried again."""
    with suppress(DiskFull):
        finish(upload, parts, session=session, at=now())


def _note(upload: Upload, *, session: Session) -> None:
    """That all of it is here, so that nobody is asked to go on sending."""
    if upload.media.whole_at is not None:
        return
    session.execute(
        update(Media)
        .where(Media.id == upload.media_id, Media.whole_at.is_(None))
        .values(whole_at=now())
    )
    session.commit()


def _hand_out_next(done: Upload, *, session: Session) -> None:
    """Of those that came after it, and may have been sent away meanwhile. One that fails is not
    tried over and over: it is the clock's."""
    came_at = done.media.whole_at
    came_later = or_(Media.whole_at > came_at, and_(Media.whole_at == came_at, Upload.id > done.id))
    later = (
        select(Upload.id)
        .join(Upload.media)
        .where(Media.state == MediaState.ARRIVING, came_later)
        .order_by(Media.whole_at, Upload.id)
        .limit(1)
    )
    upload_id = session.scalar(later)
    session.commit()
    if upload_id is not None:
        hand_out(TAKE_IN, upload_id)
