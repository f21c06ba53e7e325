"""How a picture of any shape is fitted into Instagram's feed: whole, never cropped."""

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


def fit(width: int, height: int) -> Frame:
    """The frame of an upright picture. Raises `TooSmall`, or `TooLong` for a strip."""
    wide = max(float(width), height * TALLEST)
    scale = _scale(wide, min(width, height))
    picture = (round(width * scale), round(height * scale))
    if min(picture) < LEAST_SIDE:
        raise _too_thin(width, height)
    canvas = _canvas(round(wide * scale), picture[1])
    picture = (min(picture[0], canvas[0]), min(picture[1], canvas[1]))
    if max(canvas[0] - picture[0], canvas[1] - picture[1]) <= 1:
        picture = canvas  # rounding only: a pixel of stretching is better than a line of border
    return Frame(canvas, picture, enlarged=scale > 1)


def _scale(wide: float, short: int) -> float:
    if wide > MOST_WIDTH:
        return MOST_WIDTH / wide
    wanted = max(LEAST_WIDTH / wide, LEAST_SIDE / short, 1)
    return min(wanted, MOST_ENLARGED, MOST_WIDTH / wide)


def _canvas(wide: int, high: int) -> tuple[int, int]:
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
