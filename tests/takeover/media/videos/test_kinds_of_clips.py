"""Whatever a phone does with a camera comes out the way Instagram takes it."""

from fractions import Fraction
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image, ImageDraw

from takeover.media.videos.preparing import Made
from takeover.media.videos.probing import inspect
from takeover.media.videos.refusals import DoesNotMove
from tests.takeover.media.videos.filming import (
    CORNERS,
    film,
    gif,
    grey,
    loudness,
    luma,
    make,
    pictures,
    quarters,
    tone,
)


def corners(picture):
    """The colours of the four corners, each as one of CORNERS."""
    width, height = picture.size
    places = [(x, y) for y in (height // 8, height * 7 // 8) for x in (width // 8, width * 7 // 8)]
    return [nearest(picture.getpixel(place)) for place in places]


def nearest(colour):
    return min(
        range(4), key=lambda n: sum(abs(a - b) for a, b in zip(CORNERS[n], colour, strict=True))
    )


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_clip_is_shown_as_its_phone_shows_it(turn):
    turned = {0: [0, 1, 2, 3], 90: [1, 3, 0, 2], 180: [3, 2, 1, 0], 270: [2, 0, 3, 1]}
    clip = make(film(turn=turn, seconds=3))

    assert (clip.answer.height > clip.answer.width) == (turn in (90, 270))
    assert corners(pictures(clip.data)[9][1]) == turned[turn]
    assert corners(clip.answer.cover) == turned[turn]


@pytest.mark.parametrize(
    ("rate", "published"),
    [
        (Fraction(60000, 1001), Fraction(60000, 1001)),
        (Fraction(24000, 1001), Fraction(24000, 1001)),
        (Fraction(15), Fraction(30)),
        (Fraction(120), Fraction(30)),
        (Fraction(27), Fraction(30)),
    ],
)
def test_the_rate_is_the_sources_own_where_instagram_takes_it(rate, published, ffprobe):
    picture = ffprobe(make(film(rate=rate)).data)["streams"][0]

    assert Fraction(picture["avg_frame_rate"]) == published
    assert Fraction(picture["r_frame_rate"]) == published


def test_uneven_frames_are_put_on_a_steady_beat(ffprobe):
    times = [number / 30 + 0.012 * (number % 3 == 1) for number in range(100) if number % 7]
    found = ffprobe(make(film(times=times)).data, "-show_packets", "-select_streams", "v")
    due = [float(packet["pts_time"]) for packet in found["packets"]]

    assert due == pytest.approx([number / 30 for number in range(len(due))], abs=0.001)
    assert len(due) == pytest.approx(100, abs=1)


def test_a_very_large_clip_is_made_to_fit():
    frame = quarters((3840, 2160))
    clip = make(film(lambda at: frame, size=(3840, 2160), seconds=1, rate=5))

    assert (clip.answer.width, clip.answer.height) == (1920, 1080)
    assert clip.answer.repeats == 3
    assert not clip.answer.enlarged


def test_a_small_clip_is_enlarged_but_never_more_than_twice():
    assert make(film(size=(480, 320))).answer.width == 810
    assert make(film(size=(240, 200))).answer.width == 480
    assert make(film(size=(240, 200))).answer.enlarged


def test_pixels_that_are_not_square_become_so():
    clip = make(film(size=(320, 400), sar=Fraction(3, 2), seconds=3))

    assert (clip.answer.facts.width, clip.answer.facts.height) == (480, 400)
    assert (clip.answer.width, clip.answer.height) == (648, 540)


def test_a_silent_clip_stays_silent_without_a_sound_track(ffprobe):
    clip = make(film())

    assert not clip.answer.has_audio
    assert [each["codec_type"] for each in ffprobe(clip.data)["streams"]] == ["video"]


@pytest.mark.parametrize(
    ("codec", "layout", "rate", "channels"),
    [
        ("pcm_s16le", "stereo", 44_100, 2),
        ("aac", "5.1", 48_000, 2),
        ("aac", "mono", 16_000, 1),
        ("alac", "stereo", 48_000, 2),
    ],
)
def test_any_sound_becomes_aac_of_at_most_two_channels(codec, layout, rate, channels, ffprobe):
    # ALAC's frames are of 4096 samples, of another kind than those `filming` makes.
    options = {"sound": tone, "sound_codec": codec, "layout": layout, "sound_rate": rate}
    clip = make(film(form="mov", **options))
    sound = ffprobe(clip.data)["streams"][1]

    assert (sound["codec_name"], sound["sample_rate"], sound["channels"]) == (
        *("aac", "48000"),
        channels,
    )
    assert max(strength for at, strength in loudness(clip.data) if 1 < at < 2) > 0.15


def test_a_boomerang_is_shown_whole_until_it_lasts_three_seconds():
    clip = make(film(lambda at: grey((320, 240), 220 if at < 0.1 else 40), seconds=0.8, sound=tone))
    light = luma(clip.data)
    flashes = [at for (_, before), (at, now) in pairwise(light)
               if now > 120 > before]  # fmt: skip

    assert clip.answer.repeats == 4
    assert clip.answer.duration == pytest.approx(3.2)
    assert flashes == pytest.approx([0.8, 1.6, 2.4], abs=0.001)
    assert all(
        max(strength for at, strength in loudness(clip.data) if since < at < since + 0.2) > 0.15
        for since in (0.3, 1.1, 1.9, 2.7)
    )


def test_a_gif_of_several_frames_becomes_a_clip(ffprobe):
    clip = make(gif([quarters((320, 240), shift) for shift in range(0, 40, 4)]))

    assert clip.answer.facts.container == "gif"
    assert clip.answer.facts.frames == 10
    assert clip.answer.facts.duration == pytest.approx(1.0)
    assert clip.answer.repeats == 3
    assert corners(pictures(clip.data)[40][1]) == [0, 1, 2, 3]
    assert ffprobe(clip.data)["streams"][0]["avg_frame_rate"] == "30/1"


def test_what_is_transparent_in_a_gif_is_white():
    frames = []
    for place in (40, 80, 120):
        frame = Image.new("RGBA", (320, 240), (0, 0, 0, 0))
        ImageDraw.Draw(frame).rectangle((place, 40, place + 100, 140), fill=(200, 0, 0, 255))
        frames.append(frame)
    clip = make(gif(frames, 300, disposal=2))

    assert min(pictures(clip.data)[20][1].getpixel((10, 10))) > 245


def test_a_gif_of_one_frame_is_left_to_the_photos():
    with pytest.raises(DoesNotMove):
        inspect(BytesIO(gif([quarters((320, 240))])))


def test_a_fragmented_file_is_measured_by_what_it_holds():
    data = film(mux={"movflags": "frag_keyframe+empty_moov"}, sound=tone)
    clip = make(data)

    assert clip.answer.facts.duration == pytest.approx(3.2, abs=0.1)
    assert clip.answer.facts.frames == 96


def test_only_the_moving_picture_and_one_sound_are_published(ffprobe):
    data = film(posters=2, sound=tone, form="mov", metadata={"title": "Secret"})
    before = ffprobe(data)["streams"]
    clip = make(data)

    assert [each["codec_type"] for each in before].count("video") == 3
    assert [each["codec_type"] for each in ffprobe(clip.data)["streams"]] == ["video", "audio"]
    assert b"Secret" in data
    assert b"Secret" not in clip.data


def test_a_timecode_track_does_not_come_along(ffprobe):
    data = film(form="mov", metadata={"timecode": "10:11:12:13"})

    assert [each["codec_type"] for each in ffprobe(data)["streams"]] == ["video", "data"]
    assert [each["codec_type"] for each in ffprobe(make(data).data)["streams"]] == ["video"]


def test_ten_bits_and_full_range_become_eight_and_limited(ffprobe):
    for options in (
        {"codec": "libx265", "pix_fmt": "yuv420p10le",
         "options": {"preset": "ultrafast", "x265-params": "log-level=error"}},
        {"pix_fmt": "yuvj420p"},
        {"pix_fmt": "yuv444p"},
    ):  # fmt: skip
        clip = make(film(seconds=3, **options))
        picture = ffprobe(clip.data)["streams"][0]
        assert (picture["pix_fmt"], picture["color_range"]) == ("yuv420p", "tv")
        assert corners(pictures(clip.data)[5][1]) == [0, 1, 2, 3]


def test_colours_stay_what_they_are():
    shown = pictures(make(film(seconds=3, colours=(1, 1, 1))).data)[5][1]

    for place, colour in (((20, 20), 0), ((460, 20), 1), ((20, 400), 2)):
        assert shown.getpixel(place) == pytest.approx(CORNERS[colour], abs=10)


def test_the_cover_is_not_the_dark_beginning():
    def waking(at):
        return grey((320, 240), 4) if at < 1.2 else quarters((320, 240), round(at * 30))

    assert corners(make(film(waking)).answer.cover) == [0, 1, 2, 3]


def test_what_was_made_once_is_only_packed_anew():
    once = make(film(size=(640, 540), sound=tone))

    assert make(once.data).answer.made is Made.REMUXED
