"""A picture's header, read within limits; its pixels stay where they are."""

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Lock

from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from takeover.media.boxes import is_cut_off
from takeover.media.photos.heic import HeicFile
from takeover.media.recognising import HEAD, Format, recognise
from takeover.media.refusals import (
    Incomplete,
    IsAnimated,
    IsHdr,
    Refused,
    TooIntricate,
    TooManyPixels,
    Unreadable,
)

MOST_PIXELS = 100_000_000
MOST_SCANS = 100
"""Passes of a progressive JPEG. Cameras and programs write about ten; each costs a whole decode."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS

# The classes themselves, not Image.open: the format is known already, and no other decoder of
# Pillow's many shall ever see an upload. JpegImageFile takes the first picture of an MPO.
_READERS: dict[Format, Callable[[BytesIO], ImageFile]] = {
    Format.JPEG: JpegImageFile,
    Format.PNG: PngImageFile,
    Format.HEIC: HeicFile,
    Format.WEBP: WebPImageFile,
    Format.AVIF: AvifImageFile,
    Format.GIF: GifImageFile,
}

_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
_ORIENTATION, _LONG = 0x0112, 4  # TIFF 6.0
_HDR_TRANSFERS = {16, 18}  # PQ and HLG (ITU-T H.273, table 3)
_quiet = Lock()


@contextmanager
def refusing_the_unreadable() -> Iterator[None]:
    """Whatever a decoder raises becomes a `Refused`: its cause is the file."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        cut = isinstance(error, EOFError) or "truncated" in str(error).lower()
        raise (Incomplete if cut else Unreadable)() from error


def open_picture(data: bytes) -> tuple[ImageFile, Format]:
    """The picture, not decoded yet, and its format; `size` is as stored, before `orientation`.

    Raises `Refused`.
    """
    form = recognise(data[:HEAD])
    form.check_size(len(data))
    with refusing_the_unreadable():
        if form in (Format.HEIC, Format.AVIF) and is_cut_off(data):
            raise Incomplete
        if form is Format.WEBP:
            _limit_pixels(_webp_size(data))  # its reader makes room for the pixels when it opens
        picture = _read(form, data)
        _limit_pixels(picture.size)
        _limit_kind(picture, form, data)
    return picture, form


def orientation(picture: Image.Image, form: Format) -> int:
    """1 ... 8, as EXIF counts; 1 where there is none, or a senseless one.

    HEIC pixels arrive turned by its own `irot`; ISO 23008-12 tells readers not to obey EXIF too.
    """
    if form is Format.HEIC:
        return 1
    exif = picture.info.get("exif")
    return _orientation_in(exif) if isinstance(exif, bytes) else 1


def _read(form: Format, data: bytes) -> ImageFile:
    # Readers warn of odd metadata that we throw away anyway. The filters are the process's own,
    # so one thread at a time.
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _READERS[form](BytesIO(data))


def _limit_pixels(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise TooManyPixels(width=width, height=height, most=MOST_PIXELS)


def _limit_kind(picture: ImageFile, form: Format, data: bytes) -> None:
    if form is Format.JPEG:
        _limit_scans(picture, data)
    if getattr(picture, "is_animated", False):
        raise IsAnimated
    if "icc_profile" not in picture.info and picture.info.get("transfer") in _HDR_TRANSFERS:
        raise IsHdr


def _limit_scans(picture: ImageFile, data: bytes) -> None:
    first = picture.fp.tell() if picture.fp else 0
    if data.rfind(b"\xff\xd9", first) < 0:
        raise Incomplete  # no end: where zeros were sent for the rest, a decoder draws noise
    if (scans := _scans(picture, data)) > MOST_SCANS:
        raise TooIntricate(scans=scans, most=MOST_SCANS)


def _scans(picture: ImageFile, data: bytes) -> int:
    """Passes over the first picture, counted only where there may be too many."""
    if not picture.info.get("progressive") or data.count(b"\xff\xda") <= MOST_SCANS:
        return 1
    scans, at = 0, 2
    while (marker := _MARKER.search(data, at)) and marker[1] != b"\xd9":
        scans += marker[1] == b"\xda"
        at = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
    return scans


def _webp_size(data: bytes) -> tuple[int, int]:
    """RFC 9649: the canvas of VP8X, or the size of a lone VP8L or VP8."""
    kind = data[12:16]
    if kind == b"VP8X":
        return (
            1 + int.from_bytes(data[24:27], "little"),
            1 + int.from_bytes(data[27:30], "little"),
        )
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return (
        int.from_bytes(data[26:28], "little") & 0x3FFF,
        int.from_bytes(data[28:30], "little") & 0x3FFF,
    )


def _orientation_in(exif: bytes) -> int:
    """From the first directory; read here, because whole EXIF readers stumble over the rest."""
    tiff = exif.removeprefix(b"Exif\0\0")
    if tiff[:2] not in (b"II", b"MM"):
        return 1

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "little" if tiff[:2] == b"II" else "big")

    start = number(4, 4)
    for entry in range(start + 2, start + 2 + 12 * number(start, 2), 12):
        if number(entry, 2) == _ORIENTATION:
            value = number(entry + 8, 4 if number(entry + 2, 2) == _LONG else 2)
            return value if value in range(1, 9) else 1
    return 1
