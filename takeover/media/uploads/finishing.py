"""A file that has come as a whole is taken in: once, however often and wherever it is tried."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from takeover.media.changing import hold, refuse
from takeover.media.full import noticing_a_full_disk
from takeover.media.models import MediaState
from takeover.media.recognising import HEAD, Format, recognise
from takeover.media.refusals import Refused
from takeover.media.store import Store, open_store
from takeover.media.uploads.beginning import lock
from takeover.media.uploads.hooks import hooks
from takeover.media.uploads.models import Upload
from takeover.media.uploads.parts import Gone, Parts
from takeover.people.models import Person
from takeover.web import settings

# How long a client may still ask for what became of it.
REMEMBERED = timedelta(days=1)


def is_whole(upload: Upload, parts: Parts) -> bool:
    """Whether all has come, and nobody has taken it in yet."""
    try:
        return (
            upload.media.state is MediaState.ARRIVING and parts.size(upload.token) == upload.bytes
        )
    except Gone:
        return False


def finish(upload: Upload, parts: Parts, *, session: Session, at: datetime) -> None:
    """Take in a whole upload, and have it prepared; nothing where somebody is at it already.

    Raises DiskFull: then all of it is kept, to be tried again.
    """
    with parts.alone_with(upload.token) as alone:
        if not alone:
            return
        store = open_store(settings().media_url)
        media_id = _taken_in(upload, session=session, parts=parts, store=store, at=at)
    if media_id is not None:
        hooks().arrived(media_id)


def _taken_in(
    upload: Upload, *, session: Session, parts: Parts, store: Store, at: datetime
) -> int | None:
    """Commits. Gives the id of the media that is to be prepared now.

    None where somebody else was quicker, the upload was stopped, or the file is refused: then
    that is on its record. The caller holds no transaction: the store may be far away.

    The file goes to the store under a second name, and is removed after the commit: whenever this
    breaks off, it can be done again.
    """
    try:
        form = _form(upload, parts)
        sha256 = parts.sha256(upload.token)
        key = _store(upload.token, parts, store, digest=sha256, form=form)
    except Refused as refusal:
        _refuse(upload, refusal, session=session, parts=parts, at=at)
        return None
    except Gone:
        return None
    locked = _lock_whole(session, upload.id)
    if locked is None:
        return None
    media = locked.media
    media.format, media.sha256, media.original_key = form.value, sha256, key
    media.received_at = at
    media.move(MediaState.RECEIVED, by=session.get_one(Person, media.owner_id), at=at)
    locked.expires_at = at + REMEMBERED
    media_id = media.id
    session.commit()
    # Until the commit no row named it: whoever erases such files may have been quicker.
    if not store.exists(key):
        _store(upload.token, parts, store, digest=sha256, form=form)
    parts.remove(upload.token)
    return media_id


def end_refused(locked: Upload, why: Refused, *, at: datetime) -> None:
    """Put on its record why it was not taken."""
    refuse(locked.media, why, at=at)
    locked.expires_at = at + REMEMBERED


def _refuse(
    upload: Upload, refusal: Refused, *, session: Session, parts: Parts, at: datetime
) -> None:
    locked = _lock_whole(session, upload.id)
    if locked is None:
        return
    end_refused(locked, refusal, at=at)
    session.commit()
    parts.remove(upload.token)


def _form(upload: Upload, parts: Parts) -> Format:
    """Raises Refused, Gone."""
    form = recognise(parts.head(upload.token, HEAD))
    form.check_size(upload.bytes)
    return form


def _lock_whole(session: Session, upload_id: int) -> Upload | None:
    """The upload, locked, if nobody took it in or stopped it in the meantime."""
    locked = lock(session, upload_id)
    if locked is not None:
        hold(locked.media)  # it may be taken out of its post this moment
        if locked.media.state is MediaState.ARRIVING:
            return locked
    session.rollback()
    return None


def _store(token: str, parts: Parts, store: Store, *, digest: str, form: Format) -> str:
    """Raises Gone, DiskFull."""
    with noticing_a_full_disk():
        twin = parts.twin(token)
        try:
            return store.take(twin, digest=digest, suffix=form.suffix)
        except FileNotFoundError as error:  # somebody else was quicker, and has tidied up already
            raise Gone from error
        finally:
            twin.unlink(missing_ok=True)
