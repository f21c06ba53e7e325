"""HDR and wide colours as phones record them, on ordinary screens: one table each to BT.709.

HLG and PQ: ITU-R BT.2100. What brightness means what: BT.2408, which puts a white page at 203 nits
and a grey card at 26. Up to a little below the page everything keeps its brightness; what is
brighter (lamps, clouds, sparks) shares the rest. Colours keep their hue and their saturation, as
far as BT.709 has them. What is wide but not bright keeps its brightness too.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from struct import pack
from typing import Literal

from av.video.frame import VideoFrame

WHITE = 203.0
"""Nits of a white page under the lamps of a scene, the reference of BT.2408."""

PEAK = 1000.0 / WHITE
"""What phones master for; brighter is white."""

KNEE = 0.6
"""In white pages: as far as brightness stays what it is."""

STEPS = 36
"""Of each colour in the table: a square number, so that the cube of it fills a square."""

FORMAT = "gbrp10le"
_MOST = 1023
SIDE = 216  # pixels: 216 x 216 = 36 x 36 x 36

_LUMA = (0.2627, 0.6780, 0.0593)  # BT.2020
_TO_709 = (  # from BT.2020, linear light: BT.2087
    (1.6605, -0.5876, -0.0728),
    (-0.1246, 1.1329, -0.0083),
    (-0.0182, -0.1006, 1.1187),
)
_P3_TO_709 = (  # SMPTE EG 432-1, for a white of D65
    (1.2249, -0.2249, 0.0),
    (-0.0421, 1.0421, 0.0),
    (-0.0196, -0.0786, 1.0982),
)
_LUMA_709 = (0.2126, 0.7152, 0.0722)

Colour = tuple[float, float, float]

Colours = Literal["hlg", "pq", "bt2020", "p3"]
"""What a clip's colours mean, where they are not those of BT.709."""


@cache
def table(colours: Colours) -> VideoFrame:
    """A picture of all colours in their new ones, red fastest, as FFmpeg's `haldclut` wants it."""
    steps = [step / (STEPS - 1) for step in range(STEPS)]
    light, brought, shown = _WAYS[colours]
    scale = [light(step) for step in steps]
    cube = [
        _signal(shown(_within_709(brought((red, green, blue)))))
        for blue in scale
        for green in scale
        for red in scale
    ]
    frame = VideoFrame(SIDE, SIDE, FORMAT)
    frame.pts, frame.time_base = 0, Fraction(1, 90_000)
    # `haldclut` takes a table's planes for red, green, blue, though the format says otherwise.
    for colour, plane in enumerate(frame.planes):
        padding = bytes(plane.line_size - 2 * SIDE)
        rows = (
            pack(f"<{SIDE}H", *(each[colour] for each in cube[start : start + SIDE])) + padding
            for start in range(0, len(cube), SIDE)
        )
        plane.update(b"".join(rows).ljust(plane.buffer_size, b"\0"))
    return frame


def _hlg(signal: float) -> float:
    """Light in the scene, 0 ... 1."""
    if signal <= 0.5:
        return signal * signal / 3
    return float((2.718281828 ** ((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12)


def _hlg_display(scene: Colour) -> Colour:
    """Light on a screen of 1000 nits, in white pages."""
    luma = sum(part * value for part, value in zip(_LUMA, scene, strict=True))
    gain = PEAK * luma**0.2 if luma > 0 else 0.0
    return scene[0] * gain, scene[1] * gain, scene[2] * gain


def _pq(signal: float) -> float:
    """Light on the screen, in white pages."""
    power = signal ** (1 / 78.84375)
    return (
        float(
            10_000
            * (max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578)
        )
        / WHITE
    )


def _plain(signal: float) -> float:
    """Light on a screen of BT.1886, in white pages."""
    return float(signal**2.4)


def _from_hlg(scene: Colour) -> Colour:
    return _mixed(_TO_709, _hlg_display(scene))


def _from_2020(light: Colour) -> Colour:
    return _mixed(_TO_709, light)


def _from_p3(light: Colour) -> Colour:
    return _mixed(_P3_TO_709, light)


def _mixed(matrix: tuple[Colour, Colour, Colour], light: Colour) -> Colour:
    red, green, blue = light
    first, second, third = (row[0] * red + row[1] * green + row[2] * blue for row in matrix)
    return first, second, third


def _within_709(mixed: Colour) -> Colour:
    """What BT.709 cannot show is mixed with grey of its own luma, until it can."""
    least = min(mixed)
    if least < 0:
        luma = sum(part * value for part, value in zip(_LUMA_709, mixed, strict=True))
        part = luma / (luma - least) if luma > 0 else 0.0
        red, green, blue = (max(luma + (value - luma) * part, 0.0) for value in mixed)
        return red, green, blue
    return mixed


def _kept(light: Colour) -> Colour:
    """No brighter than white, all three by the same factor: the hue stays."""
    most = max(light)
    return light if most <= 1 else (light[0] / most, light[1] / most, light[2] / most)


def _dimmed(light: Colour) -> Colour:
    """All three by the same factor, that of the brightest: the hue stays."""
    most = max(light)
    if most <= KNEE:
        return light
    factor = _shoulder(min(most, PEAK)) / most
    return light[0] * factor, light[1] * factor, light[2] * factor


def _shoulder(light: float) -> float:
    """KNEE ... PEAK to KNEE ... 1, as steep as what lies below where it begins."""
    over, most = (light - KNEE) / (1 - KNEE), (PEAK - KNEE) / (1 - KNEE)
    return KNEE + (1 - KNEE) * over * (1 + over / most**2) / (1 + over)


def _signal(light: Colour) -> tuple[int, ...]:
    """For a screen of BT.1886."""

    def curve(value: float) -> float:
        return float(min(max(value, 0.0), 1.0) ** (1 / 2.4))

    return tuple(round(curve(value) * _MOST) for value in light)


# Of each: from signal to light, from light to that of BT.709, from that to what a screen shows.
_WAYS: dict[
    Colours,
    tuple[Callable[[float], float], Callable[[Colour], Colour], Callable[[Colour], Colour]],
] = {
    "hlg": (_hlg, _from_hlg, _dimmed),
    "pq": (_pq, _from_2020, _dimmed),
    "bt2020": (_plain, _from_2020, _kept),
    "p3": (_plain, _from_p3, _kept),
}
