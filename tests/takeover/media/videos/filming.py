"""Small clips of every kind, made while the tests run, and what a player would show of one."""

from array import array
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from itertools import count

import av
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from PIL import Image

from takeover.media.recipe import Recipe
from takeover.media.videos.preparing import Prepared, prepare

CORNERS = ((220, 30, 30), (30, 200, 30), (40, 40, 220), (230, 230, 230))
"""Upper left, upper right, lower left, lower right."""


@dataclass
class Made:
    """What `prepare` answered, wrote and reported."""

    answer: Prepared
    data: bytes
    reports: list[float]


def make(data, recipe=None):
    video, reports = BytesIO(), []
    answer = prepare(BytesIO(data), video=video, recipe=recipe or Recipe(), report=reports.append)
    return Made(answer, video.getvalue(), reports)


def quarters(size, shift=0):
    """A picture whose every corner has a colour of its own; `shift` moves it a little."""
    small = Image.new("RGB", (2, 2))
    small.putdata(CORNERS)
    picture = small.resize(size, Image.Resampling.NEAREST)
    picture.paste((255, 255, 0), (shift % 40, size[1] // 2 - 4, shift % 40 + 8, size[1] // 2 + 4))
    return picture


def grey(size, value=90):
    return Image.new("RGB", size, (value,) * 3)


def flash(at, size=(320, 240)):
    """Dark, then for a fifth of a second white."""
    return lambda seconds: grey(size, 240 if at - 1e-6 <= seconds < at + 0.2 else 30)


def beep(at, rate=48_000):
    """Silence, then for a fifth of a second a tone."""
    return lambda seconds: 0.5 * ((seconds * 1000) % 1 > 0.5) if at <= seconds < at + 0.2 else 0.0


def tone(seconds):
    return 0.25 * ((seconds * 440) % 1 > 0.5)


def film(
    paint=None, *, size=(320, 240), rate=30, seconds=3.2, times=None, codec="libx264",
    pix_fmt="yuv420p", options=None, sound=None, sound_codec="aac", layout="stereo",
    sound_rate=48_000, turn=None, sar=None, colours=None, form="mp4", mux=None, posters=0,
    data=None, metadata=None,
):  # fmt: skip
    """The bytes of a clip. `paint` and `sound`: of seconds, a picture and a sample.

    `times`: seconds of each frame, where the beat is not steady. `colours`: (primaries, transfer,
    matrix). `turn`: degrees counter-clockwise. `posters`: still tracks besides.
    """
    paint = paint or (lambda seconds: quarters(size, round(seconds * 30)))
    file = BytesIO()
    options = {"preset": "ultrafast"} | (options or {}) if "264" in codec else options or {}
    with av.open(file, "w", format=form, options=mux or {}) as out:
        out.metadata.update(metadata or {})
        picture = out.add_stream(codec, rate=rate, options=options)
        context = picture.codec_context
        context.width, context.height = size
        context.pix_fmt = pix_fmt
        context.time_base = Fraction(1, 90_000) if times else 1 / Fraction(rate)
        if sar:
            context.sample_aspect_ratio = sar
        if colours:
            context.color_primaries, context.color_trc, context.colorspace = colours
            context.color_range = 1
        if turn:
            picture.set_display_rotation(turn)
        heard = add_sound(out, sound_codec, sound_rate, layout) if sound else None
        stills = [out.add_stream("mjpeg", rate=1) for _ in range(posters)]
        for still in stills:
            still.width, still.height, still.pix_fmt = 64, 64, "yuvj420p"
        due = times or [frame / rate for frame in range(round(seconds * rate))]
        for number, at in enumerate(due):
            shown = paint(at)
            frame = shown if isinstance(shown, VideoFrame) else VideoFrame.from_image(shown)
            if frame.format.name != pix_fmt:
                frame = frame.reformat(format=pix_fmt, dst_colorspace="ITU709" if colours else None)
            frame.pts = round(at * 90_000) if times else number
            frame.time_base = context.time_base
            out.mux(picture.encode(frame))
        for still in stills:
            out.mux(still.encode(VideoFrame.from_image(grey((64, 64))).reformat(format="yuvj420p")))
            out.mux(still.encode())
        if heard:
            for frame in sampled(sound, max(seconds, due[-1] + 0.1), sound_rate, layout):
                out.mux(heard.encode(frame))
            out.mux(heard.encode())
        out.mux(picture.encode())
    return file.getvalue()


def add_sound(out, codec, rate, layout):
    stream = out.add_stream(codec, rate=rate, layout=layout)
    if codec == "aac":
        stream.codec_context.bit_rate = 96_000
    return stream


def sampled(sound, seconds, rate, layout):
    done = 0
    for _ in count():
        if done >= seconds * rate:
            return
        wave = array("f", (sound((done + i) / rate) for i in range(1024))).tobytes()
        frame = AudioFrame("fltp", layout, samples=1024)
        frame.sample_rate, frame.pts, frame.time_base = rate, done, Fraction(1, rate)
        for plane in frame.planes:
            plane.update(wave)
        done += 1024
        yield frame


def gif(frames, milliseconds=100, **options):
    file = BytesIO()
    frames[0].save(
        file, "GIF", save_all=True, append_images=frames[1:], duration=milliseconds, loop=0,
        **options,
    )  # fmt: skip
    return file.getvalue()


def boxes(data):
    """The outermost boxes: their kinds, in order."""
    at, kinds = 0, []
    while at + 8 <= len(data):
        kinds.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4], "big")
    return kinds


def pictures(data):
    """Seconds and picture of every frame, in the order of showing."""
    with av.open(BytesIO(data)) as clip:
        return [
            (frame.time, frame.to_image(src_colorspace="ITU709")) for frame in clip.decode(video=0)
        ]


def luma(data):
    """Seconds and mean luma (as stored, 16 ... 235) of every frame."""
    with av.open(BytesIO(data)) as clip:
        found = []
        for frame in clip.decode(video=0):
            plane = frame.planes[0]
            line = bytes(plane)[plane.line_size * (frame.height // 2) :][: frame.width]
            found.append((frame.time, sum(line) / len(line)))
        return found


def loudness(data):
    """Seconds and strength of every eighth sample, all channels together."""
    with av.open(BytesIO(data)) as clip:
        heard = []
        for frame in clip.decode(audio=0):
            channels = [
                array("f", bytes(plane)[: frame.samples * 4])[::8] for plane in frame.planes
            ]
            for place, parts in enumerate(zip(*channels, strict=True)):
                heard.append((frame.time + 8 * place / frame.sample_rate, max(map(abs, parts))))
        return heard
