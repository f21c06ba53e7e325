"""Whatever is sent, the answer is a picture or a sentence, soon and in little memory."""

import base64
import json
import struct
import subprocess
import sys
import zlib
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from takeover.media.confining import Crashed
from takeover.media.photos.rendering import prepare
from takeover.media.refusals import (
    Incomplete,
    Refused,
    TooHeavy,
    TooIntricate,
    TooManyPixels,
    Unreadable,
)
from tests.preparing import confined

IN_A_CHILD = """
import base64, json, resource, sys, time, warnings
from pathlib import Path
warnings.simplefilter("error")
from takeover.media.photos.rendering import prepare
from takeover.media.refusals import Refused

def held(line):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(each.split()[1]) for each in lines if each.startswith(line)) / 1000

limit = int(held("VmRSS") * 1_000_000) + 900_000_000
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
for line in sys.stdin:
    data = base64.b64decode(line)
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before, start = held("VmRSS"), time.process_time()
    try:
        prepare(data)
        answer = "taken"
    except Refused as refused:
        answer = type(refused).__name__
    print(json.dumps([answer, time.process_time() - start, held("VmHWM") - before]))
"""


def in_a_child(*files):
    """For each: the answer, seconds of work, megabytes more at the peak."""
    sent = "".join(f"{base64.b64encode(data).decode()}\n" for data in files)
    run = [sys.executable, "-c", IN_A_CHILD]
    answer = subprocess.run(run, input=sent, capture_output=True, check=True, text=True, timeout=60)
    assert not answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, *chunks, depth=8, colour=0):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def webp_header(width, height):
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\xff\xff\0\0WEBPVP8X\x0a\0\0\0" + bytes(4) + canvas + bytes(200)


def saved(picture, form, **options):
    file = BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


BOMBS = [
    "bomb_4295_megapixels.png",
    "bomb_280_megapixels.jpg",
    "bomb_268_megapixels.png",
    "bomb_header.gif",
    "text_chunk_bomb_1x1px.png",
]


def test_a_bomb_is_refused_from_its_header_in_no_time_and_memory(photo):
    for answer, seconds, megabytes in in_a_child(*map(photo, BOMBS)):
        assert answer != "taken"
        assert seconds < 0.5
        assert megabytes < 20


def test_a_text_that_inflates_a_thousand_times_is_not_inflated():
    zeros = zlib.compressobj(1)
    bomb = b"".join(zeros.compress(bytes(10_000_000)) for _ in range(30)) + zeros.flush()
    pixels = chunk(b"IDAT", zlib.compress(bytes(401 * 400)))
    texts = [
        chunk(b"zTXt", b"Comment\0\0" + bomb),
        chunk(b"iTXt", b"Comment\0\1\0\0\0" + bomb),
        chunk(b"iCCP", b"profile\0\0" + bomb),
    ]
    before = [png(400, 400, text, pixels) for text in texts]
    after = [png(400, 400, pixels, text) for text in texts]
    for *_, seconds, megabytes in in_a_child(*before, *after):
        assert seconds < 1
        assert megabytes < 60


@pytest.mark.parametrize(
    ("data", "megapixels"),
    [
        (png(10_001, 10_000), 101),
        (png(2_000_000_000, 2_000_000_000), 4_000_000_000_000),
        (webp_header(16_383, 16_383), 269),
        (webp_header(12_000, 12_000), 144),
    ],
)
def test_too_many_pixels_are_counted_before_they_are_decoded(data, megapixels):
    with pytest.raises(TooManyPixels, match=f"has {megapixels} megapixels.* up to 100"):
        prepare(data)


def test_a_heic_that_claims_too_many_pixels_is_refused(photo):
    data = photo("iphone13pro_pug_gps.heic")
    claim = struct.pack(">II", 4032, 3024)
    assert claim in data

    with pytest.raises(Refused):
        prepare(data.replace(claim, struct.pack(">II", 40_320, 30_240)))


def test_a_picture_whose_pixels_lie_about_their_size_is_not_decoded_into_more(photo):
    data = photo("android_motion_photo.heic")
    claim = struct.pack(">II", 1080, 1920)
    [answers] = in_a_child(data.replace(claim, struct.pack(">II", 400, 400)))

    assert answers[-1] < 60


