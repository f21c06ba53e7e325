"""What the bytes amount to (SHA-256), counted while they pass.

A process remembers how far it got with the latest uploads. Where it does not know, because another
process took the bytes before, or it was started anew, the file is read once when it is whole.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Protocol

MOST_REMEMBERED = 64


class Digest(Protocol):
    def update(self, block: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


class _Running:
    """A digest, and of how many bytes; `known` is False where the bytes before are missing."""

    def __init__(self, offset: int, digest: Digest | None) -> None:
        self.offset, self._digest = offset, digest

    @property
    def known(self) -> bool:
        return self._digest is not None

    def update(self, block: bytes) -> None:
        if self._digest is not None:
            self._digest.update(block)
            self.offset += len(block)

    def hexdigest(self) -> str | None:
        return self._digest.hexdigest() if self._digest is not None else None


_remembered: OrderedDict[str, _Running] = OrderedDict()
_lock = Lock()


@contextmanager
def going_on(token: str, offset: int) -> Iterator[_Running]:
    """The digest of the first `offset` bytes, to go on with. It is nobody else's meanwhile, and
    is given only bytes that are in the file: so it is right however this ends."""
    running = _taken(token, offset)
    try:
        yield running
    finally:
        if running.known:
            _remember(token, running)


def found(token: str, length: int) -> str | None:
    """In hex, if this process saw all of the `length` bytes pass."""
    return _taken(token, length).hexdigest()


def _taken(token: str, offset: int) -> _Running:
    with _lock:
        running = _remembered.pop(token, None)
    if running is not None and running.offset == offset:
        return running
    return _Running(offset, None if offset else hashlib.sha256())


def _remember(token: str, running: _Running) -> None:
    with _lock:
        _remembered[token] = running
        while len(_remembered) > MOST_REMEMBERED:
            _remembered.popitem(last=False)
