"""What is already right is packed anew, and nothing else is."""

from fractions import Fraction
from io import BytesIO

import av
import pytest

from takeover.media.recipe import Box, Recipe
from takeover.media.videos.complying import complies
from takeover.media.videos.opening import opened
from takeover.media.videos.planning import plan_for
from takeover.media.videos.preparing import Made
from takeover.media.videos.probing import facts_of
from tests.takeover.media.videos.filming import boxes, film, loudness, make, pictures, tone

HIGH = {"preset": "veryfast", "profile": "high", "bf": "3"}
CROWDED = "bitrate=60000:nal-hrd=cbr:vbv-maxrate=60000:vbv-bufsize=60000"
RIGHT = {"size": (640, 540), "colours": (1, 1, 1), "sound": tone, "options": HIGH}


@pytest.fixture(scope="module")
def right():
    return film(**RIGHT)


def is_right(data, recipe=None):
    with opened(BytesIO(data)) as clip:
        facts = facts_of(clip)
        plan = plan_for(clip, facts=facts, recipe=recipe or Recipe())
        return complies(clip, facts=facts, plan=plan)


def units(data):
    """The kinds of all units of H.264, each found by the length before it."""
    kinds = []
    with av.open(BytesIO(data)) as clip:
        for packet in clip.demux(video=0):
            body, at = bytes(packet), 0
            while at < len(body):
                kinds.append(body[at + 4] & 31)
                at += 4 + int.from_bytes(body[at : at + 4], "big")
            assert at == len(body)
    return set(kinds)


def test_pictures_are_all_that_is_in_its_packets(right):
    assert units(right) == {1, 5, 6}
    assert units(make(right).data) == {1, 5}
    assert units(make(film(sound=tone)).data) == {1, 5}


def test_a_clip_that_complies_keeps_its_packets(right, ffprobe):
    clip = make(right)
    before = ffprobe(right, "-show_packets", "-show_data_hash", "md5", "-select_streams", "a")
    after = ffprobe(clip.data, "-show_packets", "-show_data_hash", "md5", "-select_streams", "a")
    hashes = [packet["data_hash"] for packet in before["packets"]]

    assert clip.answer.made is Made.REMUXED
    assert [packet["data_hash"] for packet in after["packets"]] == hashes[1 : 1 + 150]
    assert len(pictures(clip.data)) == 96


def test_every_frame_is_shown_when_it_was(right):
    then, now = pictures(right), pictures(make(right).data)

    assert [at for at, _ in now] == pytest.approx([at for at, _ in then], abs=0.001)
    assert all(one[1].tobytes() == other[1].tobytes() for one, other in zip(then, now, strict=True))


def test_nothing_of_the_source_is_told(ffprobe, exiftool):
    data = film(metadata={"title": "Secret", "location": "+48.8-002.3/"}, **RIGHT)
    clip = make(data)

    assert clip.answer.made is Made.REMUXED
    assert boxes(clip.data)[:2] == [b"ftyp", b"moov"]
    assert b"x264" in data
    for told in (b"x264", b"Lav", b"elst", b"Secret", b"+48.8"):
        assert told not in clip.data
    tags = exiftool(clip.data)
    assert not {tag for tag in tags if "GPS" in tag or "Title" in tag or "Encoder" in tag}
    assert ffprobe(clip.data)["streams"][0]["start_time"] == "0.000000"


def test_progress_and_cover_come_as_always(right):
    clip = make(right)

    assert clip.reports[-1] == 1
    assert clip.answer.cover.size == (640, 540)


@pytest.mark.parametrize(
    "wrong",
    [
        {"colours": None},
        {"colours": (9, 18, 9)},
        {"options": HIGH | {"profile": "baseline", "bf": "0"}},
        {"options": HIGH | {"x264-params": "open-gop=1:keyint=20:bframes=3"}},
        {"options": HIGH | {"x264-params": CROWDED}},
        {"pix_fmt": "yuvj420p"},
        {"turn": 90},
        {"turn": 180},
        {"sar": Fraction(3, 2)},
        {"rate": 20},
        {"rate": 120},
        {"size": (320, 240)},
        {"seconds": 2.0},
        {"sound_rate": 44_100},
        {"sound_codec": "pcm_s16le", "form": "mov"},
        {"layout": "5.1"},
        {"times": [n / 30 + 0.01 * (n % 2) for n in range(100)]},
        {"times": [0.5 + n / 30 for n in range(100)]},
        {"mux": {"movflags": "frag_keyframe+empty_moov"}},
        {"mux": {"use_editlist": "0"}},
    ],
    ids=lambda wrong: str(wrong)[:50],
)  # fmt: skip
def test_whatever_does_not_comply_is_encoded(wrong):
    assert not is_right(film(**(RIGHT | wrong)))


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(ratio=1.0),
        Recipe(crop=Box(0, 0, 0.5, 1)),
        Recipe(start=0.1),
        Recipe(end=3.05),
    ],
)
def test_a_recipe_that_changes_something_needs_encoding(right, recipe):
    assert not is_right(right, recipe)


def test_a_recipe_that_changes_nothing_does_not(right):
    recipe = Recipe(ratio=640 / 540, crop=Box(0, 0, 1, 1), start=0, cover_at=1.0)

    assert make(right, recipe).answer.made is Made.REMUXED


def test_what_was_packed_anew_still_sounds(right):
    assert max(strength for at, strength in loudness(make(right).data) if 1 < at < 2) > 0.15
