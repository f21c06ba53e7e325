"""Taking a file in: what it is, by its content; whether we can use it; the original kept apart."""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from sqlalchemy.orm import Session

from takeover.media.models import Media, MediaState
from takeover.media.recipe import Recipe
from takeover.media.recognising import HEAD, recognise
from takeover.media.refusals import TooHeavy
from takeover.media.store import Store
from takeover.people.models import Person


def take_in(
    source: BinaryIO, *, spool: Path, session: Session, store: Store, by: Person, at: datetime
) -> Media:
    """Keep a file that came at once, and put it in line for preparing.

    `spool` is a folder for files under way. Raises Refused, and then keeps nothing.
    """
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=spool, delete=False) as file:
        path = Path(file.name)
        shutil.copyfileobj(source, file)
    try:
        media = Media(owner_id=by.id, state=MediaState.ARRIVING, bytes=0, received_at=at)
        _keep_original(media, path, store=store, at=at)
        session.add(media)
        session.flush()
        media.begin(by=by, at=at)
        media.move(MediaState.RECEIVED, by=by, at=at)
        return media
    finally:
        path.unlink(missing_ok=True)


def change(media: Media, recipe: Recipe, *, at: datetime) -> bool:
    """Have something else made of it; whether anything is to be done. What was made stays in its
    place until then. Raises MoveNotAllowed."""
    if recipe == media.recipe:
        return False
    media.recipe_json = recipe.as_json()
    media.claim = media.handed_out_at = None  # whoever is at work on it works on the wrong thing
    media.tries = media.progress = 0
    if media.state is MediaState.READY:
        media.move(MediaState.RECEIVED, by=None, at=at)
    return media.state is MediaState.RECEIVED


def cancel(media: Media, *, by: Person | None, at: datetime) -> None:
    """Nobody wants it any more: whoever prepares it stops."""
    if media.state is not MediaState.CANCELLED:
        media.claim = None
        media.move(MediaState.CANCELLED, by=by, at=at)


def _keep_original(media: Media, path: Path, *, store: Store, at: datetime) -> None:
    with path.open("rb") as file:
        form = recognise(file.read(HEAD))
        size = file.seek(0, 2)
        if size > form.most_bytes:
            raise TooHeavy(size=size, most=form.most_bytes)
        file.seek(0)
        media.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    media.format, media.bytes, media.received_at = form.value, size, at
    media.original_key = store.take(path, digest=media.sha256, suffix=form.suffix)
