"""The size at which a clip is published: even sides, square pixels, cropped by hand only."""

from dataclasses import dataclass
from math import ceil

from takeover.media.recipe import Box, Recipe
from takeover.media.videos.refusals import ClipTooSmall, IsStrip

MOST_SHORT = 1080
MOST_LONG = 1920
LEAST_SHORT = 540
"""Smaller clips are scaled up towards this; Instagram's players blur what is smaller yet."""

LEAST_SIDE = 320
"""Under this a clip is not worth its place; the same as for photos."""

MOST_ENLARGED = 2
"""Never scaled up by more than this."""

LONGEST = 10
"""Instagram takes reels from 0.01:1 to 10:1; what is thinner than 1:10 nobody can see."""


@dataclass(frozen=True)
class Frame:
    """What is published: `part` of the upright source, as `picture` in the middle of `canvas`."""

    part: Box
    picture: tuple[int, int]
    canvas: tuple[int, int]
    enlarged: bool

    @property
    def padded(self) -> bool:
        """Whether the canvas shows round the picture."""
        return self.canvas != self.picture


def fit(width: int, height: int, recipe: Recipe) -> Frame:
    """For a source of that many square pixels, upright. Raises `Refused`."""
    part = recipe.part_of(width, height)
    wide, high = part.width * width, part.height * height
    _limit(wide, high, recipe)
    ratio = recipe.ratio or wide / high
    room = (max(wide, high * ratio), max(high, wide / ratio))
    scale = _scale(min(room), max(room))
    canvas = (_even(room[0] * scale), _even(room[1] * scale))
    picture = (_even(wide * scale, canvas[0]), _even(high * scale, canvas[1]))
    if max(canvas[0] - picture[0], canvas[1] - picture[1]) <= 2:
        picture = canvas  # rounding only: better stretched by a pixel than with a line of border
    return Frame(part, picture, canvas, enlarged=scale > 1)


def _scale(short: float, long: float) -> float:
    most = min(MOST_SHORT / short, MOST_LONG / long)
    return min(max(1, min(LEAST_SHORT / short, MOST_ENLARGED)), most)


def _even(side: float, most: int = MOST_LONG) -> int:
    return min(max(2 * round(side / 2), 2), most)


def _limit(wide: float, high: float, recipe: Recipe) -> None:
    least = ceil(LEAST_SIDE / MOST_ENLARGED)
    if min(wide, high) < least:
        raise ClipTooSmall(width=round(wide), height=round(high), least=least)
    if recipe.ratio is None and max(wide, high) > LONGEST * min(wide, high):
        raise IsStrip(width=round(wide), height=round(high), most=LONGEST)
