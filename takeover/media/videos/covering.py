"""The picture that stands for a clip before it plays."""

from dataclasses import dataclass
from typing import BinaryIO

from av.video.frame import VideoFrame
from PIL import Image, ImageFilter, ImageStat

from takeover.media.recipe import Recipe
from takeover.media.videos.framing import fit
from takeover.media.videos.opening import opened
from takeover.media.videos.picturing import Darkroom, as_image
from takeover.media.videos.planning import Plan
from takeover.media.videos.probing import Facts
from takeover.media.videos.reading import pictures
from takeover.media.videos.refusals import ClipIncomplete

PLACES = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Where a cover is looked for, in parts of the clip."""

NEARBY = 0.05
"""As much sooner will do as well, where that saves decoding."""

LEAST_LUMA = 30
"""Mean, of 255; darker is a hand before the lens, or a fade from black."""

LEAST_SHARPNESS = 60
"""Variance of what an edge filter leaves at `_SMALL`; below is a swing of the camera."""

_SMALL = (270, 270)


@dataclass(frozen=True)
class Cover:
    """`picture` is a frame as it is published; `whole` the same without crop and borders."""

    picture: Image.Image
    whole: Image.Image | None


def cover_of(source: BinaryIO, *, facts: Facts, plan: Plan, recipe: Recipe) -> Cover:
    """The frame at `recipe.cover_at`, else the first good one, else the best. Raises `Refused`."""
    room = _room(facts, plan)
    if recipe.cover_at is not None:
        at = plan.start + recipe.cover_at % (plan.end - plan.start)
        taken = _frame_at(source, at)
        return Cover(room.shown(taken), room.whole(taken))
    best, most = None, (False, -1.0)
    length = plan.end - plan.start
    for place in PLACES:
        at = plan.start + place * length
        taken = _frame_at(source, at, since=at - NEARBY * length)
        picture = room.shown(taken)
        bright, sharpness = _judged(picture)
        if (bright, sharpness) > most:
            best, most = (taken, picture), (bright, sharpness)
        if bright and sharpness >= LEAST_SHARPNESS:
            break
    if best is None:
        raise ClipIncomplete
    return Cover(best[1], room.whole(best[0]))


@dataclass(frozen=True)
class _Room:
    as_published: Darkroom
    as_stored: Darkroom | None

    def shown(self, frame: VideoFrame) -> Image.Image:
        return as_image(self.as_published.develop(frame))

    def whole(self, frame: VideoFrame) -> Image.Image | None:
        return as_image(self.as_stored.develop(frame)) if self.as_stored else None


def _room(facts: Facts, plan: Plan) -> _Room:
    frame, matrix = plan.frame, plan.matrix
    altered = frame.padded or frame.part.width < 1 or frame.part.height < 1
    # A ratio of its own: any shape can be looked at whole, also one that cannot be published.
    whole = fit(facts.width, facts.height, Recipe(ratio=facts.width / facts.height))
    return _Room(
        Darkroom(frame, matrix, facts.colours),
        Darkroom(whole, matrix, facts.colours) if altered else None,
    )


def _frame_at(source: BinaryIO, at: float, since: float | None = None) -> VideoFrame:
    """The frame nearest to `at`; or, from `since` on, one that is quicker to get at."""
    last: tuple[float, VideoFrame] | None = None
    with opened(source, again=True) as clip:
        for seconds, frame in pictures(clip, start=at):
            if since is not None and seconds >= since:
                return frame
            if seconds >= at:
                return last[1] if last and at - last[0] < seconds - at else frame
            last = (seconds, frame)
    if last is None:
        raise ClipIncomplete
    return last[1]


def _judged(picture: Image.Image) -> tuple[bool, float]:
    """Whether it is bright enough, and how sharp it is."""
    luma = picture.convert("L").resize(_SMALL, Image.Resampling.BOX)
    edges = luma.filter(ImageFilter.FIND_EDGES).crop((2, 2, _SMALL[0] - 2, _SMALL[1] - 2))
    return ImageStat.Stat(luma).mean[0] >= LEAST_LUMA, ImageStat.Stat(edges).var[0]
