"""H.264 and AAC within the limits of reels and stories."""

from fractions import Fraction
from types import TracebackType
from typing import BinaryIO, Self

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.codec.context import Flags
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from takeover.media.videos.sound import CHUNK, RATE
from takeover.media.videos.writing import mp4, without_sei

MOST_BITS = 20_000_000
"""In a second, of the picture; Instagram takes 25 Mbit/s."""

SOUND_BITS = 128_000
MOST_BYTES = 280_000_000
"""Of a reel; Instagram takes 300 MB."""

STORY_SECONDS = 60
MOST_STORY_BYTES = 90_000_000
"""Of what is short enough for a story; Instagram takes 100 MB."""

GOP_SECONDS = 2
THREADS = 2
_PRESET = {"preset": "veryfast", "crf": "20", "profile": "high"}


def bits_for(seconds: float) -> int:
    """The most bits in a second for the picture of a clip that long."""
    most = MOST_STORY_BYTES if seconds <= STORY_SECONDS else MOST_BYTES
    return min(MOST_BITS, int(most * 8 / seconds * 0.95) - SOUND_BITS)


class Encoder:
    """Writes one clip; frames of pictures and of sound may come in any order, but each in its own.

    There are no frames that refer forward (B-frames), so that nothing is shown later than it is
    stored: without an edit list players could not know by how much.
    """

    def __init__(
        self, file: BinaryIO, *, size: tuple[int, int], rate: Fraction, seconds: float,
        layout: str | None,
    ) -> None:  # fmt: skip
        self._mp4 = mp4(file)
        self._container = self._mp4.__enter__()
        self._picture = self._add_picture(size, rate, bits_for(seconds))
        self._sound = self._add_sound(layout) if layout else None
        self._container.start_encoding()
        self._filter: BitStreamFilterContext = without_sei(self._picture)
        self._frames = self._samples = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._mux_picture(None)
            self._mux_sound(None)
        self._mp4.__exit__(kind, error, trace)

    def show(self, frame: VideoFrame) -> None:
        """The next frame, one beat after the last."""
        frame.pts, frame.time_base = self._frames, self._picture.codec_context.time_base
        self._frames += 1
        self._mux_picture(frame)

    def play(self, frame: AudioFrame) -> None:
        """The next samples, right behind the last.

        An AAC encoder puts a packet of silence before everything. The first packet's worth of sound
        is given up for it, so that all others are heard when they should be.
        """
        frame.pts, frame.time_base = self._samples, Fraction(1, RATE)
        self._samples += frame.samples
        if frame.pts >= CHUNK:
            self._mux_sound(frame)

    def _add_picture(self, size: tuple[int, int], rate: Fraction, bits: int) -> VideoStream:
        gop = round(GOP_SECONDS * rate)
        tuning = (
            f"bframes=0:keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0:threads={THREADS}:"
            f"vbv-maxrate={bits // 1000}:vbv-bufsize={bits // 500}"
        )
        options = {**_PRESET, "x264-params": tuning}
        stream = self._container.add_stream("libx264", rate=rate, options=options)
        context = stream.codec_context
        context.width, context.height = size
        context.pix_fmt = "yuv420p"
        context.time_base = 1 / rate
        context.sample_aspect_ratio = Fraction(1)
        context.color_range = 1
        context.color_primaries = context.color_trc = context.colorspace = 1
        return stream

    def _add_sound(self, layout: str) -> AudioStream:
        stream = self._container.add_stream("aac", rate=RATE, layout=layout)
        stream.codec_context.bit_rate = SOUND_BITS
        stream.codec_context.flags |= Flags.bitexact
        return stream

    def _mux_picture(self, frame: VideoFrame | None) -> None:
        for packet in self._picture.encode(frame):
            self._container.mux(self._filter.filter(packet))
        if frame is None:
            self._container.mux(self._filter.filter(None))

    def _mux_sound(self, frame: AudioFrame | None) -> None:
        if self._sound:
            self._container.mux(self._sound.encode(frame))
