"""A sound track laid beside the pictures: 48 kHz, one or two channels, no gap, to the sample."""

from collections.abc import Iterator

from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

RATE = 48_000
CHUNK = 1024
"""Samples of a packet of AAC."""

LATE = RATE // 50
"""Samples (20 ms) that a frame may be off before silence is put in or sound left out."""

_BYTES = 4  # of a sample: 32-bit float


class Sound:
    """Takes a clip's decoded sound, gives exactly `count` samples of it in frames."""

    def __init__(self, layout: str, count: int) -> None:
        """`layout`: "mono" or "stereo"."""
        self._layout, self._wanted = layout, count
        self._taken = 0
        self._kept = [bytearray() for _ in range(1 if layout == "mono" else 2)]
        self._resampler = AudioResampler("fltp", layout, RATE)
        self._made_for: tuple[object, ...] = ()

    @property
    def is_full(self) -> bool:
        """Whether nothing more is wanted."""
        return self._taken >= self._wanted

    def take(self, frame: AudioFrame, at: float) -> Iterator[AudioFrame]:
        """The sound heard from `at` seconds on."""
        self._place(round(at * RATE), self._resampled(frame))
        yield from self._given(CHUNK)

    def end(self) -> Iterator[AudioFrame]:
        """Silence for the rest."""
        self._add([bytes((self._wanted - self._taken) * _BYTES)] * len(self._kept))
        yield from self._given(1)

    def _resampled(self, frame: AudioFrame) -> list[bytes]:
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if form != self._made_for:
            self._resampler = AudioResampler("fltp", self._layout, RATE)
            self._made_for = form
        frame.pts = None
        parts = [
            [bytes(plane)[: made.samples * _BYTES] for plane in made.planes]
            for made in self._resampler.resample(frame)
        ]
        return [b"".join(channel) for channel in zip(*parts, strict=True)] or [b""] * len(
            self._kept
        )

    def _place(self, at: int, channels: list[bytes]) -> None:
        """Where it follows, or nearly, what came before, it is simply put behind it."""
        if at < 0:
            channels = [channel[-at * _BYTES :] for channel in channels]
            at = 0 if channels[0] else at
        if at - self._taken > (LATE if self._taken else 0):
            silence = min(at, self._wanted) - self._taken
            self._add([bytes(silence * _BYTES)] * len(self._kept))
        elif self._taken - at > LATE:
            channels = [channel[(self._taken - at) * _BYTES :] for channel in channels]
        self._add(channels)

    def _add(self, channels: list[bytes]) -> None:
        room = max(self._wanted - self._taken, 0) * _BYTES
        for kept, channel in zip(self._kept, channels, strict=True):
            kept.extend(channel[:room])
        self._taken += min(len(channels[0]), room) // _BYTES

    def _given(self, least: int) -> Iterator[AudioFrame]:
        while len(self._kept[0]) >= least * _BYTES:
            samples = min(len(self._kept[0]) // _BYTES, CHUNK)
            frame = AudioFrame("fltp", self._layout, samples=samples)
            frame.sample_rate = RATE
            for plane, kept in zip(frame.planes, self._kept, strict=True):
                plane.update(bytes(kept[: samples * _BYTES]).ljust(plane.buffer_size, b"\0"))
                del kept[: samples * _BYTES]
            yield frame
