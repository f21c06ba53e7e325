"""Instagram's rules on clips: Meta, "IG User Media", the tables for reels and stories."""

import io
from dataclasses import dataclass
from fractions import Fraction
from struct import error as NotThere  # noqa: N812
from struct import unpack_from

import av

from takeover.instagram.rehearsal.posts import Photo, Video

CODECS = {"h264", "hevc"}
MOST_COLUMNS = 1920
MOST_BITS = 25_000_000  # per second
SLOWEST, FASTEST = 23, 60  # frames per second
MOST_HERTZ = 48_000
_SLACK = 0.2  # seconds; and frames per second: 23.976 is 24
_NESTED = {b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl"}


class VideoRefused(Exception):
    """Instagram would not take this clip; the message says why."""

    code, subcode = 352, 2207026


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a clip may be where it is shown. Durations are in seconds, ratios width to height."""

    shortest: float = 3
    longest: float
    largest: int
    narrowest: float
    widest: float = 10


REEL = Limits(longest=15 * 60, largest=300_000_000, narrowest=0.01)
STORY = Limits(longest=60, largest=100_000_000, narrowest=0.1)
CHILD = Limits(longest=60, largest=300_000_000, narrowest=0.01)  # of a carousel


def look_at(data: bytes, limits: Limits, *, cover: Photo | None = None) -> Video:
    """Accept a clip; raises VideoRefused."""
    if len(data) > limits.largest:
        raise VideoRefused(f"The clip has {len(data)} bytes; {limits.largest} are allowed.")
    _look_at_boxes(data)
    try:
        with av.open(io.BytesIO(data), "r", format="mov") as container:
            return _look_into(container, data, limits, cover)
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise VideoRefused("This is not a whole MP4.") from error


def first_frame(video: Video) -> bytes:
    """A JPEG of what a clip begins with: its cover where nobody chose one."""
    out = io.BytesIO()
    with av.open(io.BytesIO(video.data), "r", format="mov") as container:
        frame = next(container.decode(video=0))
        frame.to_image().save(out, "JPEG")  # type: ignore[no-untyped-call]
    return out.getvalue()


def _look_at_boxes(data: bytes) -> None:
    """MP4 or MOV, the table of contents before the pictures, no edit lists."""
    names = _boxes(data, 0, len(data))
    if not names or names[0] != b"ftyp":
        raise VideoRefused("This is neither MP4 nor MOV.")
    if b"moov" not in names:
        raise VideoRefused("This is not a whole MP4.")
    if b"mdat" in names and names.index(b"mdat") < names.index(b"moov"):
        raise VideoRefused("The moov atom is not at the front.")
    if b"elst" in names:
        raise VideoRefused("The clip has an edit list.")


def _boxes(data: bytes, at: int, end: int) -> list[bytes]:
    """The names of the boxes, in the order of the file; those of the table with what is in them."""
    names: list[bytes] = []
    while at + 8 <= end:
        size, name = unpack_from(">I4s", data, at)
        inside = at + 8
        try:
            if size == 1:
                (size,) = unpack_from(">Q", data, at + 8)
                inside = at + 16
        except NotThere:
            return names
        stop = end if size == 0 else at + size
        if stop < inside or stop > end:
            raise VideoRefused("This is not a whole MP4.")
        names.append(name)
        if name in _NESTED:
            names += _boxes(data, inside, stop)
        at = stop
    return names


def _look_into(
    container: av.container.InputContainer, data: bytes, limits: Limits, cover: Photo | None
) -> Video:
    picture = container.streams.video[0]
    duration = float(container.duration or 0) / av.time_base
    if not limits.shortest - _SLACK <= duration <= limits.longest + _SLACK:
        raise VideoRefused(
            f"The clip is {duration:.1f} seconds long; "
            f"{limits.shortest:g} to {limits.longest:g} are allowed."
        )
    if len(data) * 8 / duration > MOST_BITS:
        raise VideoRefused("The clip has more than 25 Mbps.")
    width, height = _look_at_picture(picture, limits)
    for sound in container.streams.audio:
        _look_at_sound(sound)
    return Video(data=data, width=width, height=height, duration=duration, cover=cover)


def _look_at_picture(picture: av.VideoStream, limits: Limits) -> tuple[int, int]:
    context = picture.codec_context
    if context.name not in CODECS:
        raise VideoRefused(f"The codec is {context.name}, neither H.264 nor HEVC.")
    if context.pix_fmt not in ("yuv420p", "yuvj420p", "yuv420p10le"):
        raise VideoRefused(f"The picture is {context.pix_fmt}, not 4:2:0.")
    rate = picture.average_rate or Fraction(0)
    if not SLOWEST - _SLACK <= rate <= FASTEST + _SLACK:
        raise VideoRefused(f"{float(rate):.1f} frames per second; 23 to 60 are allowed.")
    width, height = context.width, context.height
    if width > MOST_COLUMNS:
        raise VideoRefused(f"The clip is {width} columns wide; {MOST_COLUMNS} are allowed.")
    if not limits.narrowest <= width / height <= limits.widest:
        raise VideoRefused(f"{width}x{height} is too narrow or too wide.")
    return width, height


def _look_at_sound(sound: av.AudioStream) -> None:
    context = sound.codec_context
    if context.name != "aac":
        raise VideoRefused(f"The sound is {context.name}, not AAC.")
    if context.sample_rate > MOST_HERTZ or context.channels > 2:
        raise VideoRefused("The sound has more than 48 kHz or two channels.")
