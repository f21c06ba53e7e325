"""What was made of a file, as one process tells it to another: JSON, then bytes; never pickled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from takeover.media.recognising import Format
from takeover.media.renditions import RenditionKind

Report = Callable[[float], None]
"""Is told the part of the work that is done, 0 ... 1."""


@dataclass(frozen=True)
class Rendition:
    """One finished file, in pixels. `data` holds no metadata."""

    kind: RenditionKind
    format: Format
    width: int
    height: int
    data: bytes
    """Empty where it is the video, which lies in a file of its own."""


@dataclass(frozen=True)
class Looks:
    """What the checks want to know of a picture, or of a video's cover."""

    dhash: str
    """Difference hash of the picture without its borders: 64 bits as 16 hexadecimal digits."""
    brightness: float
    """Mean luma, 0 (black) ... 255 (white)."""
    sharpness: float
    """Variance of the Laplacian of the preview's luma; the blurrier, the nearer to 0."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """Everything that is made and known of one file. Sizes in pixels, upright; times in seconds."""

    renditions: tuple[Rendition, ...]
    looks: Looks
    source_width: int
    source_height: int
    padded: bool = False
    """What is published does not have the shape of what was sent: borders, nothing cropped."""
    enlarged: bool = False
    duration: float | None = None
    source_duration: float | None = None
    repeats: int = 1
    """How often a very short clip plays, to be as long as Instagram asks."""
    has_audio: bool | None = None

    def rendition(self, kind: RenditionKind) -> Rendition:
        """Raises LookupError."""
        for made in self.renditions:
            if made.kind is kind:
                return made
        raise LookupError(kind)

    def head(self) -> dict[str, Any]:
        """All but the bytes of the renditions, which follow in their order; for JSON."""
        renditions = [{**vars(one), "data": len(one.data)} for one in self.renditions]
        return {**vars(self), "renditions": renditions, "looks": vars(self.looks)}


def from_head(head: dict[str, Any], read: Callable[[int], bytes]) -> Made:
    """The opposite of `Made.head`; `read` gives the next so many bytes. Raises KeyError, TypeError
    or ValueError for what is none."""
    renditions = tuple(_rendition(one, read(one["data"])) for one in head["renditions"])
    if len({one.kind for one in renditions}) < len(renditions):
        raise ValueError("two renditions of a kind")
    return Made(**{**head, "renditions": renditions, "looks": Looks(**head["looks"])})


def _rendition(told: dict[str, Any], data: bytes) -> Rendition:
    kind, form = RenditionKind(told["kind"]), Format(told["format"])
    return Rendition(kind, form, told["width"], told["height"], data)
