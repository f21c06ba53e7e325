"""What a file is, judged by its content; its name and declared type are never asked."""

import re
from enum import StrEnum

from takeover.media.refusals import (
    Empty,
    IsArchive,
    IsDocument,
    IsDrawing,
    IsProgram,
    IsRaw,
    IsSound,
    IsVideo,
    IsWebPage,
    Refused,
    TooHeavy,
    Unknown,
)
from takeover.media.videos.refusals import ClipTooHeavy

HEAD = 4096
"""Bytes of a file's beginning that `recognise` wants to see (fewer if the file is shorter)."""


class Format(StrEnum):
    """Kinds of file we read or write."""

    JPEG = "jpeg"
    PNG = "png"
    HEIC = "heic"
    WEBP = "webp"
    AVIF = "avif"
    GIF = "gif"
    MP4 = "mp4"
    MOV = "mov"

    @property
    def is_video(self) -> bool:
        """GIF too: one of a single picture is found out when it is opened."""
        return self in VIDEO_FORMATS

    @property
    def most_bytes(self) -> int:
        """What we take of it at most: ten times what phones make of a picture, and 1 GB of video,
        which is two minutes of the best a phone records."""
        return 1_000_000_000 if self in (Format.MP4, Format.MOV) else 40_000_000

    def check_size(self, size: int) -> None:
        """`size` in bytes. Raises TooHeavy, or ClipTooHeavy for a video."""
        if size > self.most_bytes:
            kind = ClipTooHeavy if self in (Format.MP4, Format.MOV) else TooHeavy
            raise kind(size=size, most=self.most_bytes)

    @property
    def mime(self) -> str:
        """The media type, for a Content-Type header."""
        if self is Format.MOV:
            return "video/quicktime"
        return f"{'video' if self is Format.MP4 else 'image'}/{self.value}"

    @property
    def suffix(self) -> str:
        """The file name's ending, with its dot."""
        return ".jpg" if self is Format.JPEG else f".{self.value}"


VIDEO_FORMATS = frozenset({Format.GIF, Format.MP4, Format.MOV})

_BY_START: tuple[tuple[bytes, Format | type[Refused]], ...] = (
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"GIF87a", Format.GIF),
    (b"GIF89a", Format.GIF),
    (b"\x1aE\xdf\xa3", IsVideo),  # Matroska, WebM
    (b"\x00\x00\x01\xba", IsVideo),  # MPEG
    (b"FLV\x01", IsVideo),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", IsVideo),  # WMV
    (b"ID3", IsSound),
    (b"OggS", IsSound),
    (b"fLaC", IsSound),
    (b"#!AMR", IsSound),
    (b"II*\x00", IsRaw),  # TIFF, DNG and most camera raws
    (b"MM\x00*", IsRaw),
    (b"IIU\x00", IsRaw),
    (b"FUJIFILMCCD-RAW", IsRaw),
    (b"8BPS", IsRaw),
    (b"\x00\x00\x00\x0cJXL ", IsRaw),
    (b"\xff\x0a", IsRaw),
    (b"\x00\x00\x00\x0cjP  ", IsRaw),
    (b"\x00\x00\x01\x00", IsRaw),  # icon
    (b"%!PS", IsDocument),
    (b"{\\rtf", IsDocument),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", IsDocument),  # Office before 2007
    (b"PK\x03\x04", IsArchive),
    (b"\x1f\x8b", IsArchive),
    (b"Rar!", IsArchive),
    (b"7z\xbc\xaf\x27\x1c", IsArchive),
    (b"MZ", IsProgram),
    (b"\x7fELF", IsProgram),
    (b"\xcf\xfa\xed\xfe", IsProgram),
    (b"\xca\xfe\xba\xbe", IsProgram),
    (b"#!", IsProgram),
)

_BY_RIFF: dict[bytes, Format | type[Refused]] = {
    b"WEBP": Format.WEBP,
    b"AVI ": IsVideo,
    b"WAVE": IsSound,
}

# Brands of ISO base media files: the registry is at mp4ra.org; "mif1" and "msf1" only say "HEIF",
# the codec's own brand stands among the compatible ones.
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_AVIF = {b"avif", b"avis"}
_HEIF = {b"mif1", b"mif2", b"msf1"}
_SOUND = {b"M4A ", b"M4B ", b"M4P "}
_RAW = {b"crx "}
_QUICKTIME_ATOMS = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}

_WEB_PAGE = re.compile(rb"<!doctype html|<html|<head|<body|<script", re.I)


def recognise(head: bytes) -> Format:
    """The format of a file whose first `HEAD` bytes (or more, or all) are `head`.

    Raises the `Refused` that fits what it is: `Empty`, `IsVideo`, `IsDocument`, `Unknown` ...
    """
    found = _found(head)
    if isinstance(found, Format):
        return found
    raise found()


def _found(head: bytes) -> Format | type[Refused]:
    if not head:
        return Empty
    for start, kind in _BY_START:
        if head.startswith(start):
            return kind
    if head.startswith(b"RIFF"):
        return _BY_RIFF.get(head[8:12], Unknown)
    if head[4:8] == b"ftyp":
        return _by_brands(head)
    if head[4:8] in _QUICKTIME_ATOMS:
        return Format.MOV
    return _by_text(head[:HEAD])


def _by_brands(head: bytes) -> Format | type[Refused]:
    box = head[8 : min(int.from_bytes(head[:4], "big"), HEAD)]
    major, others = box[:4], {box[i : i + 4] for i in range(8, len(box), 4)}
    if major in _HEIC:
        return Format.HEIC
    if major in _AVIF:
        return Format.AVIF
    if major in _HEIF:
        return Format.AVIF if others & _AVIF else Format.HEIC
    if major in _RAW:
        return IsRaw
    if major in _SOUND:
        return IsSound
    return Format.MOV if major == b"qt  " else Format.MP4


def _by_text(head: bytes) -> type[Refused]:
    if b"%PDF-" in head[:1024]:  # where readers of PDF look for it
        return IsDocument
    if b"<svg" in head:
        return IsDrawing
    if _WEB_PAGE.search(head):
        return IsWebPage
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return IsRaw
    return Unknown
