"""What a clip is, from its headers; nothing is decoded but what the headers need."""

from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO, Literal

from av.video.codeccontext import VideoCodecContext

from takeover.media.recipe import LEAST_SECONDS
from takeover.media.videos.atoms import MOST_FRAMES, MOST_PIXELS
from takeover.media.videos.opening import Clip, opened
from takeover.media.videos.refusals import (
    ClipTooLong,
    ClipTooShort,
    DoesNotMove,
    FramesTooLarge,
    TooManyFrames,
)
from takeover.media.videos.tone import Colours

MOST_SECONDS = 15 * 60.0

_TRANSFERS: dict[int, Colours] = {16: "pq", 18: "hlg"}  # ITU-T H.273, table 3
_PRIMARIES: dict[int, Colours] = {9: "bt2020", 12: "p3"}  # table 2


@dataclass(frozen=True)
class Facts:
    """`width` and `height` in square pixels, upright; `duration` in seconds."""

    container: Literal["mp4", "mov", "gif"]
    width: int
    height: int
    duration: float
    fps: float
    """Frames in a second, on average."""
    has_audio: bool
    video_codec: str
    audio_codec: str | None
    colours: Colours | None
    frames: int
    """As listed or, where nothing lists them, counted."""
    bytes: int


def inspect(source: BinaryIO) -> Facts:
    """Read what the headers claim, and hold it against the limits.

    Raises `Refused`. What it accepts `prepare` may still refuse: the pictures are not looked at.
    """
    with opened(source) as clip:
        return facts_of(clip)


def facts_of(clip: Clip) -> Facts:
    """Of a clip that is open already. Raises `Refused`."""
    picture, sound = clip.picture, clip.sound
    duration, frames = _listed(clip) if clip.listed else _counted(clip)
    _limit(clip, duration, frames)
    width, height = upright_size(clip)
    return Facts(
        container=clip.kind,
        width=width,
        height=height,
        duration=duration,
        fps=_fps(clip, duration, frames),
        has_audio=sound is not None,
        video_codec=picture.codec_context.name,
        audio_codec=sound.codec_context.name if sound else None,
        colours=_colours(picture.codec_context),
        frames=frames,
        bytes=clip.bytes,
    )


def _colours(context: VideoCodecContext) -> Colours | None:
    """As the picture itself tells; None for those of BT.709, and where it tells nothing."""
    bright = _TRANSFERS.get(int(context.color_trc))
    return bright or _PRIMARIES.get(int(context.color_primaries))


def upright_size(clip: Clip) -> tuple[int, int]:
    """Pixels made square by stretching, never by leaving some out; then turned."""
    context = clip.picture.codec_context
    width, height = context.width, context.height
    aspect = clip.picture.sample_aspect_ratio
    if aspect and Fraction(1, 10) <= aspect <= 10:
        width = round(width * aspect) if aspect > 1 else width
        height = round(height / aspect) if aspect < 1 else height
    return (width, height) if clip.matrix[0] else (height, width)


def _fps(clip: Clip, duration: float, frames: int) -> float:
    """As the container tells, which knows of what an edit list leaves out."""
    told = float(clip.picture.average_rate or 0) if clip.listed else 0.0
    return told if 0 < told < 1000 else frames / duration


def _listed(clip: Clip) -> tuple[float, int]:
    """Seconds until the last picture is over, and how many there are."""
    picture = clip.picture
    base = picture.time_base or Fraction(1)
    begun = float((picture.start_time or 0) * base) - clip.origin
    return begun + float((picture.duration or 0) * base), picture.frames


def _counted(clip: Clip) -> tuple[float, int]:
    """By reading packets, without decoding."""
    base, frames, ends = clip.picture.time_base or Fraction(1), 0, 0
    for packet in clip.container.demux(clip.picture):
        if packet.pts is None:
            continue
        frames, ends = frames + 1, max(ends, packet.pts + (packet.duration or 0))
        if frames > MOST_FRAMES or float(ends * base) - clip.origin > MOST_SECONDS:
            break
    clip.container.seek(0)
    return float(ends * base) - clip.origin, frames


def _limit(clip: Clip, duration: float, frames: int) -> None:
    width, height = clip.picture.codec_context.width, clip.picture.codec_context.height
    if width * height > MOST_PIXELS:
        raise FramesTooLarge(width=width, height=height, most=MOST_PIXELS)
    if clip.picture.codec_context.name == "gif" and frames <= 1:
        raise DoesNotMove
    if duration > MOST_SECONDS:
        raise ClipTooLong(seconds=duration, most=MOST_SECONDS)
    if duration < LEAST_SECONDS or not frames:
        raise ClipTooShort(seconds=duration, least=LEAST_SECONDS)
    if frames > MOST_FRAMES:
        raise TooManyFrames(frames=frames, most=MOST_FRAMES)
