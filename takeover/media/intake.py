"""Taking a file in: what it is, by its content; whether we can use it; the original kept apart."""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from sqlalchemy.orm import Session

from takeover.media.full import noticing_a_full_disk
from takeover.media.models import LONGEST_NAME, Media, MediaState
from takeover.media.recognising import HEAD, recognise
from takeover.media.store import Store
from takeover.media.uploads.limits import require_room
from takeover.people.models import Person


def take_in(
    source: BinaryIO,
    *,
    spool: Path,
    session: Session,
    store: Store,
    quota: int | None = None,
    name: str = "",
    by: Person,
    at: datetime,
) -> Media:
    """Keep a file that came at once, and put it in line for preparing.

    `spool` is a folder for files under way; `quota`: megabytes that the person may send in seven
    days, None for any number; `name` is what its owner's phone calls it. Raises Refused, TooMuch,
    DiskFull, and then keeps nothing: what the store has of it by then, nobody names.
    """
    path = _spooled(source, spool)
    try:
        media = Media(state=MediaState.ARRIVING, bytes=0, name=name[:LONGEST_NAME], received_at=at)
        with noticing_a_full_disk():
            _keep_original(media, path, store=store, at=at)
        # Only now is the database asked: nothing is locked while bytes move.
        if quota is not None:
            require_room(session, of=by, size=media.bytes, quota=quota, at=at)
        media.owner_id = by.id
        session.add(media)
        session.flush()
        media.begin(by=by, at=at)
        media.move(MediaState.RECEIVED, by=by, at=at)
        return media
    finally:
        path.unlink(missing_ok=True)


def _spooled(source: BinaryIO, spool: Path) -> Path:
    """A copy, for the caller to remove. Raises DiskFull."""
    with noticing_a_full_disk():
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=spool, prefix="form-", delete=False) as file:
            path = Path(file.name)
            try:
                shutil.copyfileobj(source, file)
                file.flush()
            except OSError:
                path.unlink()
                raise
    return path


def _keep_original(media: Media, path: Path, *, store: Store, at: datetime) -> None:
    with path.open("rb") as file:
        form = recognise(file.read(HEAD))
        size = file.seek(0, 2)
        form.check_size(size)
        file.seek(0)
        media.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    media.format, media.bytes, media.received_at = form.value, size, at
    media.original_key = store.take(path, digest=media.sha256, suffix=form.suffix)
