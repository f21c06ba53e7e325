"""Who takes in what has come as a whole: the request that brought the last of it, or a worker."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.clock import now
from takeover.db import db
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


def complete(upload: Upload, parts: Parts, *, session: Session) -> None:
    """Take it in now, or have it taken in; the session must hold nothing open."""
    if upload.bytes <= AT_ONCE:
        finish(upload, parts, session=session, at=now())
    else:
        hand_out(TAKE_IN, upload.id)


def take_in_upload(upload_id: int) -> None:
    session, parts = db.session, Parts(settings().uploads_path)
    upload = session.get(Upload, upload_id)
    session.close()  # what was read stays known
    if upload is not None and is_whole(upload, parts):
        finish(upload, parts, session=session, at=now())


def hand_out_whole() -> None:
    """The clock's turn: what a crash or a dead queue left lying."""
    session, parts = db.session, Parts(settings().uploads_path)
    arriving = list(
        session.scalars(select(Upload).join(Media).where(Media.state == MediaState.ARRIVING))
    )
    session.close()
    for upload in arriving:
        if is_whole(upload, parts):
            hand_out(TAKE_IN, upload.id)


TAKE_IN = Task("take_in_upload", take_in_upload)
JOB = Job("hand_out_whole_uploads", hand_out_whole, every=timedelta(minutes=1))
