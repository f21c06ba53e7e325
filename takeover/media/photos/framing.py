"""How a picture of any shape is fitted into what Instagram shows: whole, never cropped."""

from dataclasses import dataclass
from math import ceil, floor

from takeover.media.refusals import TooLong, TooSmall

# Instagram's rules for feed images (Graph API reference, "IG User Media"): width 320-1440 pixels
# (scaled otherwise), aspect ratio 4:5 ... 1.91:1.
TALLEST = 4 / 5
WIDEST = 1.91
LEAST_SIDE = 320
LEAST_WIDTH = 1080
MOST_WIDTH = 1440

MOST_ENLARGED = 2
"""Small pictures are scaled up towards `LEAST_WIDTH`, but never by more than this factor."""

ROUNDING = 0.004
"""The part of a side by which a picture may miss its shape, because pixels are whole."""


@dataclass(frozen=True)
class Frame:
    """What is published: `picture` in the middle of `canvas`, both (width, height) in pixels."""

    canvas: tuple[int, int]
    picture: tuple[int, int]
    enlarged: bool

    @property
    def padded(self) -> bool:
        """Whether the canvas shows round the picture."""
        return self.canvas != self.picture

    @property
    def corner(self) -> tuple[int, int]:
        """Where the picture's upper left pixel stands on the canvas."""
        return (
            (self.canvas[0] - self.picture[0]) // 2,
            (self.canvas[1] - self.picture[1]) // 2,
        )


def fit(width: int, height: int, ratio: float | None = None) -> Frame:
    """The frame of an upright picture, on a canvas of `ratio` (width / height) or of its own.

    Raises `TooSmall`, or `TooLong` for a strip.
    """
    own = width / height
    wanted = ratio or min(max(own, TALLEST), WIDEST)
    wide = max(float(width), height * wanted)
    most = MOST_WIDTH if wanted >= TALLEST else LEAST_WIDTH
    scale = _scale(wide, min(width, height), most)
    picture = (round(width * scale), round(height * scale))
    if min(picture) < LEAST_SIDE:
        raise _too_thin(width, height)
    canvas = _canvas(round(wide * scale), picture[1], ratio)
    picture = (min(picture[0], canvas[0]), min(picture[1], canvas[1]))
    if all(
        side - own <= max(ROUNDING * side, 1) for side, own in zip(canvas, picture, strict=True)
    ):
        picture = canvas  # a pixel of stretching is better than a line of border
    return Frame(canvas, picture, enlarged=scale > 1)


def _scale(wide: float, short: int, most: int) -> float:
    if wide > most:
        return most / wide
    wanted = max(LEAST_WIDTH / wide, LEAST_SIDE / short, 1)
    return min(wanted, MOST_ENLARGED, most / wide)


def _canvas(wide: int, high: int, ratio: float | None) -> tuple[int, int]:
    if ratio is not None:
        high = round(wide / ratio)
    if ratio is not None and ratio < TALLEST:
        return wide, high
    return wide, min(max(high, ceil(wide / WIDEST)), floor(wide / TALLEST))


def _too_thin(width: int, height: int) -> TooSmall | TooLong:
    least = ceil(LEAST_SIDE / MOST_ENLARGED)
    if min(width, height) < least:
        return TooSmall(width=width, height=height, least=least)
    tallest = MOST_WIDTH / TALLEST / LEAST_SIDE
    return TooLong(
        width=width,
        height=height,
        most=MOST_WIDTH / LEAST_SIDE if width > height else tallest,
    )
