"""A flash and a beep of the same moment are seen and heard in the same moment."""

import random
import struct
from fractions import Fraction

import pytest

from takeover.media.recipe import Recipe
from tests.takeover.media.videos.filming import beep, film, flash, loudness, luma, make

TOLERANCE = 0.045
PLAIN = {"sound": beep(1.5)}
UNEVEN = sorted(number / 30 + random.Random(number).uniform(0, 0.012) for number in range(100))


def moments(data):
    """Seconds of the flash and of the beep, by decoding."""
    seen = next(at for at, light in luma(data) if light > 128)
    return seen, next(at for at, strength in loudness(data) if strength > 0.15)


def shifted(data, seconds):
    """The same file, whose edit lists now leave out its first `seconds` too."""
    changed, at = bytearray(data), 0
    scales = iter(int.from_bytes(data[i + 16 : i + 20], "big") for i in places(data, b"mdhd"))
    for at in places(data, b"elst"):
        duration, start = struct.unpack_from(">Ii", data, at + 12)
        struct.pack_into(
            ">Ii", changed, at + 12, duration - round(seconds * 1000),
            start + round(seconds * next(scales)),
        )  # fmt: skip
    return bytes(changed)


def places(data, kind):
    at = data.find(kind)
    while at >= 0:
        yield at
        at = data.find(kind, at + 4)


CASES = {
    "plain": (flash(1.5), PLAIN),
    "frames out of order": (flash(1.5), PLAIN | {"options": {"preset": "medium", "bf": "3"}}),
    "sixty": (flash(1.5), PLAIN | {"rate": 60}),
    "cinema": (flash(1.5), PLAIN | {"rate": Fraction(24000, 1001)}),
    "slow": (flash(1.5), PLAIN | {"rate": 12}),
    "uneven": (flash(1.5), PLAIN | {"times": UNEVEN}),
    "turned": (flash(1.5), PLAIN | {"turn": 90}),
    "pcm": (flash(1.5), PLAIN | {"form": "mov", "sound_codec": "pcm_s16le"}),
    "44.1 kHz": (flash(1.5), PLAIN | {"sound_rate": 44_100, "layout": "mono"}),
    "late picture": (flash(1.5), PLAIN | {"times": [0.4 + n / 30 for n in range(90)]}),
    "in fragments": (flash(1.5), PLAIN | {"mux": {"movflags": "frag_keyframe+empty_moov"}}),
    "packed anew": (
        flash(1.5, (640, 540)),
        PLAIN | {"size": (640, 540), "colours": (1, 1, 1),
                 "options": {"preset": "medium", "profile": "high", "bf": "3"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_picture_and_sound_stay_together(case):
    paint, options = CASES[case]
    seen, heard = moments(make(film(paint, **options)).data)

    assert seen == pytest.approx(1.5, abs=TOLERANCE)
    assert heard == pytest.approx(1.5, abs=TOLERANCE)
    assert seen == pytest.approx(heard, abs=TOLERANCE)


@pytest.mark.parametrize("case", ["plain", "uneven", "pcm", "packed anew", "late picture"])
def test_they_do_so_after_a_trim(case):
    paint, options = CASES[case]
    clip = make(film(paint, **options), Recipe(start=0.7, end=2.0))
    seen, heard = moments(clip.data)

    assert seen == pytest.approx(0.8, abs=TOLERANCE)
    assert heard == pytest.approx(0.8, abs=TOLERANCE)
    assert clip.answer.repeats == 3


def test_they_do_so_far_into_a_clip():
    data = film(flash(5.5), sound=beep(5.5), seconds=8, options={"preset": "medium", "g": "30"})
    seen, heard = moments(make(data, Recipe(start=4.31)).data)

    assert seen == pytest.approx(1.19, abs=TOLERANCE)
    assert heard == pytest.approx(1.19, abs=TOLERANCE)


def test_what_an_edit_list_leaves_out_stays_out():
    data = shifted(film(flash(2.0), sound=beep(2.0), seconds=4.5), 0.6)
    clip = make(data)
    seen, heard = moments(clip.data)

    assert clip.answer.duration == pytest.approx(3.9, abs=0.1)
    assert seen == pytest.approx(1.4, abs=TOLERANCE)
    assert heard == pytest.approx(1.4, abs=TOLERANCE)


@pytest.mark.parametrize("case", ["plain", "pcm", "44.1 kHz", "5.1", "packed anew"])
def test_sound_is_where_it_was_though_an_encoder_puts_silence_before_it(case):
    paint, options = CASES.get(case, (flash(1.5), PLAIN | {"layout": case}))
    _, heard = moments(make(film(paint, **options)).data)

    assert heard == pytest.approx(1.5, abs=0.012)


def test_a_clip_whose_time_begins_late_begins_at_once():
    clip = make(film(flash(6.5), times=[5 + number / 30 for number in range(96)]))
    seen = next(at for at, light in luma(clip.data) if light > 128)

    assert clip.answer.duration == pytest.approx(3.2, abs=0.05)
    assert seen == pytest.approx(1.5, abs=TOLERANCE)
