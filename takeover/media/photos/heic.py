"""HEIC for Pillow: the header read here, the pixels by libheif.

libheif is written in C++, and broken files make it crash, even while it reads headers: only the
child process that prepares a file may load the pixels.
"""

from io import BytesIO

import pi_heif
from pi_heif.as_plugin import HeifImageFile
from PIL.Image import Image, Resampling
from PIL.Image import new as new_image
from PIL.ImageFile import ImageFile

from takeover.media.boxes import boxes


class HeicFile(ImageFile):
    """The primary picture, turned already; `draft` gives it smaller, like a JPEG's, but exactly."""

    format = "HEIF"

    def _open(self) -> None:
        self._data = self.fp.read() if self.fp else b""
        self._mode = "RGB"
        self._size = self._wanted = _read_header(self._data, self.info)
        self._stated = self._size

    def draft(
        self, mode: str | None, size: tuple[int, int] | None
    ) -> tuple[str, tuple[int, int, float, float]] | None:
        """Decode to `size`, where it is given; `mode` is always RGB."""
        self._size = size or self._size
        return self._mode, (0, 0, self._stated[0], self._stated[1])

    def load(self):  # type: ignore[no-untyped-def]  # Pillow's own type is not public
        if self._data:
            decoded = _decoded(self._data)
            self._data = b""
            if decoded.size != self._stated:
                raise OSError("the pixels are not of the size the header states")
            self.info["icc_profile"] = decoded.info.get("icc_profile") or None
            scaled = _on_white(decoded).resize(self._size, Resampling.LANCZOS, reducing_gap=2)
            self.im = scaled.im
            self.tile = []
        return super().load()


def _decoded(data: bytes) -> Image:
    for extra in ("THUMBNAILS", "DEPTH_IMAGES", "AUX_IMAGES"):
        setattr(pi_heif.options, extra, False)
    picture: Image = HeifImageFile(BytesIO(data))
    picture.load()
    return picture


def _on_white(picture: Image) -> Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB") if picture.mode != "RGB" else picture
    layered = picture.convert("RGBA")
    white = new_image("RGB", layered.size, (255, 255, 255))
    white.paste(layered, mask=layered)
    return white


def _read_header(data: bytes, info: dict[str | tuple[int, int], object]) -> tuple[int, int]:
    """The primary picture's width and height, after what turns and crops it (ISO 23008-12)."""
    meta = dict(boxes(_first(data, b"meta"), start=4))
    primary = _number(meta[b"pitm"], 4, 4 if meta[b"pitm"][0] else 2)
    properties = dict(boxes(meta[b"iprp"]))
    shelf = list(boxes(properties[b"ipco"]))
    width = height = 0
    for index in _properties_of(primary, properties[b"ipma"]):
        kind, content = shelf[index - 1]
        if kind == b"ispe":
            width, height = _number(content, 4, 4), _number(content, 8, 4)
        elif kind == b"clap":  # a crop: two fractions
            width = _number(content, 0, 4) // _number(content, 4, 4)
            height = _number(content, 8, 4) // _number(content, 12, 4)
        elif kind == b"irot" and content[0] % 2:
            width, height = height, width
        elif kind == b"colr":
            _note_colours(content, info)
    if not info:  # a picture of tiles may say it of them only
        for content in [content for kind, content in shelf if kind == b"colr"][:1]:
            _note_colours(content, info)
    if not width or not height:
        raise SyntaxError("a picture without a size")
    return width, height


def _first(data: bytes, kind: bytes) -> bytes:
    return next(content for found, content in boxes(data) if found == kind)


def _properties_of(item: int, ipma: bytes) -> list[int]:
    """The places, from 1, of an item's properties."""
    wide_items, wide_places, at = ipma[0] > 0, ipma[3] & 1, 8
    while at < len(ipma):
        found = _number(ipma, at, 4 if wide_items else 2)
        at += 4 if wide_items else 2
        count, step = ipma[at], 2 if wide_places else 1
        if found == item:
            ends = range(at + 1, at + 1 + count * step, step)
            return [_number(ipma, end, step) & (0x7FFF if wide_places else 0x7F) for end in ends]
        at += 1 + count * step
    raise SyntaxError("a picture without properties")


def _note_colours(colr: bytes, info: dict[str | tuple[int, int], object]) -> None:
    if colr[:4] == b"nclx":
        info["transfer"] = _number(colr, 6, 2)
    else:
        info["icc_profile"] = colr[4:]


def _number(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise SyntaxError("a header that is cut off")
    return int.from_bytes(data[at : at + size], "big")
