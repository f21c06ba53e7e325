"""Clips of wider colours than ordinary screens have look as they did, without being HDR."""

import pytest

from tests.takeover.media.videos.filming import film, make, pictures
from tests.takeover.media.videos.light import TO_2020, mixed, patch

SIZE = (320, 320)
TO_P3 = ((0.8225, 0.1775, 0.0), (0.0332, 0.9668, 0.0), (0.0171, 0.0724, 0.9105))
KINDS = {"bt2020": (TO_2020, 9), "p3": (TO_P3, 12)}
PATCHES = {  # light of each colour of BT.709, in white pages
    "black": (0, 0, 0),
    "grey": (0.2, 0.2, 0.2),
    "white": (1, 1, 1),
    "skin": (0.45, 0.26, 0.19),
    "red": (0.8, 0.05, 0.05),
    "green": (0.05, 0.8, 0.05),
    "blue": (0.05, 0.05, 0.8),
}


def signal(light):
    return [part ** (1 / 2.4) for part in light]


def shown(lights, primaries):
    """What is seen of each light, shown for four frames."""
    frames = [patch(signal(light), SIZE) for light in lights]
    data = film(
        lambda at: frames[round(at * 30) // 12 % len(frames)], size=SIZE, seconds=3.2,
        codec="libx265", pix_fmt="yuv420p10le", colours=(primaries, 1, 9),
        options={"preset": "ultrafast", "crf": "8", "x265-params": "log-level=error"},
    )  # fmt: skip
    clip = make(data)
    seen = pictures(clip.data)
    places = range(6, len(seen), 12)
    colours = [seen[at][1].getpixel((100, 100)) for at, _ in zip(places, lights, strict=False)]
    return clip, colours


@pytest.fixture(scope="module", params=KINDS)
def wide(request):
    matrix, primaries = KINDS[request.param]
    clip, colours = shown([mixed(matrix, light) for light in PATCHES.values()], primaries)
    return request.param, clip, dict(zip(PATCHES, colours, strict=True))


@pytest.mark.parametrize("name", PATCHES)
def test_what_an_ordinary_screen_has_looks_the_same_on_it(wide, name):
    _, _, seen = wide

    assert seen[name] == pytest.approx([255 * part for part in signal(PATCHES[name])], abs=5)


def test_it_is_known_by_its_primaries_and_told_as_an_ordinary_clip(wide, ffprobe):
    kind, clip, _ = wide
    picture = ffprobe(clip.data)["streams"][0]

    assert clip.answer.facts.colours == kind
    assert {picture[f"color_{each}"] for each in ("space", "transfer", "primaries")} == {"bt709"}


def test_what_no_ordinary_screen_has_is_paler_and_of_the_same_hue():
    """The purest green of BT.2020: a touch of blue, and no red, as the nearest green has."""
    _, ((red, green, blue),) = shown([(0, 1, 0)], 9)

    assert green > 235
    assert red < 10 < blue < green - 80
