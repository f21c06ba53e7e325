"""Preparing a photo: what our care costs over Pillow alone, and what it saves over the naive way.

All renditions of one 12-megapixel JPEG, on one core. The ways take turns, and each round gives a
ratio of its own, so that a busy moment of the machine meets both sides; medians of the rounds.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from statistics import median
from tempfile import TemporaryDirectory, TemporaryFile
from time import perf_counter

from PIL import Image, ImageOps
from PIL.Image import Resampling

from config import ROOT
from takeover.media import confining
from takeover.media.keeping import put_away
from takeover.media.made import Rendition
from takeover.media.photos.rendering import PREVIEW_WIDTH, QUALITY, THUMBNAIL_WIDTH, prepare
from takeover.media.recipe import Recipe
from takeover.media.recognising import Format
from takeover.media.store import open_store

ROUNDS = 7
MEASURED = """
import sys
from pathlib import Path
from takeover.media.photos.rendering import prepare

def held(line):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(each.split()[1]) for each in lines if each.startswith(line))

data = sys.stdin.buffer.read()
Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
before = held("VmRSS")
prepare(data)
print(held("VmHWM") - before)
"""
FEED_WIDTH = 1440
WIDTHS = (FEED_WIDTH, PREVIEW_WIDTH, THUMBNAIL_WIDTH)


def run() -> list[tuple[str, float, str]]:
    """Rows of (what, how much, of what)."""
    data = photo()
    with TemporaryDirectory() as folder, TemporaryFile() as source, TemporaryFile() as video:
        store = open_store(folder)
        source.write(data)
        source.flush()

        def whole() -> None:
            """As a worker does it: in a child process, and into the store."""
            source.seek(0)
            made = confining.make(source, Format.JPEG, Recipe(), video=video)
            put_away(replace(made, renditions=tuple(map(new, made.renditions))), None, store=store)

        seconds = in_turns({
            "whole": whole,
            "bare": lambda: bare(data),
            "prepare": lambda: prepare(data),
            "naive": lambda: naive(data),
        })  # fmt: skip

    def ratio(one: str, other: str) -> float:
        return median(a / b for a, b in zip(seconds[one], seconds[other], strict=True))

    return [
        ("photo 12 MP: bytes to stored files", median(seconds["whole"]) * 1000, "ms"),
        ("photo 12 MP: prepared / bare Pillow", ratio("prepare", "bare"), "x"),
        (
            "photo 12 MP: prepared and stored / bare Pillow",
            ratio("whole", "bare"),
            "x, at most 1.15",
        ),
        (
            "photo 12 MP: naive way / prepared and stored",
            ratio("naive", "whole"),
            "x, at least 1.7",
        ),
        ("photo 12 MP: peak memory / one decoded picture", peak(data), "x, at most 1.5"),
    ]


def new(made: Rendition) -> Rendition:
    """One that no store has yet."""
    return replace(made, data=made.data + os.urandom(8))


def peak(data: bytes) -> float:
    """Memory that a process needs more while it prepares a photo, in decoded pictures."""
    command = [sys.executable, "-c", MEASURED]
    answer = subprocess.run(command, cwd=ROOT, input=data, stdout=subprocess.PIPE, check=True)
    return float(answer.stdout) * 1024 / (4032 * 3024 * 3)


def photo() -> bytes:
    """A JPEG of 4032 x 3024 with about as much detail as a phone's, 3 to 4 MB."""
    shapes = [Image.effect_noise((504, 378), 70).resize((4032, 3024)) for _ in range(3)]
    grain = Image.effect_noise((4032, 3024), 14)
    layers = [Image.blend(shape, grain, 0.4) for shape in shapes]
    file = BytesIO()
    Image.merge("RGB", layers).save(file, "JPEG", quality=85)
    return file.getvalue()


def bare(data: bytes) -> None:
    """Decode, resize and encode the same renditions, and nothing else."""
    opened = Image.open(BytesIO(data))
    opened.draft(None, (FEED_WIDTH, FEED_WIDTH * 3 // 4))
    picture: Image.Image = opened
    for width in WIDTHS:
        picture = picture.resize((width, width * 3 // 4), Resampling.LANCZOS)
        encode(picture, feed=width == FEED_WIDTH)


def naive(data: bytes) -> None:
    """Decode in full for each rendition."""
    for width in WIDTHS:
        picture = ImageOps.exif_transpose(Image.open(BytesIO(data))).convert("RGB")
        made = picture.resize((width, width * 3 // 4), Resampling.LANCZOS)
        encode(made, feed=width == FEED_WIDTH)


def encode(picture: Image.Image, *, feed: bool) -> None:
    if feed:
        picture.save(BytesIO(), "JPEG", quality=QUALITY)
    else:
        picture.save(BytesIO(), "WEBP", quality=80, method=2)


def in_turns(ways: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Seconds each way took in each round."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            way()  # not counted: what ran before leaves memory warm or cold
            start = perf_counter()
            way()
            seconds[name].append(perf_counter() - start)
    return seconds


if __name__ == "__main__":
    for what, amount, unit in run():
        print(f"{what:48} {amount:8.2f} {unit}")
