"""From a decoded frame to the one that is published: part, size, colours, turn, borders."""

from fractions import Fraction
from typing import cast

from av.filter import Graph
from av.filter.context import FilterContext
from av.video.frame import VideoFrame
from PIL import Image

from takeover.media.borders import BORDER_IN_HEX
from takeover.media.videos import tone
from takeover.media.videos.framing import Frame
from takeover.media.videos.opening import THREADS

_UNTOLD, _BT709, _BT601 = 2, 1, 6  # ITU-T H.273, table 4
_MATRICES = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020"}
_TURNS = {(1, 1): "cclock_flip", (-1, 1): "clock", (1, -1): "cclock", (-1, -1): "clock_flip"}
_RGB = 0
_CLOCK = Fraction(1, 90_000)


class Darkroom:
    """Develops the frames of one clip; the filters are put together again if its format changes."""

    def __init__(
        self,
        frame: Frame,
        matrix: tuple[int, int, int, int],
        colours: tone.Colours | None,
    ) -> None:
        self._frame, self._matrix, self._colours = frame, matrix, colours
        self._made_for: tuple[object, ...] = ()
        self._count = 0
        self._source: FilterContext
        self._sink: FilterContext

    def develop(self, frame: VideoFrame) -> VideoFrame:
        """In yuv420p and BT.709, limited range, as large as the canvas."""
        if any(component.is_alpha for component in frame.format.components):
            frame = _on_white(frame)
        form = (frame.width, frame.height, frame.format.name, frame.colorspace, frame.color_range)
        if form != self._made_for:
            self._put_together(frame)
            self._made_for = form
        # A table of colours is only looked into from its own time on, which is 0.
        frame.pts, frame.time_base = self._count, _CLOCK
        self._count += 1
        self._source.push(frame)
        return cast(VideoFrame, self._sink.pull())

    def _put_together(self, frame: VideoFrame) -> None:
        graph = self._graph = Graph()  # kept: its filters alone do not keep it
        graph.threads = THREADS
        self._source = last = graph.add(
            "buffer",
            video_size=f"{frame.width}x{frame.height}",
            pix_fmt=frame.format.name,
            time_base=str(_CLOCK),
            pixel_aspect="1/1",
            colorspace=str(int(frame.colorspace)),
            range=str(int(frame.color_range)),
        )
        for name, arguments in self._chain(frame):
            step = graph.add(name, arguments)
            last.link_to(step)
            if name == "haldclut":
                self._add_table(graph, step)
            last = step
        self._sink = graph.add("buffersink")
        last.link_to(self._sink)
        graph.configure()
        if self._colours:
            self._table.push(tone.table(self._colours))
            self._table.push(None)

    def _add_table(self, graph: Graph, step: FilterContext) -> None:
        side = tone.SIDE
        self._table = graph.add(
            "buffer",
            video_size=f"{side}x{side}",
            pix_fmt=tone.FORMAT,
            time_base=str(_CLOCK),
            pixel_aspect="1/1",
            colorspace=str(_RGB),
            range="2",
        )
        self._table.link_to(step, 0, 1)

    def _chain(self, frame: VideoFrame) -> list[tuple[str, str]]:
        """Filters and what they are told. Small as early as can be; turned when small."""
        wide, high = self._unturned(self._frame.picture)
        into = f"{wide}:{high}:flags=bicubic:in_color_matrix={_matrix_of(frame)}"
        chain = (
            [("crop", self._crop(frame))]
            if self._frame.part.width < 1 or self._frame.part.height < 1
            else []
        )
        if self._colours:
            chain += [
                ("scale", into),
                ("format", tone.FORMAT),
                ("haldclut", "interp=tetrahedral"),
                ("scale", "out_color_matrix=bt709:out_range=tv"),
            ]
        else:
            chain += [("scale", f"{into}:out_color_matrix=bt709:out_range=tv")]
        chain += [("format", "yuv420p"), *self._turn()]
        if self._frame.padded:
            width, height = self._frame.canvas
            chain += [("pad", f"{width}:{height}:{self._corner()}:color=0x{BORDER_IN_HEX}")]
        chain += [
            ("setsar", "1"),
            ("setparams", "range=tv:colorspace=bt709:color_trc=bt709:color_primaries=bt709"),
        ]
        return chain

    def _unturned(self, size: tuple[int, int]) -> tuple[int, int]:
        return size if self._matrix[0] else (size[1], size[0])

    def _turn(self) -> list[tuple[str, str]]:
        a, b, c, d = self._matrix
        if not a:
            return [("transpose", f"dir={_TURNS[c, b]}")]
        return [("hflip", "")] * (a < 0) + [("vflip", "")] * (d < 0)

    def _corner(self) -> str:
        """Even, so that colour samples stay where they are."""
        canvas, picture = self._frame.canvas, self._frame.picture
        left, upper = ((canvas[i] - picture[i]) // 4 * 2 for i in (0, 1))
        return f"{left}:{upper}"

    def _crop(self, frame: VideoFrame) -> str:
        """The chosen part of the upright picture, found in the stored one."""
        a, b, c, d = self._matrix
        part = self._frame.part
        x, y = part.x + part.width / 2 - 0.5, part.y + part.height / 2 - 0.5  # from the middle
        x, y = a * x + b * y + 0.5, c * x + d * y + 0.5
        wide, high = (part.width, part.height) if a else (part.height, part.width)
        left, upper = round((x - wide / 2) * frame.width), round((y - high / 2) * frame.height)
        width = max(min(round(wide * frame.width), frame.width - left), 2)
        height = max(min(round(high * frame.height), frame.height - upper), 2)
        return f"{width}:{height}:{left}:{upper}:exact=1"


def as_image(frame: VideoFrame) -> Image.Image:
    """A developed frame for Pillow, in sRGB as screens show video."""
    plain = frame.reformat(format="rgb24", src_colorspace="ITU709", src_color_range="MPEG")
    return _image("RGB", plain)


def _matrix_of(frame: VideoFrame) -> str:
    """Where none is told, what players guess: the old one for small pictures."""
    told = int(frame.colorspace)
    if told == _UNTOLD:
        told = _BT709 if min(frame.width, frame.height) >= 720 else _BT601
    return _MATRICES.get(told, "auto")


def _on_white(frame: VideoFrame) -> VideoFrame:
    """A GIF's frame, opaque."""
    picture = _image("RGBA", frame.reformat(format="rgba"))
    white = Image.new("RGBA", picture.size, "white")
    opaque = Image.alpha_composite(white, picture)
    return VideoFrame.from_bytes(opaque.tobytes(), opaque.width, opaque.height, "rgba")


def _image(mode: str, frame: VideoFrame) -> Image.Image:
    plane = frame.planes[0]
    return Image.frombytes(
        mode, (frame.width, frame.height), bytes(plane), "raw", mode, plane.line_size
    )
