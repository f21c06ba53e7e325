"""Whatever is sent, the answer is a clip or a sentence, soon."""

import random
import struct
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from time import process_time

import pytest

from takeover.media.recipe import Recipe
from takeover.media.refusals import Empty, Refused
from takeover.media.videos.preparing import prepare
from takeover.media.videos.probing import inspect
from takeover.media.videos.refusals import (
    ClipIncomplete,
    ClipTooHeavy,
    ClipTooLong,
    ClipUnreadable,
    FramesTooLarge,
    HdrWithoutBase,
    IsLocked,
    KeptElsewhere,
    NoPicture,
    TooManyFrames,
    TooManyTracks,
    WrongCodec,
)
from tests.takeover.media.videos.filming import film, gif, make, quarters, tone

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def good():
    return film(seconds=3, sound=tone, mux={"moov_size": "20000"})


@pytest.fixture(scope="module")
def moov_last():
    return film(seconds=3, sound=tone)


def patched(data, kind, offset, value):
    """With other bytes at `offset` behind the name of every box of that kind."""
    changed, at = bytearray(data), data.find(kind)
    assert at > 0
    while at >= 0:
        changed[at + offset : at + offset + len(value)] = value
        at = data.find(kind, at + 4)
    return bytes(changed)


def number(value):
    return struct.pack(">I", value)


def refused(data, kind):
    start = process_time()
    with pytest.raises(kind) as refusal:
        inspect(BytesIO(data))
    assert str(refusal.value).endswith(".")
    assert process_time() - start < 2
    return str(refusal.value)


def settled(data):
    """The sentence of a refusal, or how long the clip became."""
    try:
        return f"{make(data).answer.duration:.1f} s"
    except Refused as refusal:
        return str(refusal)


def test_nothing_at_all():
    refused(b"", Empty)


def test_a_gigabyte_and_more_is_not_even_opened():
    class Heavy(BytesIO):
        def seek(self, offset, whence=0):
            return 1_200_000_000 if whence == 2 else super().seek(offset, whence)

        def read(self, size=-1):
            assert size <= 16
            return super().read(size)

    with pytest.raises(ClipTooHeavy, match="1200"):
        inspect(Heavy(b"\0\0\0\x14ftypisom"))


def test_a_file_cut_anywhere_is_refused(good, moov_last):
    for data in (good, moov_last):
        for part in (0.1, 0.3, 0.5, 0.8, 0.99):
            refused(data[: int(len(data) * part)], ClipIncomplete)


def test_zeros_for_the_second_half_are_noticed(good):
    half = len(good) // 2
    with pytest.raises(Refused):
        make(good[:half] + bytes(len(good) - half))


def test_a_file_without_a_table_of_contents(good):
    refused(good.replace(b"moov", b"free"), ClipIncomplete)


def test_sound_alone_is_no_clip(good):
    refused(good.replace(b"vide", b"soun", 1), NoPicture)


def test_a_lie_about_the_number_of_frames(good):
    assert "2147483648" in refused(patched(good, b"stsz", 12, number(2**31)), TooManyFrames)
    assert refused(patched(good, b"stts", 12, number(2**31)), TooManyFrames)


def test_frames_beyond_8k_are_refused_by_the_header(good):
    sentence = refused(patched(good, b"avc1", 28, struct.pack(">HH", 20_000, 20_000)),
                       FramesTooLarge)  # fmt: skip
    assert "20000 × 20000" in sentence


def test_thousands_of_tracks(good):
    start = good.find(b"trak") - 4
    size = int.from_bytes(good[start : start + 4], "big")
    moov = good.find(b"moov") - 4
    length = int.from_bytes(good[moov : moov + 4], "big") + size * 2000
    grown = good[:start] + good[start : start + size] * 2000 + good[start:]
    refused(grown[:moov] + number(length) + grown[moov + 4 :], TooManyTracks)


def test_a_clip_that_is_too_long():
    assert "15\u00a0min 50\u00a0s" in refused(film(times=[0, 400, 949.96]), ClipTooLong)


