"""The preparation of a photo: from what a phone sent to what Instagram and our pages show."""

from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from PIL import Image, ImageChops, ImageFilter, ImageStat
from PIL.Image import Resampling, Transpose
from PIL.ImageFile import ImageFile

from takeover.media.photos.colour import to_srgb
from takeover.media.photos.framing import Frame, fit
from takeover.media.photos.opening import open_picture, orientation, refusing_the_unreadable
from takeover.media.recognising import Format

PREVIEW_WIDTH = 720
THUMBNAIL_WIDTH = 240
QUALITY = 90
"""Of the feed JPEG. Instagram encodes again at about 75; noise at 1440 x 1800 stays under 5 MB."""

_WHITE = (255, 255, 255)
_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}

_ON_THE_SIDE = range(5, 9)


class Kind(StrEnum):
    """What a rendition is for."""

    FEED = "feed"
    PREVIEW = "preview"
    THUMBNAIL = "thumbnail"


@dataclass(frozen=True)
class Facts:
    """What the header tells. `width` and `height`: pixels of the source, upright."""

    format: Format
    width: int
    height: int
    padded: bool
    """The shape is outside Instagram's 4:5 ... 1.91:1: borders are added, nothing is cropped."""
    enlarged: bool
    """The source is smaller than Instagram shows it: it will be scaled up, at most twice."""


@dataclass(frozen=True)
class Rendition:
    """One finished file. `data` holds no metadata."""

    kind: Kind
    format: Format
    width: int
    height: int
    data: bytes


@dataclass(frozen=True)
class Prepared:
    """A photo made ready: `preview` and `thumbnail` show exactly what `feed` publishes."""

    facts: Facts
    feed: Rendition
    preview: Rendition
    thumbnail: Rendition
    dhash: str
    """Difference hash of the picture without its borders: 64 bits as 16 hexadecimal digits."""
    brightness: float
    """Mean luma, 0 (black) ... 255 (white)."""
    sharpness: float
    """Variance of the Laplacian of the preview's luma; the blurrier, the nearer to 0."""

    @property
    def renditions(self) -> tuple[Rendition, ...]:
        """Feed, preview, thumbnail."""
        return (self.feed, self.preview, self.thumbnail)


def inspect(data: bytes) -> Facts:
    """Read headers only, within milliseconds and kilobytes.

    Raises `Refused`. What it accepts `prepare` may still refuse: the pixels are not looked at.
    """
    picture, form = open_picture(data)
    facts, _ = _facts(form, picture.size, orientation(picture, form))
    return facts


def prepare(data: bytes) -> Prepared:
    """Decode once and make every rendition, the smaller from the bigger.

    Raises `Refused`, whatever is wrong with the bytes.
    """
    with refusing_the_unreadable():
        facts, frame, shown = _seen(data)
    feed = _framed(shown, frame)
    preview = _narrowed(feed, PREVIEW_WIDTH)
    thumbnail = _narrowed(preview, THUMBNAIL_WIDTH)
    luma = preview.convert("L")
    return Prepared(
        facts,
        _jpeg(Kind.FEED, feed),
        _webp(Kind.PREVIEW, preview),
        _webp(Kind.THUMBNAIL, thumbnail),
        dhash=_dhash(shown),
        brightness=ImageStat.Stat(luma).mean[0],
        sharpness=ImageStat.Stat(luma.filter(_LAPLACIAN)).var[0],
    )


def _seen(data: bytes) -> tuple[Facts, Frame, Image.Image]:
    """The picture as a person sees it: at its frame's size, opaque, sRGB, upright.

    The full picture is let go on return, before anything is encoded.
    """
    picture, form = open_picture(data)
    size = _decode(picture, form)
    turn = orientation(picture, form)  # again: a PNG may tell it after its pixels
    facts, frame = _facts(form, size, turn)
    profile = picture.info.get("icc_profile")
    shown = to_srgb(_scaled(picture, _turned(frame.picture, turn)), profile)
    return facts, frame, shown.transpose(_TURNS[turn]) if turn in _TURNS else shown


def _facts(form: Format, size: tuple[int, int], turn: int) -> tuple[Facts, Frame]:
    width, height = _turned(size, turn)
    frame = fit(width, height)
    return Facts(form, width, height, padded=frame.padded, enlarged=frame.enlarged), frame


def _turned(size: tuple[int, int], turn: int) -> tuple[int, int]:
    return (size[1], size[0]) if turn in _ON_THE_SIDE else size


def _decode(picture: ImageFile, form: Format) -> tuple[int, int]:
    """Load the pixels, no more of them than is useful; the size as stored, in full."""
    turn = orientation(picture, form)
    _, frame = _facts(form, picture.size, turn)  # refuses by shape before the work
    size = picture.size
    picture.draft(None, _turned(frame.picture, turn))  # JPEG and HEIC can; others do not mind
    picture.load()
    return size


def _scaled(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """At `size`, opaque, in L, RGB or CMYK."""
    if picture.has_transparency_data:
        layered = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        return _scaled_on_white(layered, size)
    return _resized(_opaque(picture), size)


def _scaled_on_white(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """`picture` (RGBA) is painted over, and its colours scaled one by one: no second full copy."""
    picture.paste(_WHITE, mask=ImageChops.invert(picture.getchannel("A")))
    colours = [_resized(picture.getchannel(colour), size) for colour in "RGB"]
    return Image.merge("RGB", colours)


def _resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture.resize(size, Resampling.LANCZOS, reducing_gap=2)


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits of grey: Pillow would clip, not scale
        return picture.point(lambda value: value * (1 / 257)).convert("L")
    if picture.mode in ("L", "RGB", "CMYK"):
        return picture
    return picture.convert("L" if picture.mode == "1" else "RGB")


def _framed(shown: Image.Image, frame: Frame) -> Image.Image:
    """On its canvas; always a new image, whose `info` is empty: nothing of the source's stays."""
    canvas = Image.new("RGB", frame.canvas, _calm(shown, frame) if frame.padded else _WHITE)
    canvas.paste(shown, frame.corner)
    return canvas


def _calm(shown: Image.Image, frame: Frame) -> tuple[int, int, int]:
    """The mean colour of the two edges that meet the border."""
    width, height = shown.size
    beside = frame.canvas[0] > width
    first, last = (
        ((0, 0, 2, height), (width - 2, 0, width, height))
        if beside
        else ((0, 0, width, 2), (0, height - 2, width, height))
    )
    means = (ImageStat.Stat(shown.crop(edge)).mean for edge in (first, last))
    red, green, blue = (round((a + b) / 2) for a, b in zip(*means, strict=True))
    return red, green, blue


def _narrowed(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    height = round(picture.height * width / picture.width)
    return _resized(picture, (width, height))


def _jpeg(kind: Kind, picture: Image.Image) -> Rendition:
    file = BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return Rendition(kind, Format.JPEG, picture.width, picture.height, file.getvalue())


def _webp(kind: Kind, picture: Image.Image) -> Rendition:
    file = BytesIO()
    picture.save(file, "WEBP", quality=80, method=2)
    return Rendition(kind, Format.WEBP, picture.width, picture.height, file.getvalue())


def _dhash(picture: Image.Image) -> str:
    """Whether each of 8 x 8 places is brighter than its left neighbour."""
    small = picture.resize((9, 8), Resampling.BOX, reducing_gap=2).convert("L").tobytes()
    bits = (small[9 * y + x] < small[9 * y + x + 1] for y in range(8) for x in range(8))
    return f"{sum(bit << place for place, bit in enumerate(bits)):016x}"
