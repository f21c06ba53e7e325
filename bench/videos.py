"""Preparing a clip: how much quicker a compliant one is packed anew than encoded again.

The same twenty seconds of 1080p, once as they are and once trimmed by a hundredth of a second,
which makes encoding necessary. The ways take turns; medians of the rounds.
"""

from fractions import Fraction
from io import BytesIO
from statistics import median
from time import perf_counter

import av
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from PIL import Image

from takeover.media.recipe import Recipe
from takeover.media.videos.preparing import Made, prepare

ROUNDS = 3
SECONDS = 20
LARGE_SECONDS = 3
SIZE = (1920, 1080)
RATE = 30


def run() -> list[tuple[str, float, str]]:
    """Rows of (what, how much, of what)."""
    compliant, large = packed(film(SIZE, RATE, SECONDS)), film((3840, 2160), 60, LARGE_SECONDS)
    trimmed = Recipe(start=0.01)
    assert made(compliant, Recipe()) is Made.REMUXED
    assert made(compliant, trimmed) is Made.ENCODED
    rounds = [
        (timed(compliant, Recipe()), timed(compliant, trimmed), timed(large, Recipe()))
        for _ in range(ROUNDS)
    ]
    remuxed, encoded, big = (median(each) for each in zip(*rounds, strict=True))
    return [
        ("clip 1080p30: packed anew, 20 s of it", remuxed * 1000, "ms"),
        (
            "clip 1080p30: encoded again / packed anew",
            median(encoded / remuxed for remuxed, encoded, _ in rounds),
            "x, at least 20",
        ),
        ("clip 1080p30: encoded, each second of it", encoded / SECONDS, "s"),
        ("clip 4K60: encoded, each second of it", big / LARGE_SECONDS, "s"),
    ]


def timed(data: bytes, recipe: Recipe) -> float:
    start = perf_counter()
    made(data, recipe)
    return perf_counter() - start


def made(data: bytes, recipe: Recipe) -> Made:
    return prepare(BytesIO(data), video=BytesIO(), recipe=recipe, report=lambda done: None).made


def packed(data: bytes) -> bytes:
    """As we publish it."""
    file = BytesIO()
    prepare(BytesIO(data), video=file, recipe=Recipe(), report=lambda done: None)
    return file.getvalue()


def film(size: tuple[int, int], rate: int, seconds: int) -> bytes:
    """A clip with about as much movement and grain as a phone's; its second is repeated."""
    frames = _moving(size, rate)
    file = BytesIO()
    with av.open(file, "w", format="mp4") as out:
        picture = out.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "crf": "23"})
        picture.codec_context.width, picture.codec_context.height = size
        picture.codec_context.pix_fmt = "yuv420p"
        sound = out.add_stream("aac", rate=48_000, layout="stereo")
        for number in range(rate * seconds):
            frame = frames[number % len(frames)]
            frame.pts, frame.time_base = number, Fraction(1, rate)
            out.mux(picture.encode(frame))
        for start in range(0, 48_000 * seconds, 1024):
            out.mux(sound.encode(_silence(start)))
        out.mux(sound.encode())
        out.mux(picture.encode())
    return file.getvalue()


def _moving(size: tuple[int, int], count: int) -> list[VideoFrame]:
    width, height = size
    scene = Image.effect_noise((width // 16, height // 16), 90).resize((width + 256, height))
    grain = Image.effect_noise(size, 12)
    frames = []
    for number in range(count):
        shift = 4 * min(number, count - number)
        seen = Image.blend(scene.crop((shift, 0, shift + width, height)), grain, 0.2)
        frame = VideoFrame(width, height, "yuv420p")
        for plane, part in zip(frame.planes, (seen, *[seen.reduce(2)] * 2), strict=True):
            line = plane.line_size
            rows = part.tobytes()
            plane.update(
                b"".join(
                    rows[y * part.width : (y + 1) * part.width].ljust(line, b"\0")
                    for y in range(part.height)
                ).ljust(plane.buffer_size, b"\0")
            )
        frames.append(frame)
    return frames


def _silence(start: int) -> AudioFrame:
    frame = AudioFrame("fltp", "stereo", samples=1024)
    frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
    for plane in frame.planes:
        plane.update(bytes(4096))
    return frame


if __name__ == "__main__":
    for what, amount, unit in run():
        print(f"{what:48} {amount:8.2f} {unit}")