@pytest.mark.parametrize("claim", [0, 1, 5 * 3600 * 1000, 2**32 - 1])
def test_a_lie_about_the_length_changes_nothing_or_is_refused(good, claim):
    lie = good
    for kind, offset in ((b"mvhd", 20), (b"tkhd", 24), (b"mdhd", 16), (b"elst", 12)):
        lie = patched(lie, kind, offset, number(claim))
    answer = settled(lie)

    assert answer.endswith(".") or answer in ("3.0 s", "3.1 s")


def test_samples_in_another_file_are_never_looked_for(good, tmp_path):
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(good)
    refused(patched(good, b"url ", 4, number(0)), KeptElsewhere)


def test_an_encrypted_clip_is_known_as_one(good):
    refused(good.replace(b"avc1", b"encv"), IsLocked)


def test_other_codecs_are_never_decoded():
    assert "mjpeg" in refused(film(codec="mjpeg", pix_fmt="yuvj420p", form="mov"), WrongCodec)
    assert "png" in refused(film(codec="png", pix_fmt="rgb24", form="mov"), WrongCodec)


def test_other_containers_are_never_opened(tmp_path):
    for form in ("matroska", "mpegts", "avi"):
        refused(film(form=form), ClipIncomplete)
    refused(b"ffconcat version 1.0\nfile /etc/passwd\n", ClipIncomplete)
    refused(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", ClipIncomplete)


def test_sound_of_an_unknown_kind_is_left_out(good):
    clip = make(good.replace(b"mp4a", b"zzzz").replace(b"esds", b"free"))

    assert not clip.answer.has_audio


def test_a_gif_that_claims_a_huge_canvas():
    data = bytearray(gif([quarters((320, 240)), quarters((320, 240), 9)]))
    data[6:10] = b"\xff\xff\xff\xff"

    refused(bytes(data), FramesTooLarge)


def test_a_gif_that_stops_in_the_middle():
    data = gif([quarters((320, 240), shift) for shift in range(30)])

    assert settled(data[: len(data) // 2]).endswith((".", " s"))


def test_damage_anywhere_gives_a_clip_or_a_sentence(good):
    start, end = good.find(b"moov"), good.find(b"mdat")
    for seed in range(24):
        chance = random.Random(seed)
        damaged = bytearray(good)
        for _ in range(chance.choice([1, 4, 30])):
            place = chance.randrange(start, end) if seed % 4 else chance.randrange(len(good))
            damaged[place] = chance.randrange(256)
        assert settled(bytes(damaged)).endswith((".", " s"))


def test_a_full_disk_is_not_blamed_on_the_clip(good):
    class Full(BytesIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        prepare(BytesIO(good), video=Full(), recipe=Recipe(), report=lambda done: None)


def test_a_file_that_says_one_thing_and_is_another():
    refused(b"GIF89a" + bytes(100), ClipUnreadable)


def test_dolby_vision_without_a_base_is_known_as_such():
    data = film(colours=(1, 1, 1)).replace(b"colrnclx", b"dvcC\x01\x00\x0a\x00")

    assert "Dolby Vision" in refused(data, HdrWithoutBase)


CONFINED = """
import resource, sys
from takeover.media.recipe import Recipe
from takeover.media.videos.preparing import prepare
from takeover.media.videos.probing import inspect
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "w+b") as video:
    most = max(source.fileno(), video.fileno()) + 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000))
    inspect(source)
    print(prepare(source, video=video, recipe=Recipe(ratio=1.0), report=lambda done: None).made)
"""


def test_it_opens_nothing_while_it_works(tmp_path):
    """Confined to two open files, with HDR, borders, sound and a cover."""
    options = {"preset": "ultrafast", "x265-params": "log-level=error"}
    (tmp_path / "in.mp4").write_bytes(film(
        codec="libx265", pix_fmt="yuv420p10le", colours=(9, 18, 9), options=options, sound=tone
    ))  # fmt: skip
    run = [sys.executable, "-c", CONFINED, str(tmp_path / "in.mp4"), str(tmp_path / "out.mp4")]
    done = subprocess.run(run, check=False, capture_output=True, text=True, timeout=60, cwd=ROOT)

    assert done.stdout == "encoded\n", done.stderr
