"""Where a post stands on the account, in which shape, and which part of each picture is shown.

The person chooses; `settle` tells each media what to be made into. Nothing is ever cropped unless
they chose a shape, and then they see it.
"""

from dataclasses import replace
from datetime import datetime

from takeover import audit
from takeover.media.changing import change
from takeover.media.models import Media, MediaState
from takeover.media.photos.framing import TALLEST, WIDEST
from takeover.media.recipe import LEAST_SECONDS, Box, Recipe
from takeover.media.recognising import Format
from takeover.people.models import Person
from takeover.posts.models import SCREEN, Picture, Post, PostKind, Shape, Surface
from takeover.posts.rules import NotKnownYet, check_may_change

# Instagram's rules (Graph API reference, "IG User Media"): stories of 9:16; a carousel is cropped
# to its first picture, so all get that one's shape.
LONGEST = {PostKind.REEL: 900.0, PostKind.CAROUSEL: 60.0, PostKind.STORY: 60.0}
"""Seconds of a clip. Of carousels Meta says nothing; 60 s always held."""

LEAST_CROP = 540
"""Pixels of the shorter side of what is cut out: less would be scaled up until it blurs."""


PHOTO_NAMES = (".jpg", ".jpeg", ".png", ".heic", ".heif", ".webp", ".avif", ".tif", ".tiff")
"""How files are called that do not move."""


class ShapeNotAllowed(Exception):
    """Instagram shows no such shape there."""


class StoryTakesOne(Exception):
    """A story is one photo or one video."""


class ClipTooLong(Exception):
    """It fits elsewhere on Instagram, but not there."""

    def __init__(self, seconds: float, most: float, kind: PostKind) -> None:
        super().__init__(seconds, most, kind)
        self.seconds, self.most, self.kind = seconds, most, kind


class CropTooSmall(Exception):
    """Too little of the picture would be left."""


class BeginsTooLate(Exception):
    """Nothing of the clip, which has so many seconds, would be left."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class PartTooShort(Exception):
    """Too little would be left between its begin and its end."""


class CoverNotShown(Exception):
    """The cover was chosen before the begin of what is shown, or after its end."""


def shapes_of(post: Post, surface: Surface | None = None) -> tuple[Shape, ...]:
    """What may be chosen where it stands, or on that surface."""
    if (surface or post.surface) is Surface.STORY:
        return (Shape.OWN, Shape.TALL)
    in_feed = (Shape.OWN, Shape.PORTRAIT, Shape.SQUARE, Shape.LANDSCAPE)
    return (*in_feed, Shape.TALL) if _may_be_reel(post) else in_feed


def choose(post: Post, surface: Surface, shape: Shape, *, by: Person, at: datetime) -> None:
    """Each picture then fills the shape from its middle, until its author cuts it otherwise. A
    shape that is not shown on that surface becomes the pictures' own.

    Raises NotEditable, WeekHasEnded, ConsentWithdrawn.
    """
    check_may_change(post, by=by, at=at)
    before = (post.surface, post.shape)
    post.surface = surface
    post.shape = shape if shape in shapes_of(post) else Shape.OWN
    if (post.surface, post.shape) == before:
        return
    post.submit_asked_at = None
    for picture in post.pictures:
        _give_shape(picture.media, _ratio(picture, post), post.shape, at=at)
    audit.record(post, "post_shaped", by=by, at=at, surface=surface.value, shape=post.shape.value)


def crop(post: Post, picture: Picture, part: Box | None, *, by: Person, at: datetime) -> None:
    """Show that part of it, or None: all of it, with borders.

    Raises NotEditable, WeekHasEnded, ConsentWithdrawn, ShapeNotAllowed where the pictures have
    their own shape, CropTooSmall, and NotKnownYet where nobody knows how large it is.
    """
    check_may_change(post, by=by, at=at)
    if post.shape is Shape.OWN:
        raise ShapeNotAllowed
    media = picture.media
    if part is not None:
        if not media.source_height:
            raise NotKnownYet
        left, upper, right, lower = part.of(media.source_width, media.source_height)
        whole = min(media.source_width, media.source_height)
        if min(right - left, lower - upper) < min(LEAST_CROP, whole // 2):
            raise CropTooSmall
    _make_otherwise(post, media, replace(media.recipe, crop=part, fill=False), by=by, at=at)


def trim(
    post: Post,
    picture: Picture,
    *,
    start: float | None,
    end: float | None,
    cover_at: float | None,
    by: Person,
    at: datetime,
) -> None:
    """Of a video, in seconds: from when to when, and which instant of that is its cover. What ends
    after the video does ends with it.

    Raises NotEditable, WeekHasEnded, ConsentWithdrawn, SenselessRecipe, BeginsTooLate,
    PartTooShort, and NotKnownYet where nobody knows how long it is.
    """
    check_may_change(post, by=by, at=at)
    media = picture.media
    wanted = replace(media.recipe, start=start or None, end=end, cover_at=cover_at)
    if wanted.start is not None or wanted.end is not None:
        wanted = _within(wanted, media.source_duration)
    _make_otherwise(post, media, wanted, by=by, at=at)


def settle(post: Post, *, at: datetime) -> list[int]:
    """Give pictures that came, or whose first one changed, the shape of the post.

    The ids of the media that are to be made once more for that.
    """
    if not post.may_be_edited:
        return []
    if post.shape not in shapes_of(post):
        post.shape = Shape.OWN
        facts = {"surface": post.surface.value, "shape": post.shape.value}
        audit.record(post, "post_shaped", by=None, at=at, **facts)
    again = []
    for picture in post.pictures:
        ratio = _ratio(picture, post)
        if picture.media.recipe.ratio != ratio and _give_shape(
            picture.media, ratio, post.shape, at=at
        ):
            again.append(picture.media_id)
    return again


def to_be_made(post: Post) -> list[int]:
    """The ids of the media that wait for a worker to take them."""
    return [
        picture.media_id
        for picture in post.pictures
        if picture.media.state is MediaState.RECEIVED and picture.media.handed_out_at is None
    ]


def check_fits(post: Post) -> None:
    """Raises StoryTakesOne, ClipTooLong."""
    for rule in misfits(post):
        raise rule


def misfits(post: Post) -> list[StoryTakesOne | ClipTooLong]:
    """All that `check_fits` could raise."""
    is_too_many = post.kind is PostKind.STORY and len(post.pictures) > 1
    return [*([StoryTakesOne()] if is_too_many else []), *too_long(post).values()]


def too_long(post: Post) -> dict[int, ClipTooLong]:
    """By the pictures' ids. How long a clip is that is being made is not known."""
    most = LONGEST.get(post.kind)
    found = {}
    for picture in post.pictures:
        is_made = picture.media.state is MediaState.READY
        seconds = picture.media.duration if is_made else None
        if most is not None and seconds is not None and seconds > most:
            found[picture.id] = ClipTooLong(seconds, most, post.kind)
    return found


