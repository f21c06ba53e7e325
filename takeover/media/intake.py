"""Taking a file in: what it is, by its content; whether we can use it; the original kept apart."""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from sqlalchemy.orm import Session

from takeover.media.models import Media, MediaState
from takeover.media.recognising import HEAD, recognise
from takeover.media.store import Store
from takeover.people.models import Person


def take_in(
    source: BinaryIO, *, spool: Path, session: Session, store: Store, by: Person, at: datetime
) -> Media:
    """Keep a file that came at once, and put it in line for preparing.

    `spool` is a folder for files under way. Raises Refused, and then keeps nothing.
    """
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=spool, prefix="form-", delete=False) as file:
        path = Path(file.name)
        shutil.copyfileobj(source, file)
    try:
        media = Media(state=MediaState.ARRIVING, bytes=0, received_at=at)
        _keep_original(media, path, store=store, at=at)
        media.owner_id = by.id  # only now is the database asked: nothing is locked while bytes move
        session.add(media)
        session.flush()
        media.begin(by=by, at=at)
        media.move(MediaState.RECEIVED, by=by, at=at)
        return media
    finally:
        path.unlink(missing_ok=True)


def _keep_original(media: Media, path: Path, *, store: Store, at: datetime) -> None:
    with path.open("rb") as file:
        form = recognise(file.read(HEAD))
        size = file.seek(0, 2)
        form.check_size(size)
        file.seek(0)
        media.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    media.format, media.bytes, media.received_at = form.value, size, at
    media.original_key = store.take(path, digest=media.sha256, suffix=form.suffix)
