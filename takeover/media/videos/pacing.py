"""A steady beat for pictures that came when they liked."""

from collections.abc import Iterator
from fractions import Fraction

from av.video.frame import VideoFrame

STEADY = 30
"""Frames in a second, where the source's own are too few, too many or too odd."""

_USUAL = tuple(
    Fraction(*each)
    for each in ((24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48, 1), (50, 1),
                 (60000, 1001), (60, 1))
)  # fmt: skip
_NEAR = 0.005
_QUICK = 40  # more than this, unsteady: a phone that wanted 60 and had too little light


def rate_of(fps: float) -> Fraction:
    """The rate at which a clip of `fps` on average is published: 23.976 ... 60."""
    nearest = min(_USUAL, key=lambda usual: abs(float(usual) - fps))
    if abs(float(nearest) - fps) <= _NEAR * fps:
        return nearest
    return Fraction(60) if _QUICK < fps < 61 else Fraction(STEADY)


class Beat:
    """Gives for each beat the frame on show, half a beat early or late; `count` beats in all."""

    def __init__(self, rate: Fraction, count: int) -> None:
        self._rate, self._count = rate, count
        self._beats = 0
        self._last: tuple[float, VideoFrame] | None = None

    @property
    def is_full(self) -> bool:
        """Whether nothing more is wanted."""
        return self._beats >= self._count

    def take(self, frame: VideoFrame, at: float) -> Iterator[VideoFrame]:
        """The frame shown `at` seconds; gives out the one before, as often as it is due."""
        if self._last:
            before, held = self._last
            yield from self._until(at - min((at - before) / 2, float(1 / self._rate) / 2), held)
        self._last = (at, frame)

    def end(self) -> Iterator[VideoFrame]:
        """The last frame stays for the rest."""
        if self._last:
            yield from self._until(float("inf"), self._last[1])

    def _until(self, at: float, held: VideoFrame) -> Iterator[VideoFrame]:
        while not self.is_full and self._beats / self._rate < at:
            self._beats += 1
            yield held
