"""Erasing: originals, on the record; and files that nobody needs any more.

A file goes only once it is committed that it may. Who is killed in between leaves a file too many,
which the next turn or `media verify` finds, and never a row that names one that is gone.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from takeover import audit
from takeover.audit import Actor
from takeover.media.models import Media, Rendition
from takeover.media.store import NotStored, Store

Thing = TypeVar("Thing")

# Somebody may be sending a file this moment that is here already, and be about to name it.
NEW = timedelta(hours=1)

BATCH = 500  # keys in one question to the database


def erase_original(media: Media, *, by: Actor | None, at: datetime) -> None:
    """From now on we do not have it as it came: neither its owner nor we can get at it.

    Once that is committed, `forget_files` takes care of the file.
    """
    media.original_erased_at = at
    media.name = ""  # it may tell as much as the picture did
    audit.record(media, "original_erased", by=by, at=at)


def unnamed(keys: Iterable[str], *, session: Session) -> list[str]:
    """Those that no row names: neither as an original that we still have nor as a rendition."""
    found: list[str] = []
    for some in batches(keys):
        still = named(some, session=session)
        found += [key for key in some if key not in still]
    return found


def named(keys: Sequence[str], *, session: Session) -> set[str]:
    """Those that a row names; ask for a few hundred at a time."""
    originals = select(Media.original_key).where(
        Media.original_key.in_(keys), Media.original_erased_at.is_(None)
    )
    renditions = select(Rendition.key).where(Rendition.key.in_(keys))
    return set(session.scalars(union(originals, renditions)))


def forget_files(keys: Iterable[str], *, store: Store, at: datetime) -> int:
    """Erase files that no row names; how many there were. One that has only just come stays."""
    erased = 0
    for key in keys:
        try:
            erased += store.delete_old(key, before=at - NEW)
        except NotStored:
            continue
    return erased


def batches(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    """As many at a time as one question may hold."""
    rest = iter(things)
    while some := list(islice(rest, BATCH)):
        yield some
