"""Decoded frames of a clip, each with the second at which it is due."""

from collections.abc import Iterator
from dataclasses import replace

import av
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from takeover.media.videos.atoms import MOST_FRAMES, MOST_PIXELS
from takeover.media.videos.opening import Clip
from takeover.media.videos.refusals import ClipIncomplete, FramesTooLarge, TooManyFrames

SLACK = 3
MOST_BROKEN = 0.05
"""Of the packets, besides `SLACK`: a clip with more of them is not worth publishing."""

_FAR = 2.0
"""Seconds. Nearer to the beginning than this, reading from there is as quick as seeking."""


def pictures(clip: Clip, *, start: float = 0.0) -> Iterator[tuple[float, VideoFrame]]:
    """Like `frames`, without sound."""
    for seconds, frame in frames(replace(clip, sound=None), start=start):
        if isinstance(frame, VideoFrame):
            yield seconds, frame


def frames(clip: Clip, *, start: float = 0.0) -> Iterator[tuple[float, VideoFrame | AudioFrame]]:
    """From a keyframe at or before `start` on; seconds count from where the clip begins to play.

    `clip` is freshly opened. Raises `Refused`.
    """
    wanted = [clip.picture, clip.sound] if clip.sound else [clip.picture]
    if clip.listed and start > _FAR and clip.picture.time_base:
        place = int((start + clip.origin) / clip.picture.time_base)
        clip.container.seek(place, stream=clip.picture)
    count, broken, origin = 0, 0, clip.origin
    for packet in clip.container.demux(wanted):
        is_picture = packet.stream is clip.picture
        count += is_picture
        try:
            decoded = packet.decode()
        except (av.error.InvalidDataError, EOFError):
            broken += is_picture and packet.size > 0
            decoded = []
        for frame in decoded:
            if isinstance(frame, VideoFrame):
                broken += frame.is_corrupt
                _limit_pixels(frame)
            if isinstance(frame, VideoFrame | AudioFrame) and frame.pts is not None:
                yield (frame.time or 0.0) - origin, frame
        _limit(count, broken)


def _limit(count: int, broken: int) -> None:
    if count > MOST_FRAMES:
        raise TooManyFrames(frames=count, most=MOST_FRAMES)
    if broken > SLACK + MOST_BROKEN * count:
        raise ClipIncomplete


def _limit_pixels(frame: VideoFrame) -> None:
    if frame.width * frame.height > MOST_PIXELS:
        raise FramesTooLarge(width=frame.width, height=frame.height, most=MOST_PIXELS)