def _may_be_reel(post: Post) -> bool:
    """Of a GIF it is known once it is ready, and of anything else once it is here; until then the
    name says whether it is a photo."""
    if len(post.pictures) > 1:
        return False
    unknown = {"", Format.GIF.value}
    return any(picture.media.is_video for picture in post.pictures) or all(
        picture.media.format in unknown
        and not picture.media.source_height
        and not picture.media.name.lower().endswith(PHOTO_NAMES)
        for picture in post.pictures
    )


def _within(recipe: Recipe, seconds: float | None) -> Recipe:
    """Raises BeginsTooLate, PartTooShort, NotKnownYet."""
    if seconds is None:
        raise NotKnownYet
    start = recipe.start or 0
    if recipe.start is not None and start + LEAST_SECONDS > seconds:
        raise BeginsTooLate(seconds)
    end = None if recipe.end is None else min(recipe.end, seconds)
    if end is not None and end < seconds and end - start < LEAST_SECONDS:
        raise PartTooShort
    return replace(recipe, end=end)


def _give_shape(media: Media, ratio: float | None, shape: Shape, *, at: datetime) -> bool:
    """Whether it is to be made once more for that."""
    if media.state is MediaState.CANCELLED:
        return False
    fill = shape is not Shape.OWN
    return change(media, replace(media.recipe, ratio=ratio, crop=None, fill=fill), at=at)


def _make_otherwise(post: Post, media: Media, recipe: Recipe, *, by: Person, at: datetime) -> None:
    if recipe != media.recipe:
        change(media, recipe, at=at)
        post.submit_asked_at = None
        audit.record(post, "picture_cut", by=by, at=at, picture=media.id)


def _ratio(picture: Picture, post: Post) -> float | None:
    """Width / height it is to have; None: its own, as far as Instagram takes it."""
    if post.kind is PostKind.STORY:
        return SCREEN
    if post.shape is not Shape.OWN:
        return post.shape.ratio
    if picture is post.pictures[0]:
        return None
    first = post.pictures[0].media
    if not first.source_height:
        return picture.media.recipe.ratio
    return min(max(first.source_width / first.source_height, TALLEST), WIDEST)
