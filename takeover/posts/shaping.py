"""Where a post stands on the account, in which shape, and which part of each picture is shown.

The person chooses; `settle` tells each media what to be made into. Nothing is ever cropped unless
they chose a shape, and then they see it.
"""

from dataclasses import replace
from datetime import datetime

from takeover import audit
from takeover.media.intake import change
from takeover.media.models import Media, MediaState
from takeover.media.recipe import Box, Recipe
from takeover.people.models import Person
from takeover.posts.models import Picture, Post, PostKind, Shape, Surface
from takeover.posts.rules import check_may_change

# Instagram's rules (Graph API reference, "IG User Media"): feed pictures from 4:5 to 1.91:1, and
# stories of 9:16; a carousel is cropped to its first picture, so all get that one's shape.
TALLEST, WIDEST, STORY = 4 / 5, 1.91, 9 / 16

LONGEST = {PostKind.REEL: 900.0, PostKind.CAROUSEL: 60.0, PostKind.STORY: 60.0}
"""Seconds of a clip. Of carousels Meta says nothing; 60 s always held."""

LEAST_CROP = 540
"""Pixels of the shorter side of what is cut out: less would be scaled up until it blurs."""


class ShapeNotAllowed(Exception):
    """Instagram shows no such shape there."""


class StoryTakesOne(Exception):
    """A story is one photo or one video."""


class ClipTooLong(Exception):
    """It fits elsewhere on Instagram, but not there."""

    def __init__(self, seconds: float, most: float) -> None:
        super().__init__(seconds, most)
        self.seconds, self.most = seconds, most


class CropTooSmall(Exception):
    """Too little of the picture would be left."""


def shapes_of(post: Post) -> tuple[Shape, ...]:
    """What may be chosen."""
    if post.kind is PostKind.STORY:
        return (Shape.OWN, Shape.TALL)
    in_feed = (Shape.OWN, Shape.PORTRAIT, Shape.SQUARE, Shape.LANDSCAPE)
    return (*in_feed, Shape.TALL) if post.kind is PostKind.REEL else in_feed


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
        _fit(picture.media, _ratio(picture, post), post.shape, at=at)
    audit.record(post, "post_shaped", by=by, at=at, surface=surface.value, shape=post.shape.value)


def crop(post: Post, picture: Picture, part: Box | None, *, by: Person, at: datetime) -> None:
    """Show that part of it, or None: all of it, with borders.

    Raises NotEditable, WeekHasEnded, ConsentWithdrawn, ShapeNotAllowed where the pictures have
    their own shape, CropTooSmall.
    """
    check_may_change(post, by=by, at=at)
    if post.shape is Shape.OWN:
        raise ShapeNotAllowed
    media = picture.media
    if part is not None:
        left, upper, right, lower = part.of(max(media.source_width, 1), max(media.source_height, 1))
        whole = min(media.source_width, media.source_height)
        if min(right - left, lower - upper) < min(LEAST_CROP, whole // 2):
            raise CropTooSmall
    _cook(post, media, replace(media.recipe, crop=part, fill=False), by=by, at=at)


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
    """Of a video, in seconds: from when to when, and which instant of that is its cover.

    Raises NotEditable, WeekHasEnded, ConsentWithdrawn, SenselessRecipe.
    """
    check_may_change(post, by=by, at=at)
    media = picture.media
    wanted = replace(media.recipe, start=start or None, end=end, cover_at=cover_at)
    _cook(post, media, wanted, by=by, at=at)


def settle(post: Post, *, at: datetime) -> None:
    """Give pictures that came, or whose first one changed, the shape of the post."""
    if not post.may_be_edited:
        return
    if post.shape not in shapes_of(post):
        post.shape = Shape.OWN
    for picture in post.pictures:
        ratio = _ratio(picture, post)
        if picture.media.recipe.ratio != ratio:
            _fit(picture.media, ratio, post.shape, at=at)


def to_be_made(post: Post) -> list[int]:
    """The ids of the media that wait for a worker to take them."""
    return [
        picture.media_id
        for picture in post.pictures
        if picture.media.state is MediaState.RECEIVED and picture.media.handed_out_at is None
    ]


def check_fits(post: Post) -> None:
    """Raises StoryTakesOne, ClipTooLong."""
    if post.kind is PostKind.STORY and len(post.pictures) > 1:
        raise StoryTakesOne
    most = LONGEST.get(post.kind)
    for picture in post.pictures:
        seconds = picture.media.duration
        if most is not None and seconds is not None and seconds > most:
            raise ClipTooLong(seconds, most)


def _fit(media: Media, ratio: float | None, shape: Shape, *, at: datetime) -> None:
    if media.state not in {MediaState.REFUSED, MediaState.CANCELLED}:
        fill = shape is not Shape.OWN
        change(media, replace(media.recipe, ratio=ratio, crop=None, fill=fill), at=at)


def _cook(post: Post, media: Media, recipe: Recipe, *, by: Person, at: datetime) -> None:
    if recipe != media.recipe:
        change(media, recipe, at=at)
        post.submit_asked_at = None
        audit.record(post, "picture_cut", by=by, at=at, picture=media.id)


def _ratio(picture: Picture, post: Post) -> float | None:
    """Width / height it is to have; None: its own, as far as Instagram takes it."""
    if post.kind is PostKind.STORY:
        return STORY
    if post.shape is not Shape.OWN:
        return post.shape.ratio
    if picture is post.pictures[0]:
        return None
    first = post.pictures[0].media
    if not first.source_height:
        return picture.media.recipe.ratio
    return min(max(first.source_width / first.source_height, TALLEST), WIDEST)
