"""Pushing a clip's bytes to Instagram, from its open file, going on where it broke off."""

import io
import time
from typing import BinaryIO

from takeover.instagram.graph.answers import GraphError, number_in, succeeded
from takeover.instagram.graph.client import GraphClient
from takeover.instagram.publisher import StillProcessing


def push(clip: BinaryIO, container: str, uri: str, *, client: GraphClient, begun: bool) -> None:
    """Returns when Instagram has it all. `begun`: some of it may be there already.

    Raises StillProcessing where some went over and the rest is to follow, else GraphError.
    """
    size = clip.seek(0, io.SEEK_END)
    offset = _taken(client, container) if begun else 0
    if offset >= size:
        return
    try:
        rest = _Rest(clip, offset, size, until=time.monotonic() + client.patience.upload)
        succeeded(client.push(uri, rest, offset=offset, size=size))
    except GraphError as error:
        cut_off = error.left and not error.status
        if not cut_off or _taken_on(client, container) <= offset:
            raise
        raise StillProcessing(f"the clip is on its way; {error}") from None


class _Rest:
    """The file from an offset on. It is never held whole, and not read for ever."""

    def __init__(self, clip: BinaryIO, offset: int, size: int, *, until: float) -> None:
        self._clip, self._left, self._until = clip, size - offset, until
        clip.seek(offset)

    def __len__(self) -> int:
        return self._left

    def __iter__(self) -> "_Rest":
        return self

    def __next__(self) -> bytes:
        block = self.read(64 * 1024)
        if not block:
            raise StopIteration
        return block

    def read(self, size: int = -1, /) -> bytes:
        if time.monotonic() > self._until:
            raise TimeoutError("the clip takes too long")
        block = self._clip.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(block)
        return block


def _taken(client: GraphClient, container: str) -> int:
    """How many bytes Instagram has. Raises GraphError."""
    status = client.get(container, fields="video_status").get("video_status")
    phase = status.get("uploading_phase") if isinstance(status, dict) else None
    if not isinstance(phase, dict):  # it has seen none of it yet
        return 0
    return number_in(phase, "bytes_transferred") if "bytes_transferred" in phase else 0


def _taken_on(client: GraphClient, container: str) -> int:
    """The same, after a push has failed: what cannot be read is no progress."""
    try:
        return _taken(client, container)
    except GraphError:
        return 0
