"""What is to be made of a clip: from when to when, how often, at what rate and size."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from takeover.media.recipe import LEAST_SECONDS, Recipe
from takeover.media.videos.framing import Frame, fit
from takeover.media.videos.opening import Clip
from takeover.media.videos.pacing import rate_of
from takeover.media.videos.probing import Facts
from takeover.media.videos.refusals import ClipTooShort

LEAST_PUBLISHED = 3
"""Seconds: the shortest reel or story that Instagram takes. Shorter clips are shown again."""


@dataclass(frozen=True)
class Plan:
    """Seconds are the source's."""

    frame: Frame
    start: float
    end: float
    rate: Fraction
    count: int
    """Frames each time the clip is shown."""
    repeats: int
    """How often it is shown."""
    matrix: tuple[int, int, int, int]
    """How stored pixels are turned; see `Track`."""
    layout: str | None
    """"mono", "stereo", or no sound."""

    @property
    def seconds(self) -> float:
        """Of the published clip, all repeats together."""
        return float(self.count * self.repeats / self.rate)


def plan_for(clip: Clip, *, facts: Facts, recipe: Recipe) -> Plan:
    """Raises `Refused`."""
    start, end = recipe.start or 0.0, min(recipe.end or facts.duration, facts.duration)
    if end - start < LEAST_SECONDS:
        raise ClipTooShort(seconds=end - start, least=LEAST_SECONDS)
    rate = rate_of(facts.fps)
    count = round((end - start) * rate)
    if end - start >= LEAST_PUBLISHED:
        count = max(count, ceil(LEAST_PUBLISHED * rate))
    repeats = ceil(LEAST_PUBLISHED * rate / count)
    frame = fit(facts.width, facts.height, recipe)
    return Plan(frame, start, end, rate, count, repeats, clip.matrix, _layout(clip))


def _layout(clip: Clip) -> str | None:
    if clip.sound is None:
        return None
    return "mono" if clip.sound.codec_context.layout.nb_channels == 1 else "stereo"
