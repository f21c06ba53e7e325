"""What its owner wants shown of a photo is what is shown, and nothing is lost beside it."""

from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from PIL.Image import Transpose

from takeover.media.photos.rendering import prepare
from takeover.media.recipe import Box, Recipe, SenselessRecipe, from_json
from takeover.media.refusals import TooSmall
from takeover.media.renditions import RenditionKind

FEED, PREVIEW, WHOLE = RenditionKind.FEED, RenditionKind.PREVIEW, RenditionKind.WHOLE
RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (250, 250, 250)

# What a camera held so does to the picture, by EXIF's orientation.
STORED = {
    1: None,
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}


def quarters(width=1600, height=1200):
    """Red and green above blue and white."""
    picture = Image.new("RGB", (width, height), WHITE)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width // 2 - 1, height // 2 - 1), RED)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), GREEN)
    draw.rectangle((0, height // 2, width // 2 - 1, height), BLUE)
    return picture


def sent(picture, turn=1):
    file, exif = BytesIO(), Image.Exif()
    exif[0x0112] = turn
    stored = picture.transpose(STORED[turn]) if STORED[turn] is not None else picture
    stored.save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


def shown(made, kind=FEED):
    return Image.open(BytesIO(made.rendition(kind).data)).convert("RGB")


def near(colour, other):
    return max(abs(a - b) for a, b in zip(colour, other, strict=True)) < 12


@pytest.mark.parametrize("turn", STORED)
def test_the_part_is_cut_from_the_upright_picture_however_it_is_stored(turn):
    upper_right = Recipe(crop=Box(0.5, 0, 0.5, 0.5))

    made = prepare(sent(quarters(), turn), upper_right)

    picture = shown(made)
    assert picture.size == (1080, 810)
    for place in ((5, 5), (1075, 5), (5, 805), (1075, 805)):
        assert near(picture.getpixel(place), GREEN)
    assert (made.source_width, made.source_height) == (1600, 1200)
    assert not made.padded


def test_beside_a_part_the_whole_is_kept_for_choosing_again():
    made = prepare(sent(quarters()), Recipe(crop=Box(0.5, 0, 0.5, 0.5)))

    whole = shown(made, WHOLE)
    assert whole.size == (720, 540)
    assert near(whole.getpixel((10, 10)), RED)
    assert near(whole.getpixel((10, 530)), BLUE)


def test_a_picture_shown_as_it_is_has_no_second_whole():
    made = prepare(sent(quarters()))

    assert WHOLE not in {one.kind for one in made.renditions}


@pytest.mark.parametrize(
    ("ratio", "size"),
    [(4 / 5, (1080, 1350)), (1.0, (1200, 1200)), (1.91, (1440, 754)), (9 / 16, (1080, 1920))],
)
def test_filling_a_shape_takes_the_largest_part_from_the_middle(ratio, size):
    made = prepare(sent(quarters()), Recipe(ratio=ratio, fill=True))

    picture = shown(made)
    assert not made.padded
    assert abs(picture.width / picture.height - ratio) < 0.005
    assert picture.size == pytest.approx(size, abs=2)
    middle = picture.width // 2
    assert near(picture.getpixel((middle - 20, 5)), RED)
    assert near(picture.getpixel((middle + 20, 5)), GREEN)


@pytest.mark.parametrize("ratio", [4 / 5, 1.0, 1.91, 9 / 16])
def test_without_filling_the_shape_gets_borders_and_all_of_the_picture_stays(ratio):
    made = prepare(sent(quarters()), Recipe(ratio=ratio))

    picture = shown(made)
    assert made.padded
    assert abs(picture.width / picture.height - ratio) < 0.005
    seen = {near(picture.getpixel((x, y)), colour) for x, y, colour in corners(picture)}
    assert seen == {True}


def corners(picture):
    """Just inside the picture's own corners, which lies in the middle of its canvas."""
    scale = min(picture.width / 1600, picture.height / 1200)
    left, upper = (picture.width - 1600 * scale) / 2, (picture.height - 1200 * scale) / 2
    right, lower = picture.width - left, picture.height - upper
    for x, y, colour in (
        (left + 9, upper + 9, RED),
        (right - 9, upper + 9, GREEN),
        (left + 9, lower - 9, BLUE),
        (right - 9, lower - 9, WHITE),
    ):
        yield int(x), int(y), colour


@pytest.mark.parametrize("recipe", [Recipe(), Recipe(ratio=1.91), Recipe(crop=Box(0, 0, 1, 0.5))])
def test_what_is_half_transparent_is_laid_on_white_once_however_it_is_shown(recipe):
    file = BytesIO()
    Image.new("RGBA", (1080, 1080), (255, 0, 0, 128)).save(file, "PNG")

    picture = shown(prepare(file.getvalue(), recipe))

    middle = picture.getpixel((picture.width // 2, picture.height // 2))
    assert near(middle, (255, 127, 127))


def test_a_part_too_small_to_be_shown_is_refused_with_its_size():
    with pytest.raises(TooSmall, match="160 × 120 pixels"):
        prepare(sent(quarters()), Recipe(crop=Box(0, 0, 0.1, 0.1)))


def test_a_recipe_is_kept_as_json_and_read_back():
    recipe = Recipe(ratio=0.8, crop=Box(0.1, 0.2, 0.3, 0.4), start=1.5, end=9, cover_at=0)

    assert from_json(recipe.as_json()) == recipe
    assert Recipe().as_json() == {}
    assert from_json({}) == Recipe()


@pytest.mark.parametrize(
    "kept",
    [
        {"crop": {"x": 0.5, "y": 0, "width": 0.6, "height": 1}},
        {"crop": {"x": -0.1, "y": 0, "width": 0.6, "height": 1}},
        {"crop": {"x": 0, "y": 0, "width": 0, "height": 1}},
        {"crop": {"x": float("nan"), "y": 0, "width": 1, "height": 1}},
        {"start": 5.0, "end": 5.0},
        {"start": -1.0},
        {"ratio": 0.0},
        {"ratio": float("inf")},
        {"colour": "red"},
    ],
)
def test_a_senseless_recipe_is_no_recipe(kept):
    with pytest.raises(SenselessRecipe):
        from_json(kept)
