"""Why a clip is refused: one class for each cause, one sentence for the person who sent it."""

from math import ceil, floor

from flask_babel import format_decimal, lazy_gettext

from takeover.media.refusals import Refused
from takeover.plain import in_minutes


class ClipUnreadable(Refused):
    """The bytes say they are a video, and no decoder agrees."""

    sentence = lazy_gettext(
        "We could not play this clip; the file may be damaged. Record it again and send that."
    )


class ClipIncomplete(Refused):
    """The file ends before its pictures do, or its table of contents never came."""

    sentence = lazy_gettext(
        "A part of this clip is missing; it was probably cut off on its way. "
        "Send it again from the phone that recorded it."
    )


class NoPicture(Refused):
    sentence = lazy_gettext(
        "This file has sound, but nothing to see. "
        "Send a video instead: MP4 or MOV from your camera."
    )


class DoesNotMove(Refused):
    """A GIF of one frame, which is a photo."""

    sentence = lazy_gettext("This GIF does not move. Send it as a photo: JPEG, PNG or HEIC.")


class IsLocked(Refused):
    """Encrypted: bought or rented."""

    sentence = lazy_gettext("This clip is locked against copying. Send one you recorded yourself.")


class KeptElsewhere(Refused):
    """A reference movie: its pictures are in a file on somebody's disk."""

    sentence = lazy_gettext(
        "What this clip shows is in another file. "
        "Export it as one file from your video program and send that."
    )


class HdrWithoutBase(Refused):
    """Dolby Vision of profile 5: its colours make sense to licensed players only."""

    sentence = lazy_gettext(
        "This clip is saved for Dolby Vision screens only. "
        "Turn HDR off, export it as MP4 and send that."
    )


class WrongCodec(Refused):
    def __init__(self, *, codec: str) -> None:
        super().__init__(codec)
        self.sentence = lazy_gettext(
            "This clip is saved as %(codec)s, which we cannot read. "
            "Export it as MP4 with H.264 and send that.",
            codec=codec,
        )


class ClipTooHeavy(Refused):
    def __init__(self, *, size: int, most: int) -> None:
        """`size` and `most` in bytes."""
        super().__init__(size, most)
        self.sentence = lazy_gettext(
            "This clip has %(megabytes)d MB; we can take up to %(most)d. "
            "Cut it shorter or record it in 1080p.",
            megabytes=ceil(size / 1_000_000),
            most=most // 1_000_000,
        )


class _Number:
    """Written when it is read, in the reader's language."""

    def __init__(self, value: float) -> None:
        self._value = value

    def __str__(self) -> str:
        return format_decimal(self._value)


class ClipTooShort(Refused):
    def __init__(self, *, seconds: float, least: float) -> None:
        """`seconds` are told down to a tenth: never as many as are needed."""
        super().__init__(seconds, least)
        self.sentence = lazy_gettext(
            "This clip is %(seconds)s seconds long; we need at least %(least)s. "
            "Record a longer one.",
            seconds=_Number(max(floor(10 * seconds) / 10, 0.1)),
            least=_Number(least),
        )


class ClipTooLong(Refused):
    def __init__(self, *, seconds: float, most: float) -> None:
        super().__init__(seconds, most)
        self.sentence = lazy_gettext(
            "This clip is %(length)s long; we can send up to %(most)s. "
            "Cut it shorter on your phone and send that.",
            length=in_minutes(ceil(seconds)),
            most=in_minutes(int(most)),
        )


class TooManyFrames(Refused):
    def __init__(self, *, frames: int, most: int) -> None:
        super().__init__(frames, most)
        self.sentence = lazy_gettext(
            "This clip has %(frames)d frames; we can take up to %(most)d. "
            "Cut it shorter or record it at 60 per second or fewer.",
            frames=frames,
            most=most,
        )


class TooManyTracks(Refused):
    def __init__(self, *, tracks: int, most: int) -> None:
        super().__init__(tracks, most)
        self.sentence = lazy_gettext(
            "This clip has %(tracks)d tracks; we can take up to %(most)d. "
            "Export it as MP4 with one video and one sound track and send that.",
            tracks=tracks,
            most=most,
        )


class FramesTooLarge(Refused):
    def __init__(self, *, width: int, height: int, most: int) -> None:
        """`most` in pixels."""
        super().__init__(width, height, most)
        self.sentence = lazy_gettext(
            "This clip is %(width)d × %(height)d pixels; we can take up to %(most)d megapixels. "
            "Record it in 4K or 1080p.",
            width=width,
            height=height,
            most=most // 1_000_000,
        )


class ClipTooSmall(Refused):
    def __init__(self, *, width: int, height: int, least: int) -> None:
        """`least`: pixels the shorter side needs."""
        super().__init__(width, height, least)
        self.sentence = lazy_gettext(
            "This clip is %(width)d × %(height)d pixels; we need at least %(least)d "
            "on the shorter side. Choose a larger one.",
            width=width,
            height=height,
            least=least,
        )


class IsStrip(Refused):
    def __init__(self, *, width: int, height: int, most: int) -> None:
        """`most`: the longest side, in shorter sides."""
        super().__init__(width, height, most)
        self.sentence = lazy_gettext(
            "This clip is %(times)d times as long as it is short; we can show up to %(most)d. "
            "Cut out the best part and send that.",
            times=ceil(max(width, height) / max(min(width, height), 1)),
            most=most,
        )
