"""Having a file prepared where it can do no harm: by a child of the program `preparer`.

Decoders are written in C and C++, and broken files make them crash, hang or eat memory. None of
them ever runs in a process that has a database, a secret, or somebody else's file.
"""

import atexit
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from time import monotonic
from typing import Any, BinaryIO

from config import ROOT
from takeover.media.made import Made, from_head
from takeover.media.reasons import named
from takeover.media.recipe import Recipe
from takeover.media.recognising import Format

PROGRAM = "takeover.media.preparer"

SILENCE = 120.0
"""Seconds without a word after which a child is given up: it tells how far it is every second."""

LONGEST = 7200.0
"""Seconds that a child may take in all: a quarter of an hour in 4K takes a quarter of that."""

LONGEST_LINE, MOST_BYTES = 65_536, 60_000_000
"""Of an answer: a child that a file has taken over may say anything."""

PIPE = 1 << 20
"""Bytes of an answer that wait for us, as much as Linux gives to everybody."""

LOOK = 1.0
"""Seconds after which `still_wanted` is asked again, word or no word."""

StillWanted = Callable[[float], bool]
"""Is told the part that is done, 0 ... 1; answers whether to go on."""


class NotWanted(Exception):
    """`still_wanted` said no; the child is gone."""


class Crashed(Exception):
    """The child ended without an answer: the file was more than its decoder or its limits bore."""


def make(
    source: BinaryIO,
    form: Format,
    recipe: Recipe,
    *,
    video: BinaryIO,
    still_wanted: StillWanted = lambda _part: True,
) -> Made:
    """Make everything of the file `source`; a video is written to `video`. Both are real files.

    Raises Refused, NotWanted, Crashed.
    """
    form.check_size(os.fstat(source.fileno()).st_size)
    question = json.dumps(
        {"kind": "video" if form.is_video else "photo", "recipe": recipe.as_json()}
    ).encode()
    with _asked(question, source, video) as answer:
        return _listen(answer, still_wanted)


def warm_up() -> None:
    """Have the program loaded by the time the first file is here."""
    with _preparer.lock:
        _preparer.running()


class _Preparer:
    """The program, started when it is needed; it ends by itself when nobody asks."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, question: bytes, files: list[int]) -> None:
        with self.lock:
            try:
                socket.send_fds(self.running(), [question], files)
            except OSError:  # it ended the moment we asked
                self._end()
                socket.send_fds(self.running(), [question], files)

    def running(self) -> socket.socket:
        """Where to ask. Whoever was forked from its owner needs one of its own."""
        process = self._process
        if self._socket is None or process is None or process.poll() is not None:
            return self._start()
        return self._socket if self._owner == os.getpid() else self._start()

    def _start(self) -> socket.socket:
        self._end()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", PROGRAM],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # what libraries say of a file may be personal
            cwd=ROOT,
            env={
                "PATH": os.defpath,
                "LANG": "C.UTF-8",
                # Large pages: a child touches each of its own for the first time.
                "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
            },
        )
        theirs.close()
        self._socket, self._owner = ours, os.getpid()
        return ours

    def _end(self) -> None:
        if self._socket is not None:
            self._socket.close()  # which ends it
        if self._process is not None and self._owner == os.getpid():
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
        self._socket = self._process = None

    def end(self) -> None:
        with self.lock:
            self._end()


_preparer = _Preparer()
atexit.register(_preparer.end)


@contextmanager
def _asked(question: bytes, source: BinaryIO, video: BinaryIO) -> Iterator[BinaryIO]:
    """The answer to read from."""
    mine, theirs = os.pipe()
    fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, PIPE)  # an answer at once, not in ten pieces
    with open(mine, "rb", buffering=0) as answer:
        try:
            _preparer.ask(question, [source.fileno(), video.fileno(), theirs])
        finally:
            os.close(theirs)
        yield answer


def _listen(answer: BinaryIO, still_wanted: StillWanted) -> Made:
    heard = _Heard(answer, still_wanted)
    try:
        while True:
            told = heard.line()
            if "refused" in told:
                raise named(told["refused"], told["facts"])
            if "broken" in told:
                raise Crashed(told["broken"])
            if "made" in told:
                return from_head(told["made"], heard.exactly)
    except (KeyError, TypeError, ValueError, LookupError, ArithmeticError) as error:
        heard.kill()
        raise Crashed("an answer that is none") from error
    except (NotWanted, Crashed):
        heard.kill()
        raise
    finally:
        heard.close()


class _Heard:
    """Lines, and bytes behind them, from a child that may fall silent or say anything."""

    def __init__(self, answer: BinaryIO, still_wanted: StillWanted) -> None:
        self._answer, self._still_wanted = answer, still_wanted
        self._rest, self._part, self._bytes = bytearray(), 0.0, 0
        self._end = monotonic() + LONGEST
        self._child = self._opened_child()

    def line(self) -> dict[str, Any]:
        """Raises ValueError for what is none."""
        while (end := self._rest.find(b"\n")) < 0:
            if len(self._rest) > LONGEST_LINE:
                raise ValueError("a line without an end")
            self._more()
        told: dict[str, Any] = json.loads(self._taken(end + 1))
        self._part = float(told.get("part", self._part))
        return told

    def exactly(self, size: int) -> bytes:
        """Raises ValueError for more than any answer has."""
        self._bytes += size
        if size < 0 or self._bytes > MOST_BYTES:
            raise ValueError("more bytes than there can be")
        while len(self._rest) < size:
            self._more()
        return self._taken(size)

    def kill(self) -> None:
        if self._child is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._child, signal.SIGKILL)

    def close(self) -> None:
        if self._child is not None:
            os.close(self._child)
            self._child = None

    def _opened_child(self) -> int | None:
        """The first line is not the child's own: it has not begun."""
        self._child = None
        try:
            return os.pidfd_open(self.line()["pid"])
        except ProcessLookupError:
            return None

    def _taken(self, size: int) -> bytes:
        data = bytes(self._rest[:size])
        del self._rest[:size]
        return data

    def _more(self) -> None:
        until = min(monotonic() + SILENCE, self._end)
        while not select.select([self._answer], [], [], LOOK)[0]:
            self._look(until)
        read = self._answer.read(1 << 20)
        if not read:
            raise Crashed("ended without an answer")
        self._rest += read
        self._look(self._end)

    def _look(self, until: float) -> None:
        if not self._still_wanted(self._part):
            raise NotWanted
        if monotonic() > until:
            raise Crashed("silent for too long")
