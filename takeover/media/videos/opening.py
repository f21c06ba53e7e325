"""A clip, opened within limits: by one demuxer, for a few decoders, and nothing beside itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import SEEK_END
from typing import BinaryIO, Literal

import av
import av.subtitles.stream  # now: PyAV would do so when it opens a file, and then we cannot
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard, Disposition
from av.video.stream import VideoStream

from takeover.media.refusals import Empty, Refused
from takeover.media.videos.atoms import MOST_PIXELS, UPRIGHT, Movie, Track, read_movie
from takeover.media.videos.refusals import (
    ClipIncomplete,
    ClipTooHeavy,
    ClipUnreadable,
    FramesTooLarge,
    HdrWithoutBase,
    KeptElsewhere,
    NoPicture,
    WrongCodec,
)

MOST_BYTES = 1_000_000_000
MOST_GIF_BYTES = 100_000_000
MOST_GIF_PIXELS = 4_200_000
"""A GIF's every frame is a whole canvas when decoded, however few its bytes."""

THREADS = 2
"""Of a decoder. Each keeps frames of its own, and a frame of 4K in HDR has 25 MB."""

PICTURE_CODECS = frozenset({"h264", "hevc", "mpeg4", "gif"})
SOUND_CODECS = frozenset(
    [
        "aac",
        "alac",
        "mp3",
        "mp3float",
        "ac3",
        "eac3",
        "amrnb",
        "amrwb",
        "pcm_alaw",
        "pcm_mulaw",
        "pcm_s8",
        "pcm_u8",
        "pcm_s16be",
        "pcm_s16le",
        "pcm_s24be",
        "pcm_s24le",
        "pcm_s32be",
        "pcm_s32le",
        "pcm_f32be",
        "pcm_f32le",
    ]
)


@dataclass(frozen=True)
class Clip:
    """An open file and the two of its streams that are used."""

    container: InputContainer
    picture: VideoStream
    sound: AudioStream | None
    matrix: tuple[int, int, int, int]
    """How stored pixels are turned; see `Track`."""
    kind: Literal["mp4", "mov", "gif"]
    bytes: int
    listed: bool
    """Whether the header tells of every frame; GIFs and fragmented files do not."""

    @property
    def origin(self) -> float:
        """The file's time at which it begins to play, in seconds."""
        starts = [
            float(stream.start_time * stream.time_base)
            for stream in (self.picture, self.sound)
            if stream and stream.start_time is not None and stream.time_base
        ]
        return min(starts, default=0.0)


@contextmanager
def refusing_the_unreadable() -> Iterator[None]:
    """Whatever a decoder raises becomes a `Refused`: its cause is the file.

    But for what is the machine's: no memory for our own work, or a full disk. (When FFmpeg asks for
    too much memory, it does so because the file says so.)
    """
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        if isinstance(error, OSError | MemoryError) and not isinstance(error, av.FFmpegError):
            raise
        raise (ClipIncomplete if isinstance(error, EOFError) else ClipUnreadable)() from error


@contextmanager
def opened(source: BinaryIO, *, again: bool = False) -> Iterator[Clip]:
    """Raises `Refused`, also for what goes wrong inside the `with`.

    `again`: it was opened before, and only its pictures are wanted now. Nothing is decoded then to
    learn more than the header tells, and there is no sound.
    """
    with refusing_the_unreadable():
        size = source.seek(0, SEEK_END)
        source.seek(0)
        head = source.read(16)
        gif = head[:6] in (b"GIF87a", b"GIF89a")
        _limit_bytes(size, MOST_GIF_BYTES if gif else MOST_BYTES)
        if gif:
            _limit_canvas(head)
        movie = None if gif else read_movie(source)
        source.seek(0)
        with _container(source, "gif" if gif else "mov", decode=not again) as container:
            # From here on the file's place is the container's: nobody else may move it.
            yield _clip(container, movie, _kind(head), size)


