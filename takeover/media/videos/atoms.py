"""A movie's table of contents, read by ourselves, before any library is let near the file.

ISO 14496-12 and the QuickTime File Format. What is counted here is what decoders make room for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import SEEK_END
from struct import iter_unpack, unpack_from
from typing import BinaryIO

from takeover.media.boxes import boxes
from takeover.media.videos.refusals import (
    ClipIncomplete,
    ClipUnreadable,
    FramesTooLarge,
    IsLocked,
    NoPicture,
    TooManyFrames,
    TooManyTracks,
)

MOST_TABLE = 32_000_000
"""Bytes of `moov`. Fifteen minutes from a phone, with all its sensor tracks, need about four."""

MOST_TRACKS = 32
"""Phones write up to ten: picture, sound, depth, and what their sensors felt."""

MOST_FRAMES = 220_000
"""Fifteen minutes of slow motion at 240 per second."""

MOST_SAMPLES = 1_000_000
"""Of a track that is not pictures; fifteen minutes of AAC have 42,000."""

MOST_PIXELS = 35_400_000
"""8K as cinema cameras have it: 8192 x 4320."""

UPRIGHT = (1, 0, 0, 1)
_OUTERMOST = {b"ftyp", b"moov", b"moof", b"mdat", b"free", b"skip", b"wide", b"uuid", b"meta"}
_LOCKED = {b"encv", b"enca", b"drms", b"drmi", b"p608"}
_PLAIN_DOLBY = 5


@dataclass(frozen=True)
class Track:
    """What one track claims of itself."""

    id: int
    kind: bytes
    """`vide`, `soun`, or what else there is."""
    matrix: tuple[int, int, int, int]
    """How stored pixels are turned: x' = a x + c y, y' = b x + d y, each of -1, 0, 1."""
    elsewhere: bool
    """Its samples are in another file."""
    without_base: bool
    """Dolby Vision that ordinary decoders show in false colours."""


@dataclass(frozen=True)
class Movie:
    """A file that is whole as far as its boxes tell."""

    tracks: tuple[Track, ...]
    fragmented: bool
    """The frames are listed along the way, not in the table of contents."""


def read_movie(source: BinaryIO) -> Movie:
    """Raises Refused: a cut file, too many tracks or frames, nothing to see."""
    table, fragmented = _table(source)
    tracks = []
    for kind, body in boxes(table):
        if kind == b"trak":
            tracks.append(body)
        fragmented = fragmented or kind == b"mvex"
    if len(tracks) > MOST_TRACKS:
        raise TooManyTracks(tracks=len(tracks), most=MOST_TRACKS)
    movie = Movie(tuple(_track(body, table) for body in tracks), fragmented)
    if not any(track.kind == b"vide" for track in movie.tracks):
        raise NoPicture
    return movie


def _table(source: BinaryIO) -> tuple[bytes, bool]:
    """The content of `moov`, and whether there are fragments."""
    table, fragmented, samples = b"", False, False
    for kind, at, size in _outermost(source):
        if kind == b"moov" and not table:
            if size > MOST_TABLE:
                raise TooManyFrames(frames=size // 16, most=MOST_FRAMES)
            source.seek(at)
            table = source.read(size)
        fragmented = fragmented or kind == b"moof"
        samples = samples or kind == b"mdat"
    if not (table and samples):
        raise ClipIncomplete
    return table, fragmented


def _outermost(source: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start of content, size of content of each outermost box; only heads are read."""
    length, at, seen = source.seek(0, SEEK_END), 0, False
    while at + 8 <= length:
        source.seek(at)
        head = source.read(16)
        size, start = int.from_bytes(head[:4], "big"), 8
        kind = head[4:8]
        if size == 1:
            size, start = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = length - at
        if size < start or not kind.isascii():
            break  # makers put things of their own behind the last box
        if at + size > length and kind in _OUTERMOST:
            raise ClipIncomplete
        yield kind, at + start, size - start
        seen, at = seen or kind == b"moov", at + size
    if at < length and not seen:
        raise ClipIncomplete


def _inside(data: bytes, *path: bytes) -> bytes:
    """The content of the first box at `path`; empty where there is none."""
    for wanted in path:
        data = next((body for kind, body in boxes(data) if kind == wanted), b"")
    return data


def _track(body: bytes, table: bytes) -> Track:
    kind = _inside(body, b"mdia", b"hdlr")[8:12]
    media = _inside(body, b"mdia", b"minf")
    samples = _inside(media, b"stbl")
    _limit_count(kind, samples)
    entries = tuple(boxes(_inside(samples, b"stsd")[8:]))[:8]
    for codec, entry in entries:
        if codec in _LOCKED:
            raise IsLocked
        if kind == b"vide":
            _limit_pixels(entry)
    head = _inside(body, b"tkhd")
    return Track(
        id=_number(head, 20 if head[:1] == b"\x01" else 12),
        kind=kind,
        matrix=_matrix(head, _inside(table, b"mvhd")),
        elsewhere=_elsewhere(_inside(media, b"dinf", b"dref")),
        without_base=any(_is_plain_dolby(entry) for _, entry in entries),
    )


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _limit_count(kind: bytes, samples: bytes) -> None:
    """By the tables of sizes and of times: either makes decoders count as far as it says."""
    table = _inside(samples, b"stts")[8:]
    times = tuple(iter_unpack(">II", table[: len(table) // 8 * 8]))
    if kind == b"soun" and len(times) == 1 and times[0][1] == 1:
        return  # PCM: every sample is listed, and then they are read by the chunk
    sizes = (_number(_inside(samples, name), 8) for name in (b"stsz", b"stz2"))
    count = max(*sizes, sum(count for count, _ in times))
    if kind == b"vide" and count > MOST_FRAMES:
        raise TooManyFrames(frames=count, most=MOST_FRAMES)
    if count > MOST_SAMPLES:
        raise ClipUnreadable


def _limit_pixels(entry: bytes) -> None:
    if len(entry) >= 28:
        width, height = unpack_from(">HH", entry, 24)
        if width * height > MOST_PIXELS:
            raise FramesTooLarge(width=width, height=height, most=MOST_PIXELS)


def _matrix(track: bytes, movie: bytes) -> tuple[int, int, int, int]:
    """The track's turn, then the movie's; upright where it is no quarter turn or mirror."""
    inner = _signs(track, 52 if track[:1] == b"\x01" else 40)
    outer = _signs(movie, 48 if movie[:1] == b"\x01" else 36)
    a, b, c, d = inner
    e, f, g, h = outer
    return (a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h)


def _signs(head: bytes, at: int) -> tuple[int, int, int, int]:
    if len(head) < at + 36:
        return UPRIGHT
    a, b, _, c, d = unpack_from(">5i", head, at)
    a, b, c, d = ((v > 0) - (v < 0) if abs(v) > 0x8000 else 0 for v in (a, b, c, d))
    straight = (abs(a), abs(b), abs(c), abs(d)) in ((1, 0, 0, 1), (0, 1, 1, 0))
    return (a, b, c, d) if straight else UPRIGHT


def _elsewhere(references: bytes) -> bool:
    """Whether a data reference is none to the file itself (its flag 1)."""
    return any(not _number(body, 0) & 1 for _, body in boxes(references[8:]))


def _is_plain_dolby(entry: bytes) -> bool:
    """The Dolby Vision configuration, behind the 78 bytes every visual sample entry begins with."""
    for kind, body in boxes(entry[78:]):
        if kind in (b"dvcC", b"dvvC") and len(body) > 2:
            return body[2] >> 1 == _PLAIN_DOLBY
    return False
