"""Files in a folder of this machine."""

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from takeover.media.storing.keys import BLOCK, NotStored, Stored, checked, is_key, key_of

_UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class Folder:
    """A file is written aside and put on the disk before its key leads to it, and its key before
    anybody is told of it: a power cut leaves no half file and loses none that was taken."""

    folder: Path

    def put(self, data: bytes, *, suffix: str) -> str:
        key = key_of(sha256(data).hexdigest(), suffix)
        if not self._has(key, len(data)):
            self._write(key, lambda file: file.write(data))
        return key

    def take(self, path: Path, *, digest: str, suffix: str) -> str:
        key = key_of(digest, suffix)
        if self._has(key, path.stat().st_size):
            path.unlink()
        else:
            self._move_in(path, key)
        return key

    def get(self, key: str) -> bytes:
        with self.open(key) as file:
            return file.read()

    def open(self, key: str) -> BinaryIO:
        try:
            return (self.folder / checked(key)).open("rb")
        except FileNotFoundError as error:
            raise NotStored(key) from error

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        return _blocks(self.open(key), start, end)

    def exists(self, key: str) -> bool:
        return (self.folder / checked(key)).is_file()

    def size(self, key: str) -> int:
        return self._stat(key).st_size

    def modified(self, key: str) -> datetime:
        return _instant(self._stat(key))

    def delete(self, key: str) -> None:
        (self.folder / checked(key)).unlink(missing_ok=True)

    def delete_old(self, key: str, *, before: datetime) -> bool:
        if self.modified(key) >= before:
            return False
        aside = self._aside()
        try:
            (self.folder / key).rename(aside)
        except FileNotFoundError as error:
            raise NotStored(key) from error
        try:
            if _instant(aside.stat()) < before:
                return True
            # Somebody found it here a moment ago, and relies on it.
            with suppress(FileExistsError):
                (self.folder / key).hardlink_to(aside)
            return False
        finally:
            aside.unlink()

    def contents(self) -> Iterator[Stored]:
        for shelf in sorted(os.scandir(self.folder), key=lambda entry: entry.name):
            if not shelf.is_dir(follow_symlinks=False):
                continue
            for entry in sorted(os.scandir(shelf), key=lambda entry: entry.name):
                key = f"{shelf.name}/{entry.name}"
                if is_key(key) and (found := _still_there(entry)):
                    yield Stored(key, found.st_size, _instant(found))

    def clear_unfinished(self, *, before: datetime) -> None:
        for path in (self.folder / _UNFINISHED).glob("*"):
            if _instant(path.stat()) < before:
                path.unlink(missing_ok=True)

    def _stat(self, key: str) -> os.stat_result:
        try:
            return (self.folder / checked(key)).stat()
        except FileNotFoundError as error:
            raise NotStored(key) from error

    def _has(self, key: str, size: int) -> bool:
        """Whether the file is here as a whole; then it counts as new, and is on the disk."""
        path = self.folder / key
        try:
            if path.stat().st_size != size:
                return False
            os.utime(path)
        except FileNotFoundError:
            return False
        _sync(path.parent)
        return True

    def _move_in(self, path: Path, key: str) -> None:
        try:
            with path.open("rb") as file:
                _settle(file)
            os.utime(path)
            self._shelve(path, key)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            with path.open("rb") as file:
                self._write(key, lambda aside: shutil.copyfileobj(file, aside, BLOCK))
            path.unlink()

    def _write(self, key: str, fill: Callable[[BinaryIO], object]) -> None:
        aside = self._aside()
        try:
            with aside.open("xb") as file:
                fill(file)
                _settle(file)
            self._shelve(aside, key)
        finally:
            aside.unlink(missing_ok=True)

    def _aside(self) -> Path:
        aside = self.folder / _UNFINISHED / secrets.token_hex(16)
        _make(aside.parent)
        return aside

    def _shelve(self, path: Path, key: str) -> None:
        """Give a settled file its key. OSError EXDEV from another file system."""
        place = self.folder / key
        _make(place.parent)
        path.replace(place)
        _sync(place.parent)


def open_folder(folder: Path) -> Folder:
    """It is made, for its owner alone, where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) != 0o700:
        folder.chmod(0o700)
    return Folder(folder)


def _make(shelf: Path) -> None:
    if not shelf.is_dir():
        shelf.mkdir(mode=0o700, exist_ok=True)
        _sync(shelf.parent)


def _settle(file: BinaryIO) -> None:
    """For its owner alone, and on the disk."""
    file.flush()
    os.fchmod(file.fileno(), 0o600)
    os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _blocks(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while start < end and (block := file.read(min(BLOCK, end - start))):
            start += len(block)
            yield block


def _still_there(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None


def _instant(found: os.stat_result) -> datetime:
    return datetime.fromtimestamp(found.st_mtime, UTC)
