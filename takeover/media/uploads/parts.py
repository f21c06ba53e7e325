"""The files that uploads grow in. How much of one has come is its size, and nothing else is."""

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

# Whatever else lies in the folder is left alone.
_UPLOADS = re.compile(r"(?P<token>[A-Za-z0-9_-]{43})(\.[a-z0-9]+)?")
_PASSING = re.compile(r"(form|video)-[a-z0-9_]{1,32}")
"""What a form sends at once, and what a clip is made into: nobody works on one for hours."""


class Gone(Exception):
    """The file is not there: its upload has ended, or was stopped."""


class OutOfTurn(Exception):
    """The file does not end where the request would go on: another one wrote meanwhile."""


class Part:
    """A file that is open to grow."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def append(self, block: bytes, *, at: int) -> None:
        """Write `block`, if the file ends at `at`. Raises OutOfTurn, Gone.

        The lock is held for this one write: a request whose client has vanished holds nothing.
        """
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        try:
            facts = os.fstat(self._handle)
            if not facts.st_nlink:
                raise Gone
            if facts.st_size != at:
                raise OutOfTurn
            rest = memoryview(block)
            while rest:
                rest = rest[os.write(self._handle, rest) :]
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)


class Parts:
    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def begin(self, *, metadata: str) -> str:
        """An empty file, and its token. `metadata` is what the client told, word for word."""
        token = secrets.token_urlsafe(32)
        try:
            for path, text in ((self._told(token), metadata), (self._path(token), "")):
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "w") as file:
                    file.write(text)
            self._sync()  # before a row names it
        except OSError:
            self.remove(token)
            raise
        return token

    def is_there(self, token: str) -> bool:
        """Whether its file can still grow to a whole, and be taken in."""
        return self._path(token).exists() and self._told(token).exists()

    def size(self, token: str) -> int:
        """Bytes that have come. Raises Gone."""
        try:
            return self._path(token).stat().st_size
        except FileNotFoundError as error:
            raise Gone from error

    def metadata(self, token: str) -> str:
        """What the client told, word for word; nothing once the upload has ended."""
        try:
            return self._told(token).read_text()
        except FileNotFoundError:
            return ""

    @contextmanager
    def growing(self, token: str) -> Iterator[Part]:
        """Raises Gone."""
        try:
            handle = os.open(self._path(token), os.O_WRONLY | os.O_APPEND)
        except FileNotFoundError as error:
            raise Gone from error
        try:
            yield Part(handle)
        finally:
            os.close(handle)

    @contextmanager
    def alone_with(self, token: str) -> Iterator[bool]:
        """Whether it is ours now, in this and every other process; False as well once it has
        ended. Whoever dies lets go of it. It goes on growing meanwhile, if it does."""
        try:
            handle = os.open(self._told(token), os.O_RDONLY)
        except FileNotFoundError:
            yield False
            return
        try:
            yield _is_locked(handle)
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)  # for a child that was forked meanwhile as well
            os.close(handle)

    def head(self, token: str, size: int) -> bytes:
        """The first bytes. Raises Gone."""
        with self._reading(token) as file:
            return file.read(size)

    def sha256(self, token: str) -> str:
        """In hex, read from the file. Raises Gone."""
        with self._reading(token) as file:
            return file_digest(file, "sha256").hexdigest()

    def twin(self, token: str) -> Path:
        """A second name of the file, to give away: the file stays until we remove it. Raises
        Gone."""
        path = self.folder / f"{token}.{secrets.token_hex(8)}"
        try:
            path.hardlink_to(self._path(token))
        except FileNotFoundError as error:
            raise Gone from error
        return path

    def aside(self) -> IO[bytes]:
        """A file without a name, on the same disk: it is gone with the process that has it."""
        return TemporaryFile(dir=self.folder)

    def remove(self, token: str) -> None:
        """The file and all that lies beside it; no error if it is gone already."""
        for path in [self._path(token), *self.folder.glob(f"{token}.*")]:
            path.unlink(missing_ok=True)

    def older_than(self, instant: float) -> Iterator[str]:
        """Tokens of files that nobody touched since; `instant` in seconds since 1970."""
        for entry in list(os.scandir(self.folder)):
            ours = _UPLOADS.fullmatch(entry.name)
            if ours and _is_older(entry, instant):
                yield ours["token"]

    def clear_passing(self, *, before: float) -> None:
        """Files that a killed process left, of those that are there for a moment only; `before`
        in seconds since 1970."""
        for entry in list(os.scandir(self.folder)):
            if _PASSING.fullmatch(entry.name) and _is_older(entry, before):
                Path(entry).unlink(missing_ok=True)

    @contextmanager
    def _reading(self, token: str) -> Iterator[BufferedReader]:
        try:
            file = self._path(token).open("rb")
        except FileNotFoundError as error:
            raise Gone from error
        with file:
            yield file

    def _sync(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _path(self, token: str) -> Path:
        return self.folder / token

    def _told(self, token: str) -> Path:
        return self.folder / f"{token}.metadata"


def _is_locked(handle: int) -> bool:
    """Ours until the handle is closed; never waits for another who has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_older(entry: os.DirEntry[str], instant: float) -> bool:
    """Of files only."""
    try:
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_mtime < instant