def _limit_bytes(size: int, most: int) -> None:
    if not size:
        raise Empty
    if size > most:
        raise ClipTooHeavy(size=size, most=most)


def _limit_canvas(head: bytes) -> None:
    width, height = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    if width * height > MOST_GIF_PIXELS:
        raise FramesTooLarge(width=width, height=height, most=MOST_GIF_PIXELS)


def _container(source: BinaryIO, form: str, *, decode: bool) -> InputContainer:
    options = {
        "codec_whitelist": ",".join(sorted(PICTURE_CODECS | SOUND_CODECS)) if decode else "none",
        "protocol_whitelist": "none",
        "max_pixels": str(MOST_PIXELS),
    }
    if form == "mov":
        options |= {"enable_drefs": "0", "use_absolute_path": "0"}
    return av.open(
        source, "r", format=form, options=options, metadata_errors="ignore", io_open=_refuse
    )


def _refuse(url: str, flags: int, options: dict[str, str]) -> BinaryIO:
    """Nothing but the file itself is ever opened."""
    raise KeptElsewhere


def _kind(head: bytes) -> Literal["mp4", "mov", "gif"]:
    if head.startswith(b"GIF"):
        return "gif"
    return "mp4" if head[4:8] == b"ftyp" and head[8:12] != b"qt  " else "mov"


def _clip(
    container: InputContainer,
    movie: Movie | None,
    kind: Literal["mp4", "mov", "gif"],
    size: int,
) -> Clip:
    tracks = {track.id: track for track in movie.tracks} if movie else {}
    picture = _picture(container)
    track = tracks.get(picture.id)
    if track:
        _limit_track(track)
    sound = next((each for each in container.streams.audio if _is_usable(each, tracks)), None)
    for stream in container.streams:
        if stream not in (picture, sound):
            stream.discard = Discard.all
    _prepare_decoder(picture)
    return Clip(
        container,
        picture,
        sound,
        matrix=track.matrix if track else UPRIGHT,
        kind=kind,
        bytes=size,
        listed=movie is not None and not movie.fragmented,
    )


def _picture(container: InputContainer) -> VideoStream:
    """The first moving one we can decode; a second one (a poster, a depth map) is left out."""
    moving = [
        stream
        for stream in container.streams.video
        if not stream.disposition & (Disposition.attached_pic | Disposition.still_image)
    ]
    if not moving:
        raise NoPicture
    for stream in moving:
        if _codec(stream) in PICTURE_CODECS:
            return stream
    raise WrongCodec(codec=_codec(moving[0]) or moving[0].codec_tag.strip("\0 ") or "?")


def _codec(stream: VideoStream | AudioStream) -> str:
    # The type says there always is one; where FFmpeg knows no decoder, there is none.
    context = getattr(stream, "codec_context", None)
    return context.name if context else ""


def _limit_track(track: Track) -> None:
    if track.elsewhere:
        raise KeptElsewhere
    if track.without_base:
        raise HdrWithoutBase


def _is_usable(stream: AudioStream, tracks: dict[int, Track]) -> bool:
    """Known, here, and in channels that can be mixed to two; else the clip goes out silent."""
    if _codec(stream) not in SOUND_CODECS:
        return False
    if stream.id in tracks and tracks[stream.id].elsewhere:
        return False
    context = stream.codec_context
    if not 8000 <= (context.sample_rate or 0) <= 192_000 or context.format is None:
        return False
    try:
        silence = AudioFrame(context.format.name, context.layout.name, samples=1024)
        silence.sample_rate = context.sample_rate
        AudioResampler("fltp", "stereo", 48_000).resample(silence)
    except (ValueError, av.FFmpegError):
        return False
    return True


def _prepare_decoder(picture: VideoStream) -> None:
    context = picture.codec_context
    context.options = {"max_pixels": str(MOST_PIXELS)}
    context.thread_type = "AUTO"
    context.thread_count = THREADS
