"""The private store of files, by what they contain: a folder, or a bucket, by the same calls."""

import importlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, cast
from urllib.parse import unquote, urlsplit

from takeover.media.storing.folder import open_folder
from takeover.media.storing.keys import NotAKey, NotStored, Stored

__all__ = ["NotAKey", "NotStored", "Store", "Stored", "open_store"]


class Store(Protocol):
    """Files by content. Keys are relative: `ab/abcd...<sha256 in hex>.jpg`.

    A key leads to a whole file or to none. Whatever asks for one raises NotAKey for what was never
    a key, and OSError where the store cannot be reached or is full.
    """

    def put(self, data: bytes, *, suffix: str) -> str:
        """Keep `data` and give its key: the same bytes, the same key.

        `suffix` like `.jpg`, lower case; ValueError otherwise. What is here already counts as new.
        """

    def take(self, path: Path, *, digest: str, suffix: str) -> str:
        """Move in the finished file at `path`, whose SHA-256 in hex is `digest`; give its key.

        Afterwards nothing is at `path`. After an error it is still there, to be taken again.
        """

    def get(self, key: str) -> bytes:
        """The file's bytes, all in memory. Raises NotStored."""

    def open(self, key: str) -> BinaryIO:
        """The file, to be read and closed: a real one, with a `fileno()`. Raises NotStored."""

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Its bytes from `start` up to `end`, not included, in small blocks. Raises NotStored."""

    def exists(self, key: str) -> bool:
        """Whether a file has this key."""

    def size(self, key: str) -> int:
        """In bytes. Raises NotStored."""

    def modified(self, key: str) -> datetime:
        """When it was last put or taken, about. Raises NotStored."""

    def delete(self, key: str) -> None:
        """Forget a file; one that is gone already is no error."""

    def delete_old(self, key: str, *, before: datetime) -> bool:
        """Forget a file unless it was put or taken since `before`; whether it went. Raises
        NotStored."""

    def contents(self) -> Iterator[Stored]:
        """Every file, without holding the list of them in memory."""

    def clear_unfinished(self, *, before: datetime) -> None:
        """Forget what somebody began to write before then and cannot be writing any more."""


def open_store(url: str, *, spool: Path | None = None) -> Store:
    """The store at a folder's path, a `file://` URL, or `s3://bucket/prefix`.

    `spool` is a folder with room for whole files: `open` copies them there from a bucket. Without
    it they go to the system's own folder for such files, which may be small, or in memory.

    ValueError for any other kind of URL, and for a bucket that cannot be used.
    """
    if "://" not in url:
        return open_folder(Path(url).absolute())
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return open_folder(Path(unquote(parts.path)))
    if parts.scheme == "s3":
        bucket = importlib.import_module("takeover.media.storing.bucket")  # heavy, and rare
        return cast(Store, bucket.open_bucket(url, spool))
    raise ValueError(f"a store is a folder, file:///… or s3://bucket, not {parts.scheme}://")
