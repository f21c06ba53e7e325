"""Light of known strength and colour, as HLG, PQ and ordinary video store it. BT.2100, BT.2087."""

from math import log, sqrt

from av.video.frame import VideoFrame

WHITE = 203  # nits of a white page, BT.2408
TO_2020 = ((0.6274, 0.3293, 0.0433), (0.0691, 0.9195, 0.0114), (0.0164, 0.0880, 0.8956))
KR, KG, KB = 0.2627, 0.6780, 0.0593


def as_hlg(nits):
    """Signal of a colour in nits of BT.2020, on a screen of 1000."""
    parts = [part / 1000 for part in nits]
    luma = KR * parts[0] + KG * parts[1] + KB * parts[2]
    scene = [part * luma ** (1 / 1.2 - 1) if luma else 0 for part in parts]
    return [
        sqrt(3 * e) if e <= 1 / 12 else 0.17883277 * log(12 * e - 0.28466892) + 0.55991073
        for e in scene
    ]


def as_pq(nits):
    powers = [(part / 10_000) ** 0.1593017578 for part in nits]
    return [((0.8359375 + 18.8515625 * p) / (1 + 18.6875 * p)) ** 78.84375 for p in powers]


def wide(nits):
    """A colour of BT.709 in primaries of BT.2020."""
    return mixed(TO_2020, nits)


def mixed(matrix, light):
    return [sum(m * part for m, part in zip(row, light, strict=True)) for row in matrix]


def patch(signal, size):
    """A flat frame of 10 bits with that signal (red, green, blue: 0 ... 1)."""
    red, green, blue = signal
    luma = KR * red + KG * green + KB * blue
    codes = (
        64 + 876 * luma,
        512 + 896 * (blue - luma) / 1.8814,
        512 + 896 * (red - luma) / 1.4746,
    )
    frame = VideoFrame(*size, "yuv420p10le")
    for plane, code in zip(frame.planes, codes, strict=True):
        plane.update(round(code).to_bytes(2, "little") * (plane.buffer_size // 2))
    return frame
