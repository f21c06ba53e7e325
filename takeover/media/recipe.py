"""What its owner wants made of a file: which part of it, in which shape, from when to when."""

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

LEAST_SECONDS = 0.5
"""Of a clip, and of what is shown of one: what is shorter is a slip of the thumb. Up to 3 seconds
it is repeated, as a Boomerang is. static/js/composer/trimmer.js has the same."""


class SenselessRecipe(ValueError):
    """A part outside the picture, a clip that ends before it begins, a number that is none."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the upright picture. All four are fractions of its sides, 0 ... 1."""

    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        """Raises SenselessRecipe."""
        ends = (self.x + self.width, self.y + self.height)
        if not all(map(isfinite, (*ends, self.x, self.y))):
            raise SenselessRecipe(self)
        if min(self.x, self.y) < 0 or max(ends) > 1.000001 or min(self.width, self.height) <= 0:
            raise SenselessRecipe(self)

    def of(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, upper, right, lower in pixels of a picture of that size; never empty."""
        left = min(round(self.x * width), width - 1)
        upper = min(round(self.y * height), height - 1)
        right = min(max(round((self.x + self.width) * width), left + 1), width)
        lower = min(max(round((self.y + self.height) * height), upper + 1), height)
        return left, upper, right, lower


WHOLE = Box(0, 0, 1, 1)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything None: the whole file, in its own shape as far as Instagram takes it."""

    ratio: float | None = None
    """Width / height of what is published; what does not fill it gets borders."""
    fill: bool = False
    """Rather the largest part of that ratio, from the middle, than borders; without `crop` only."""
    crop: Box | None = None
    start: float | None = None
    """Seconds of the source at which the clip begins."""
    end: float | None = None
    """Seconds of the source at which the clip ends."""
    cover_at: float | None = None
    """Seconds after `start`, so of the clip as it is published, whose frame is its cover."""

    def __post_init__(self) -> None:
        """Raises SenselessRecipe."""
        numbers = [n for n in (self.ratio, self.start, self.end, self.cover_at) if n is not None]
        if not all(isfinite(number) and number >= 0 for number in numbers) or self.ratio == 0:
            raise SenselessRecipe(self)
        if self.end is not None and self.end <= (self.start or 0):
            raise SenselessRecipe(self)

    def as_json(self) -> dict[str, Any]:
        """Only what is chosen; `from_json` reads it back."""
        return {
            name: value
            for name, value in asdict(self).items()
            if value is not None and value is not False
        }

    def part_of(self, width: int, height: int) -> Box:
        """What is published of an upright picture of that size."""
        if self.crop is not None:
            return self.crop
        if self.fill and self.ratio is not None:
            return largest_box(width, height, self.ratio)
        return WHOLE


def from_json(kept: dict[str, Any]) -> Recipe:
    """Raises SenselessRecipe."""
    crop = kept.get("crop")
    try:
        return Recipe(**{**kept, "crop": Box(**crop) if crop else None})
    except TypeError as error:
        raise SenselessRecipe(kept) from error


def largest_box(width: int, height: int, ratio: float) -> Box:
    """The largest part of `ratio` in the middle of a picture of that size, in pixels."""
    own = width / height
    if own > ratio:
        part = ratio / own
        return Box((1 - part) / 2, 0, part, 1)
    part = own / ratio
    return Box(0, (1 - part) / 2, 1, part)
