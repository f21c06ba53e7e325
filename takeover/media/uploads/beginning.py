"""An upload begins, and may be stopped before its end."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, contains_eager

from takeover.media.changing import cancel
from takeover.media.full import noticing_a_full_disk
from takeover.media.models import LONGEST_NAME, Media, MediaState
from takeover.media.refusals import Empty
from takeover.media.uploads.hooks import Welcome
from takeover.media.uploads.limits import require_room
from takeover.media.uploads.models import Upload
from takeover.media.uploads.parts import Parts
from takeover.media.uploads.protocol import MOST_BYTES
from takeover.media.videos.refusals import ClipTooHeavy
from takeover.people.models import Person

# How long an upload that stands still is waited for.
PATIENCE = timedelta(days=3)
NOTED_EVERY = timedelta(minutes=1)


def begin(
    session: Session,
    parts: Parts,
    *,
    size: int,
    metadata: dict[str, str],
    as_told: str,
    quota: int,
    welcome: Welcome,
    by: Person,
    at: datetime,
) -> Upload:
    """`size` in bytes, `quota` in megabytes; `as_told` is the metadata in the client's words.

    Raises Empty, ClipTooHeavy, TooMuch, NotWelcome, DiskFull.
    """
    if not size:
        raise Empty
    if size > MOST_BYTES:
        raise ClipTooHeavy(size=size, most=MOST_BYTES)
    require_room(session, of=by, size=size, quota=quota, at=at)
    media = Media(
        owner_id=by.id,
        state=MediaState.ARRIVING,
        bytes=size,
        name=_name(metadata),
        received_at=at,
    )
    session.add(media)
    session.flush()
    media.begin(by=by, at=at)
    welcome(media, metadata, by=by, at=at)
    with noticing_a_full_disk():
        token = parts.begin(metadata=as_told)
    upload = Upload(
        token=token,
        media=media,
        bytes=size,
        created_at=at,
        expires_at=at + PATIENCE,
    )
    session.add(upload)
    session.flush()
    return upload


def stop(upload: Upload, *, session: Session, by: Person, at: datetime) -> None:
    """Its owner wants it no more. The file is removed once this is committed."""
    cancel(upload.media, by=by, at=at)
    session.delete(upload)


def postpone(upload: Upload, *, session: Session, at: datetime) -> datetime:
    """More of it came: it is waited for again, until the instant given back.

    A fast client sends many pieces in a second: only one of them in a while is worth a note.
    """
    until = at + PATIENCE
    if until - upload.expires_at < NOTED_EVERY:
        return upload.expires_at
    session.execute(update(Upload).where(Upload.id == upload.id).values(expires_at=until))
    return until


def find_upload(session: Session, token: str, *, owner: Person) -> Upload | None:
    return session.scalar(
        select(Upload)
        .join(Upload.media)
        .where(Upload.token == token, Media.owner_id == owner.id)
        .options(contains_eager(Upload.media).lazyload(Media.renditions))  # there are none yet
    )


def lock(session: Session, upload_id: int) -> Upload | None:
    """The upload as it is now, and until the transaction's end; None if it has ended.

    By a change that changes nothing: `FOR UPDATE` is unknown to SQLite, where a transaction that
    has read before it writes is refused when another one wrote in between.
    """
    session.execute(update(Upload).where(Upload.id == upload_id).values(bytes=Upload.bytes))
    return session.get(Upload, upload_id, populate_existing=True)


def _name(metadata: Mapping[str, str]) -> str:
    return (metadata.get("filename") or metadata.get("name") or "")[:LONGEST_NAME]
