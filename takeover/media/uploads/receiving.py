"""Taking the bytes of one request, as they come from the socket."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from werkzeug.exceptions import ClientDisconnected

from takeover.media.uploads import digests
from takeover.media.uploads.parts import Parts
from takeover.media.uploads.protocol import Checksum, Mismatch, Problem

# What a connection that breaks may take with it; as much as a slow phone sends in a second.
BLOCK = 64 * 1024


class CutOff(Problem):
    """The connection broke, or fell silent, before the body's end. What had come is kept."""

    def __init__(self) -> None:
        super().__init__(408, "The body ended early; what came of it is kept.")


def receive(
    body: IO[bytes],
    *,
    parts: Parts,
    token: str,
    offset: int,
    length: int,
    promised: Checksum | None,
) -> None:
    """Put the body's bytes behind the first `offset` ones of a file of `length` bytes.

    Raises CutOff, Mismatch (and then nothing is kept), OutOfTurn, Gone.
    """
    if promised is None:
        _append(body, parts=parts, token=token, offset=offset, length=length)
        return
    with _checked(body, promised, parts) as right:
        _append(right, parts=parts, token=token, offset=offset, length=length)


def _append(body: IO[bytes], *, parts: Parts, token: str, offset: int, length: int) -> None:
    with parts.growing(token) as part, digests.going_on(token, offset) as digest:
        for block in _blocks(body, most=length - offset):
            part.append(block, at=offset)
            offset += len(block)
            digest.update(block)
        if offset == length:
            part.settle()


@contextmanager
def _checked(body: IO[bytes], promised: Checksum, parts: Parts) -> Iterator[IO[bytes]]:
    """The body, from a file it was kept in until it was known to be right."""
    digest = hashlib.new(promised.algorithm, usedforsecurity=False)
    with parts.aside() as kept:
        for block in _blocks(body):
            kept.write(block)
            digest.update(block)
        if digest.digest() != promised.digest:
            raise Mismatch
        kept.seek(0)
        yield kept


def _blocks(body: IO[bytes], *, most: int | None = None) -> Iterator[bytes]:
    """No more than `most` bytes in all. Raises CutOff."""
    while most is None or most > 0:
        try:
            block = body.read(BLOCK if most is None else min(BLOCK, most))
        except (ClientDisconnected, OSError) as error:
            raise CutOff from error
        if not block:
            return
        yield block
        if most is not None:
            most -= len(block)
