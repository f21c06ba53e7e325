"""The private store of files, by what they contain: a folder now, a bucket later, same calls."""

import os
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from obstore.store import LocalStore

_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_KEY = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}\.[a-z0-9]{1,8}")


class NotStored(LookupError):
    """No file has this key."""


class NotAKey(ValueError):
    """The text was never a key of ours: a path, a traversal, a made-up name."""


@dataclass(frozen=True)
class Store:
    """Files by content. Keys are relative: `ab/abcd...<sha256 in hex>.jpg`."""

    folder: Path
    _objects: LocalStore

    def put(self, data: bytes, *, suffix: str) -> str:
        """Keep `data` and give its key: the same bytes, the same key. Whole or not at all.

        `suffix` like `.jpg`, lower case; ValueError otherwise.
        """
        if not _SUFFIX.fullmatch(suffix):
            raise ValueError(f"not a suffix: {suffix!r}")
        digest = sha256(data).hexdigest()
        key = f"{digest[:2]}/{digest}{suffix}"
        if self._size(key) != len(data):
            obstore.put(self._objects, key, data)  # written aside, then renamed
            _settle(self.folder / key)
        return key

    def get(self, key: str) -> bytes:
        """The file's bytes. Raises `NotStored`, `NotAKey`."""
        try:
            return obstore.get(self._objects, _checked(key)).bytes().to_bytes()
        except FileNotFoundError as error:
            raise NotStored(key) from error

    def exists(self, key: str) -> bool:
        """Whether a file has this key. Raises `NotAKey`."""
        return self._size(_checked(key)) is not None

    def delete(self, key: str) -> None:
        """Forget a file; one that is gone already is no error. Raises `NotAKey`."""
        try:
            obstore.delete(self._objects, _checked(key))
        except FileNotFoundError:
            return

    def _size(self, key: str) -> int | None:
        try:
            return obstore.head(self._objects, key)["size"]
        except FileNotFoundError:
            return None


def open_store(url: str) -> Store:
    """A store at a folder's path or `file://` URL; the folder is made, for its owner alone.

    ValueError for any other kind of URL.
    """
    folder = _folder(url)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return Store(folder, LocalStore(folder))


def _folder(url: str) -> Path:
    if "://" not in url:
        return Path(url).absolute()
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise ValueError(f"a store is a folder or file:// for now, not {parts.scheme}://")
    return Path(unquote(parts.path))


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise NotAKey(key)
    return key


def _settle(path: Path) -> None:
    """For its owner alone, and on the disk: the caller may delete what the file was made from."""
    for place, mode in ((path, 0o600), (path.parent, 0o700)):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fchmod(handle, mode)
            os.fsync(handle)
        finally:
            os.close(handle)
