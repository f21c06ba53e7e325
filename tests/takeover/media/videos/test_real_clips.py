"""Real clips become what Instagram takes, and give nothing away. Other tools judge."""

from fractions import Fraction
from io import BytesIO
from itertools import pairwise
from math import floor

import pytest

from takeover.media.refusals import Refused
from takeover.media.videos.encoding import SOUND_BITS, bits_for
from takeover.media.videos.probing import inspect
from takeover.media.videos.refusals import ClipTooShort
from tests.takeover.media.videos.conftest import SHELF, rows
from tests.takeover.media.videos.filming import boxes

ROWS = rows()
LONG_ENOUGH = [
    name
    for name, row in ROWS.items()
    if row["expected"] == "accept" and float(row["duration_s"]) >= 0.5
]
SLIPS = [
    name
    for name, row in ROWS.items()
    if row["expected"] != "reject" and float(row["duration_s"]) < 0.5
]
ANAMORPHIC = "anamorphic_pixels.mp4"  # the manifest counts its pixels as if they were square


def test_there_are_real_clips():
    assert len(LONG_ENOUGH) >= 9
    assert len(SLIPS) >= 3


@pytest.mark.parametrize("name", LONG_ENOUGH)
def test_it_takes_every_clip_it_should(name, made):
    row, facts = ROWS[name], made(name).answer.facts
    size = (int(row["upright_width"]), int(row["upright_height"]))

    assert (facts.width, facts.height) == ((1920, 1080) if name == ANAMORPHIC else size)
    assert facts.duration == pytest.approx(float(row["duration_s"]), abs=0.25)
    assert inspect(BytesIO((SHELF / "files" / name).read_bytes())) == facts


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_of_the_thumb_is_refused_with_its_length(name, made):
    with pytest.raises(ClipTooShort) as refusal:
        made(name)

    told = floor(10 * float(ROWS[name]["duration_s"])) / 10
    assert f"{told} seconds" in str(refusal.value)


@pytest.mark.parametrize("name", [n for n, row in ROWS.items() if row["expected"] == "reject"])
def test_it_refuses_every_clip_it_should_with_a_sentence(name, made):
    with pytest.raises(Refused) as refusal:
        made(name)

    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("name", LONG_ENOUGH)
def test_ffprobe_finds_all_that_instagram_asks_for(name, made, ffprobe):
    clip = made(name)
    found = ffprobe(clip.data)
    picture = found["streams"][0]

    assert (picture["codec_name"], picture["profile"]) == ("h264", "High")
    assert (picture["pix_fmt"], picture["color_range"]) == ("yuv420p", "tv")
    assert {picture[f"color_{each}"] for each in ("space", "transfer", "primaries")} == {"bt709"}
    assert (picture["width"], picture["height"]) == (clip.answer.width, clip.answer.height)
    assert min(picture["width"], picture["height"]) <= 1080
    assert max(picture["width"], picture["height"]) <= 1920
    assert picture["width"] % 2 == picture["height"] % 2 == 0
    assert picture["sample_aspect_ratio"] == "1:1"
    assert picture["field_order"] == "progressive"
    assert picture["r_frame_rate"] == picture["avg_frame_rate"]
    assert 23 <= Fraction(picture["avg_frame_rate"]) <= 60
    assert picture["start_time"] == "0.000000"
    assert "side_data_list" not in picture  # no turn left to do
    assert 3 <= float(found["format"]["duration"]) <= 900
    assert float(found["format"]["duration"]) == pytest.approx(clip.answer.duration, abs=0.03)
    assert int(found["format"]["bit_rate"]) <= 25_000_000


@pytest.mark.parametrize("name", LONG_ENOUGH)
def test_the_sound_is_aac_or_there_is_none(name, made, ffprobe):
    clip = made(name)
    sounds = ffprobe(clip.data)["streams"][1:]

    assert clip.answer.has_audio == bool(sounds) == (ROWS[name]["audio_codec"] != "none")
    for sound in sounds:
        assert (sound["codec_name"], sound["profile"]) == ("aac", "LC")
        assert sound["sample_rate"] == "48000"
        assert sound["channels"] <= 2
        assert float(sound["duration"]) == pytest.approx(clip.answer.duration, abs=0.03)


@pytest.mark.parametrize("name", LONG_ENOUGH)
def test_the_contents_come_first_and_nothing_is_left_of_the_source(name, made, exiftool):
    data = made(name).data
    tags = exiftool(data)
    told = {
        tag
        for tag in tags
        if any(word in tag for word in ("GPS", "Make", "Model", "Software", "Encoder", "Location"))
    }

    assert boxes(data)[:2] == [b"ftyp", b"moov"]
    assert b"elst" not in data
    assert b"x264" not in data
    assert b"Lav" not in data
    assert not told
    assert {v for tag, v in tags.items() if tag.endswith(("CreateDate", "ModifyDate"))} <= {
        *("0000:00:00 00:00:00", tags["System:FileModifyDate"])
    }
    assert {tag.split(":")[0] for tag in tags} <= {
        *("SourceFile", "ExifTool", "System", "File", "QuickTime", "Track1", "Track2", "Composite")
    }


@pytest.mark.parametrize("name", LONG_ENOUGH)
def test_every_group_of_frames_is_closed_and_two_seconds_long(name, made, ffprobe):
    found = ffprobe(made(name).data, "-show_packets", "-select_streams", "v")
    packets = found["packets"]
    keys = [float(p["pts_time"]) for p in packets if p["flags"].startswith("K")]

    assert keys[0] == 0
    assert all(later - earlier <= 2.01 for earlier, later in pairwise(keys))
    assert all(packet["pts"] == packet["dts"] for packet in packets)


@pytest.mark.parametrize("name", LONG_ENOUGH)
def test_the_cover_is_upright_and_as_large_as_the_clip(name, made):
    answer = made(name).answer

    assert answer.cover.size == (answer.width, answer.height)
    assert answer.cover.mode == "RGB"
    assert not answer.cover.info
    assert answer.whole is None  # nothing was cropped or padded


def test_progress_is_reported_from_nothing_to_all(made):
    reports = made("flower_5s.mp4").reports

    assert reports[0] == 0
    assert reports[-1] == 1
    assert reports == sorted(reports)
    assert len(reports) > 10


@pytest.mark.parametrize("seconds", [3, 20, 59.9, 60])
def test_what_is_short_enough_for_a_story_stays_under_its_100_megabytes(seconds):
    assert (bits_for(seconds) + SOUND_BITS) * seconds / 8 <= 95_000_000
    assert bits_for(seconds) >= 10_000_000


@pytest.mark.parametrize("seconds", [61, 90, 300, 900])
def test_a_reel_stays_under_its_300_megabytes(seconds):
    assert (bits_for(seconds) + SOUND_BITS) * seconds / 8 <= 285_000_000
    assert 2_000_000 <= bits_for(seconds) <= 20_000_000
