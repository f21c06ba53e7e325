"""HDR looks on ordinary screens as it was meant: no veil over it, no colours lost."""

import pytest

from tests.takeover.media.videos.filming import film, make, pictures
from tests.takeover.media.videos.light import WHITE, as_hlg, as_pq, patch, wide

SIZE = (320, 320)
KINDS = {"hlg": (as_hlg, 18), "pq": (as_pq, 16)}
SLOW = {"preset": "ultrafast", "crf": "8", "x265-params": "log-level=error"}
PATCHES = {
    "black": (0, 0, 0),
    "grey card": (26, 26, 26),
    "white page": (203, 203, 203),
    "skin": (90, 52, 38),
    "red": (80, 5, 5),
    "green": (5, 80, 5),
    "blue": (5, 5, 80),
    "lamp": (1000, 1000, 1000),
}


def shown(kind):
    """Each patch in a tenth of a second, three times as long: what is seen, and the answer."""
    encode, transfer = KINDS[kind]
    frames = [patch(encode(wide(nits)), SIZE) for nits in PATCHES.values()]
    data = film(
        lambda at: frames[round(at * 30) // 12 % len(frames)], size=SIZE, seconds=3.2,
        codec="libx265", pix_fmt="yuv420p10le", options=SLOW, colours=(9, transfer, 9),
    )  # fmt: skip
    clip = make(data)
    seen = pictures(clip.data)
    places = range(6, len(seen), 12)
    return clip, {
        name: seen[at][1].getpixel((100, 100)) for name, at in zip(PATCHES, places, strict=True)
    }


@pytest.fixture(scope="module", params=KINDS)
def bright(request):
    return request.param, *shown(request.param)


def test_it_is_known_by_its_transfer(bright):
    kind, clip, _ = bright

    assert clip.answer.facts.colours == kind


def test_grey_stays_grey_and_as_bright_as_it_was(bright):
    _, _, seen = bright

    assert seen["black"] == pytest.approx((0, 0, 0), abs=3)
    assert seen["grey card"] == pytest.approx((108, 108, 108), abs=4)


def test_a_white_page_is_nearly_white_and_leaves_room_for_lamps(bright):
    _, _, seen = bright

    assert 225 <= min(seen["white page"]) <= max(seen["white page"]) <= 242
    assert min(seen["lamp"]) >= 251


@pytest.mark.parametrize("name", ["skin", "red", "green", "blue"])
def test_colours_keep_hue_and_saturation(bright, name):
    """Against plain arithmetic: the same light on a screen of BT.1886."""
    _, _, seen = bright
    meant = [255 * (nits / WHITE) ** (1 / 2.4) for nits in PATCHES[name]]

    assert seen[name] == pytest.approx(meant, abs=5)


def test_it_is_told_as_an_ordinary_clip(bright, ffprobe):
    _, clip, _ = bright
    picture = ffprobe(clip.data)["streams"][0]

    assert picture["pix_fmt"] == "yuv420p"
    assert {picture[f"color_{each}"] for each in ("space", "transfer", "primaries")} == {"bt709"}


def test_the_cover_has_the_same_colours(bright):
    _, clip, seen = bright

    assert any(
        clip.answer.cover.getpixel((100, 100)) == pytest.approx(colour, abs=4)
        for colour in seen.values()
    )
