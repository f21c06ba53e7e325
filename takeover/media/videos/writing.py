"""An MP4 as Instagram wants it, into an open file: moov first, no edit list, nothing told of us."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import SEEK_CUR, SEEK_END
from typing import BinaryIO

import av
from av.bitstream import BitStreamFilterContext
from av.container import OutputContainer
from av.video.stream import VideoStream

_WITHOUT_SEI = "filter_units=remove_types=6"
"""Supplemental information of H.264: encoders write their names in it, and cameras theirs."""


@contextmanager
def mp4(file: BinaryIO, *, reordered: bool = False) -> Iterator[OutputContainer]:
    """`file` is written anew from its beginning; it must be readable too.

    `reordered`: there are frames that are stored later than they are shown.
    """
    file.seek(0)
    file.truncate()
    options = {
        # Written last, the table of contents is then moved to the front, through a second view of
        # the file. Without edit lists a shift of times would be lost: there must be none.
        "movflags": "faststart" + "+negative_cts_offsets" * reordered,
        "use_editlist": "0",
        "avoid_negative_ts": "disabled",
        "fflags": "+bitexact",
    }

    def look(url: str, flags: int, options: dict[str, str]) -> "_View":
        return _View(file)

    with av.open(file, "w", format="mp4", options=options, io_open=look) as container:
        yield container


def without_sei(stream: VideoStream) -> BitStreamFilterContext:
    """For packets of our own encoder, whose header must be written already."""
    return BitStreamFilterContext(_WITHOUT_SEI, in_stream=stream)


class _View:
    """Reads a file at a place of its own, and leaves the file's where it was."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._at = file, 0

    def read(self, size: int = -1) -> bytes:
        kept = self._file.tell()
        self._file.seek(self._at)
        data = self._file.read(size)
        self._file.seek(kept)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == SEEK_END:
            kept = self._file.tell()
            offset += self._file.seek(0, SEEK_END)
            self._file.seek(kept)
        self._at = offset + (self._at if whence == SEEK_CUR else 0)
        return self._at

    def tell(self) -> int:
        return self._at
