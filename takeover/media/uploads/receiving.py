"""Taking the bytes of one request, as they come from the socket."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from werkzeug.exceptions import ClientDisconnected

from takeover.media.full import noticing_a_full_disk
from takeover.media.uploads.parts import OutOfTurn, Parts
from takeover.media.uploads.protocol import Checksum, Mismatch, Problem

# What a connection that breaks may take with it; as much as a slow phone sends in a second.
BLOCK = 64 * 1024

MOST_CHECKED = 64 * 1024 * 1024
"""Bytes of a body with a checksum: all of them are written aside first."""


class CutOff(Problem):
    """The connection broke, or fell silent, before the body's end. What had come is kept."""

    def __init__(self) -> None:
        super().__init__(408, "The body ended early; what came of it is kept.")


class TooLong(Problem):
    """The body is longer than `most` bytes."""

    def __init__(self, most: int) -> None:
        super().__init__(413, f"Only {most} bytes are missing.")


class TooLongToCheck(Problem):
    def __init__(self) -> None:
        super().__init__(
            413, f"A body with Upload-Checksum may have {MOST_CHECKED} bytes; send it in pieces."
        )


def check_length(length: int, *, most: int, promised: Checksum | None) -> None:
    """Of a body that says how long it is. Raises TooLong, TooLongToCheck."""
    if length > most:
        raise TooLong(most)
    if promised is not None and length > MOST_CHECKED:
        raise TooLongToCheck


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

    Raises CutOff, OutOfTurn, Gone, DiskFull; and Mismatch, TooLong, TooLongToCheck: then nothing is
    kept.
    """
    with noticing_a_full_disk():
        if promised is None:
            _append(body, parts=parts, token=token, offset=offset, length=length)
            return
        if parts.size(token) != offset:
            raise OutOfTurn
        with _checked(body, promised, parts, most=length - offset) as right:
            _append(right, parts=parts, token=token, offset=offset, length=length)


def _append(body: IO[bytes], *, parts: Parts, token: str, offset: int, length: int) -> None:
    with parts.growing(token) as part:
        for block in _blocks(body, most=length - offset):
            part.append(block, at=offset)
            offset += len(block)


@contextmanager
def _checked(
    body: IO[bytes], promised: Checksum, parts: Parts, *, most: int
) -> Iterator[IO[bytes]]:
    """The body, from a file it was kept in until it was known to be right."""
    digest = hashlib.new(promised.algorithm, usedforsecurity=False)
    with parts.aside() as kept:
        for block in _blocks(body, most=min(most, MOST_CHECKED) + 1):
            kept.write(block)
            digest.update(block)
        check_length(kept.tell(), most=most, promised=promised)
        if digest.digest() != promised.digest:
            raise Mismatch
        kept.seek(0)
        yield kept


def _blocks(body: IO[bytes], *, most: int) -> Iterator[bytes]:
    """No more than `most` bytes in all. Raises CutOff."""
    while most > 0:
        try:
            block = body.read(min(BLOCK, most))
        except (ClientDisconnected, OSError) as error:
            raise CutOff from error
        if not block:
            return
        yield block
        most -= len(block)
