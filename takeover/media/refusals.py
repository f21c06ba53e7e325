"""Why a file is refused: one class for each cause, one sentence for the person who sent it."""

from math import ceil
from typing import Any

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString


class Refused(Exception):
    """A file we do not take; `str()` is the sentence in the reader's language, or in English."""

    sentence: LazyString = lazy_gettext(
        "We could not read this file; it may be damaged. "
        "Take the photo or video again and send that."
    )

    facts: dict[str, Any]
    """What it was raised with, by name, as JSON has it: with the class's own name enough to raise
    it elsewhere, and to say its sentence to another reader."""

    def __new__(cls, *args: object, **facts: Any) -> "Refused":
        refusal = super().__new__(cls, *args)
        refusal.facts = facts
        return refusal

    def __str__(self) -> str:
        return str(self.sentence)


class Unreadable(Refused):
    """The bytes say they are a picture, and no decoder agrees."""


class Empty(Refused):
    sentence = lazy_gettext(
        "This file is empty. Choose the photo or video again and wait until it is sent."
    )


class Incomplete(Refused):
    """The header is whole, the picture behind it is cut off."""

    sentence = lazy_gettext(
        "A part of this picture is missing; it was probably cut off on its way. "
        "Send it again from the phone that took it."
    )


class NeverArrived(Refused):
    """Its upload stood still for too long, or what had come of it is lost."""

    sentence = lazy_gettext("This file never arrived whole. Choose it again.")


class IsVideo(Refused):
    """A video in a wrapping that no phone writes."""

    sentence = lazy_gettext(
        "Videos of this kind cannot be shown on Instagram. Save it as MP4 or MOV and send that."
    )


class IsSound(Refused):
    sentence = lazy_gettext("This is a sound recording. Send a photo or a video instead.")


class IsAnimated(Refused):
    """A WebP, PNG or AVIF of several frames."""

    sentence = lazy_gettext(
        "This picture moves, and Instagram would show it still. "
        "Send a photo or a screenshot instead."
    )


class IsHdr(Refused):
    """HLG or PQ without an ordinary picture beside it: shown as it is, it looks washed out."""

    sentence = lazy_gettext(
        "This picture is saved for HDR screens only. Save it as JPEG and send that."
    )


class IsDrawing(Refused):
    sentence = lazy_gettext("This is an SVG drawing. Save it as PNG and send that.")


class IsRaw(Refused):
    """TIFF, camera raw, BMP, PSD, JPEG 2000, JPEG XL: not what phones send."""

    sentence = lazy_gettext(
        "This kind of picture cannot be shown on the web. Save it as JPEG and send that."
    )


class IsDocument(Refused):
    sentence = lazy_gettext(
        "This is a document. Send a photo or a video instead, or a screenshot of the page."
    )


class IsWebPage(Refused):
    sentence = lazy_gettext(
        "This is a web page. Save the photo or video itself to your phone and send that."
    )


class IsArchive(Refused):
    sentence = lazy_gettext("This is a packed file. Unpack it and send the photo or video inside.")


class IsProgram(Refused):
    sentence = lazy_gettext(
        "This is a program, not a photo or video. Choose one that your phone took."
    )


class Unknown(Refused):
    sentence = lazy_gettext(
        "This is not a photo or video that we know. Choose one that your phone took."
    )


class TooHeavy(Refused):
    def __init__(self, *, size: int, most: int) -> None:
        """`size` and `most` in bytes."""
        super().__init__(size, most)
        self.sentence = lazy_gettext(
            "This file has %(megabytes)d MB; we can take up to %(most)d. "
            "Save the picture smaller and send that.",
            megabytes=ceil(size / 1_000_000),
            most=most // 1_000_000,
        )


class TooManyPixels(Refused):
    def __init__(self, *, width: int, height: int, most: int) -> None:
        """`most` in pixels."""
        super().__init__(width, height, most)
        self.sentence = lazy_gettext(
            "This picture has %(megapixels)d megapixels; we can take up to %(most)d. "
            "Save it smaller and send that.",
            megapixels=ceil(width * height / 1_000_000),
            most=most // 1_000_000,
        )


class TooSmall(Refused):
    def __init__(self, *, width: int, height: int, least: int) -> None:
        """`least`: pixels the shorter side needs."""
        super().__init__(width, height, least)
        self.sentence = lazy_gettext(
            "This picture is %(width)d × %(height)d pixels; we need at least %(least)d "
            "on the shorter side. Choose a larger one.",
            width=width,
            height=height,
            least=least,
        )


class TooLong(Refused):
    """A strip: fitted whole, its short side would be too thin to see."""

    def __init__(self, *, width: int, height: int, most: float) -> None:
        """`most`: the longest side, in shorter sides."""
        super().__init__(width, height, most)
        self.sentence = lazy_gettext(
            "This picture is %(times)d times as long as it is short; we can show up to %(most)d. "
            "Cut out the best part and send that.",
            times=ceil(max(width, height) / min(width, height)),
            most=int(most),
        )


class TooIntricate(Refused):
    """A progressive JPEG of very many scans: small to send, hours to decode."""

    def __init__(self, *, scans: int, most: int) -> None:
        super().__init__(scans, most)
        self.sentence = lazy_gettext(
            "This picture is saved in %(scans)d passes; we can take up to %(most)d. "
            "Send a screenshot of it instead.",
            scans=scans,
            most=most,
        )
