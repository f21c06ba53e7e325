"""A clip is cropped, padded and trimmed as its owner says, and never otherwise."""

import pytest

from takeover.i18n import in_language_of
from takeover.media.borders import BORDER
from takeover.media.recipe import Box, Recipe
from takeover.media.videos.refusals import ClipTooShort, ClipTooSmall, IsStrip
from tests.takeover.media.videos.filming import CORNERS, film, flash, grey, luma, make, pictures


@pytest.fixture(scope="module")
def wide():
    return film(size=(640, 360), seconds=3)


def at(picture, x, y):
    """The colour at a place in parts of the sides."""
    return picture.getpixel((int(x * picture.width), int(y * picture.height)))


def close(colour, other, by=40):
    return all(abs(a - b) <= by for a, b in zip(colour, other, strict=True))


def test_a_ratio_puts_borders_round_the_whole_picture(wide):
    clip = make(wide, Recipe(ratio=9 / 16))
    picture = pictures(clip.data)[9][1]

    assert clip.answer.padded
    assert clip.answer.width / clip.answer.height == pytest.approx(9 / 16, abs=0.01)
    assert close(at(picture, 0.5, 0.05), BORDER, 3)
    assert close(at(picture, 0.5, 0.95), BORDER, 3)
    assert close(at(picture, 0.05, 0.4), CORNERS[0])
    assert close(at(picture, 0.95, 0.6), CORNERS[3])


def test_the_whole_frame_is_there_to_choose_a_crop_from(wide):
    whole = make(wide, Recipe(ratio=1.0)).answer.whole

    assert whole.width / whole.height == pytest.approx(640 / 360, abs=0.01)
    assert close(at(whole, 0.1, 0.1), CORNERS[0])


def test_a_crop_shows_its_part_and_no_more(wide):
    clip = make(wide, Recipe(crop=Box(0.5, 0, 0.5, 1)))
    picture = pictures(clip.data)[9][1]

    assert not clip.answer.padded
    assert clip.answer.width / clip.answer.height == pytest.approx(320 / 360, abs=0.01)
    assert close(at(picture, 0.1, 0.1), CORNERS[1])
    assert close(at(picture, 0.1, 0.9), CORNERS[3])


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_crop_is_of_the_upright_picture(turn):
    upright = {90: [1, 3, 0, 2], 180: [3, 2, 1, 0], 270: [2, 0, 3, 1]}[turn]
    clip = make(film(turn=turn, size=(400, 400), seconds=3), Recipe(crop=Box(0, 0, 1, 0.5)))
    picture = pictures(clip.data)[9][1]

    assert close(at(picture, 0.2, 0.7), CORNERS[upright[0]])
    assert close(at(picture, 0.8, 0.7), CORNERS[upright[1]])


def test_filling_a_ratio_takes_the_middle_without_borders(wide):
    clip = make(wide, Recipe(ratio=1.0, fill=True))

    assert not clip.answer.padded
    assert clip.answer.width == clip.answer.height
    assert clip.answer.whole.width > clip.answer.whole.height


def test_crop_and_ratio_together_crop_first_and_pad_then(wide):
    clip = make(wide, Recipe(crop=Box(0, 0, 0.5, 1), ratio=2.0))
    picture = pictures(clip.data)[9][1]

    assert clip.answer.width / clip.answer.height == pytest.approx(2.0, abs=0.01)
    assert close(at(picture, 0.05, 0.5), BORDER, 3)
    assert close(at(picture, 0.5, 0.2), CORNERS[0])
    assert close(at(picture, 0.95, 0.5), BORDER, 3)


def test_a_trim_is_exact_to_the_frame():
    data = film(lambda seconds: grey((320, 240), 20 + 2 * round(seconds * 30)), seconds=3.4)
    light = [value for _, value in luma(data)]
    clip = make(data, Recipe(start=0.2, end=3.3))
    trimmed = [value for _, value in luma(clip.data)]

    assert len(trimmed) == 93
    assert clip.answer.duration == pytest.approx(3.1)
    assert trimmed == pytest.approx(light[6:99], abs=2)


def test_a_trim_to_less_than_half_a_second_is_refused():
    with pytest.raises(ClipTooShort, match=r"0\.3 seconds .* 0\.5"):
        make(film(), Recipe(start=1.0, end=1.3))


def test_a_trim_behind_the_end_is_refused():
    with pytest.raises(ClipTooShort):
        make(film(), Recipe(start=20))


def test_the_cover_is_the_frame_that_was_chosen():
    data = film(flash(1.5), seconds=3.2)

    assert make(data, Recipe(cover_at=1.6)).answer.cover.getpixel((50, 50))[0] > 200
    assert make(data, Recipe(cover_at=1.4)).answer.cover.getpixel((50, 50))[0] < 60
    assert make(data, Recipe(start=1.0, cover_at=0.6)).answer.cover.getpixel((50, 50))[0] > 200


def test_what_is_too_small_or_too_thin_to_see_is_refused_with_its_size():
    with pytest.raises(ClipTooSmall, match="150"):
        make(film(size=(150, 300)))
    with pytest.raises(ClipTooSmall):
        make(film(size=(320, 320)), Recipe(crop=Box(0, 0, 0.2, 1)))
    with pytest.raises(IsStrip, match="11"):
        make(film(size=(1760, 160), seconds=3))


def test_how_long_a_clip_is_that_is_too_short_is_written_in_the_readers_language(app):
    refusal = ClipTooShort(seconds=0.499, least=0.5)

    assert "0.4 seconds long; we need at least 0.5." in str(refusal)
    with app.app_context(), in_language_of("fr"):
        assert "0,4" in str(refusal)
