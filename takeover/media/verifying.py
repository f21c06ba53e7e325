"""Whether the store and the database tell the same story: file by file, and piece by piece."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from takeover.media.addresses import ORIGINAL
from takeover.media.erasing import BATCH, NEW, batches, named, unnamed
from takeover.media.models import Media, Rendition
from takeover.media.store import NotAKey, NotStored, Store, Stored
from takeover.media.storing.keys import digest_in


class Trouble(StrEnum):
    MISSING = "missing"  # a row names a file that is not there
    ALTERED = "altered"  # a file's content is not what its name or its row says
    ORPHANED = "orphaned"  # a file that no row names


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file as a row names it."""

    key: str
    digest: str  # SHA-256 in hex, as the row has it
    media_id: int
    kind: str


def named_files(session: Session) -> Iterator[NamedFile]:
    """Every file that should be there, a few hundred rows at a time; what was erased should not."""
    originals = select(Media.id, Media.id, Media.original_key, Media.sha256).where(
        Media.original_key != "", Media.original_erased_at.is_(None)
    )
    renditions = select(
        Rendition.id, Rendition.media_id, Rendition.key, Rendition.sha256, Rendition.kind
    )
    for _, media_id, key, digest in _rows(session, originals, Media.id):
        yield NamedFile(key, digest, media_id, ORIGINAL)
    for _, media_id, key, digest, kind in _rows(session, renditions, Rendition.id):
        yield NamedFile(key, digest, media_id, kind)


def trouble_with(file: NamedFile, *, session: Session, store: Store) -> Trouble | None:
    """What is wrong with a file that a row names; all of it is read."""
    try:
        digest = _digest(store, file.key)
    except NotAKey:
        return Trouble.MISSING
    except NotStored:
        # Its row may have let go of it meanwhile.
        gone = unnamed([file.key], session=session)
        session.rollback()
        return None if gone else Trouble.MISSING
    return None if digest == file.digest == digest_in(file.key) else Trouble.ALTERED


def orphans(*, session: Session, store: Store, at: datetime) -> Iterator[Stored]:
    """Every file that no row names, unless it came within the last hour."""
    old = (file for file in store.contents() if file.modified < at - NEW)
    for some in batches(old):
        still = named([file.key for file in some], session=session)
        session.rollback()
        yield from (file for file in some if file.key not in still)


def _rows(session: Session, rows: Select[*tuple[Any, ...]], number: Any) -> Iterator[Any]:
    """Page by page, and no transaction is open while the files of a page are read."""
    last = 0
    while page := session.execute(rows.where(number > last).order_by(number).limit(BATCH)).all():
        session.rollback()
        yield from page
        last = page[-1][0]


def _digest(store: Store, key: str) -> str:
    digest = hashlib.sha256()
    for block in store.read(key, 0, store.size(key)):
        digest.update(block)
    return digest.hexdigest()