def test_too_many_bytes_are_refused_before_anything_is_read(photo):
    with pytest.raises(TooHeavy, match="has 41 MB; we can take up to 40"):
        prepare(photo("htc_desire_gps.jpg") + bytes(40_000_000))


def test_a_jpeg_of_a_thousand_passes_is_refused_before_the_first():
    data = saved(Image.new("L", (800, 800)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    hostile = data[:last] + data[last:-2] * 1000 + data[-2:]

    with pytest.raises(TooIntricate, match=r"1\d\d\d passes"):
        prepare(hostile)


def test_a_progressive_jpeg_with_much_behind_its_end_is_taken():
    data = saved(Image.effect_noise((800, 800), 60), "JPEG", progressive=True)

    assert prepare(data + b"\0\2" + b"\xff\xda\0\2" * 1000).source_width == 800


@pytest.mark.parametrize("rest", [b"", bytes(1_478_530)])
def test_a_jpeg_whose_pixels_are_cut_off_is_refused_by_its_header_already(rest, photo):
    with pytest.raises(Incomplete):
        prepare(photo("livephoto_iphone6s_train.jpg")[:2_000_000] + rest)


def test_a_png_whose_pixels_are_cut_off_passes_the_header_and_no_further(photo):
    cut = photo("truncated.png")

    with pytest.raises(Incomplete):
        prepare(cut)


@pytest.mark.parametrize(
    "name",
    [
        "iphone13pro_pug_gps.heic",
        "iphone8plus_arrow_orient6.heic",
        "xiaomi_gps.heic",
        "16bit_flag.png",
        "htc_desire_gps.webp",
    ],
)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.97])
def test_any_cut_off_picture_is_refused(name, share, photo):
    data = photo(name)

    with pytest.raises((Incomplete, Unreadable)):
        prepare(data[: int(len(data) * share)])


def test_a_heic_with_something_unknown_behind_its_end_is_taken(photo):
    assert (
        prepare(photo("iphone13pro_pug_gps.heic") + b"SEFH and whatever a maker adds").source_width
        == 4032
    )


def test_memory_stays_within_one_and_a_half_decoded_pictures():
    picture = Image.effect_noise((504, 378), 60).convert("RGB").resize((4032, 3024))
    decoded = 4032 * 3024 * 3 / 1_000_000
    baseline = saved(picture, "JPEG", quality=90)
    progressive = saved(picture, "JPEG", progressive=True)
    for answer, _, megabytes in in_a_child(baseline, progressive):
        assert answer == "taken"
        assert megabytes < 1.5 * decoded


BASES = {
    "jpeg": "pixel4a_p3_gainmap.jpg",
    "png": "xmp_orientation_only.png",
    "heic": "android_motion_photo.heic",
    "webp": "htc_desire_gps.webp",
}


def answered(data):
    """A picture or a refusal; anything else is the test's failure."""
    try:
        confined(data)
    except (Refused, Crashed) as refused:
        str(refused)


@pytest.mark.parametrize("form", BASES)
@settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(draw=st.data())
def test_flips_and_cuts_of_a_real_picture_never_raise_anything_else(form, draw, photo):
    data = bytearray(photo(BASES[form]))
    place = st.one_of(st.integers(0, 2000), st.integers(0, len(data) - 1))
    for at, value in draw.draw(st.lists(st.tuples(place, st.integers(0, 255)), max_size=8)):
        data[at] = value
    start, end = sorted((draw.draw(place), draw.draw(place)))
    if draw.draw(st.booleans()):
        del data[start:end]
    answered(bytes(data))


@settings(max_examples=60, deadline=None, database=None)
@given(
    st.sampled_from(
        [
            b"\xff\xd8\xff",
            b"\x89PNG\r\n\x1a\n",
            b"RIFF\xff\0\0\0WEBPVP8 ",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            b"",
        ]
    ),
    st.binary(max_size=600),
)
def test_random_bytes_never_raise_anything_else(start, noise):
    answered(start + noise)
