"""The preparation of a photo: from what a phone sent to what Instagram and our pages show."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageChops, ImageFilter, ImageStat
from PIL.Image import Resampling
from PIL.ImageFile import ImageFile

from takeover.media.borders import BORDER
from takeover.media.made import Looks, Made, Rendition
from takeover.media.photos.colour import to_srgb
from takeover.media.photos.framing import Frame, fit
from takeover.media.photos.opening import open_picture, orientation, refusing_the_unreadable
from takeover.media.photos.turning import TURNS, stored, turned_size
from takeover.media.recipe import WHOLE, Box, Recipe
from takeover.media.recognising import Format
from takeover.media.renditions import RenditionKind

PREVIEW_WIDTH = 720
THUMBNAIL_WIDTH = 240
QUALITY = 90
"""Of the feed JPEG. Instagram encodes again at about 75; noise at 1440 x 1800 stays under 5 MB."""

_WHITE = (255, 255, 255)
_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


@dataclass(frozen=True)
class Facts:
    """What the header tells. `width` and `height`: pixels of the source, upright."""

    format: Format
    width: int
    height: int
    padded: bool
    """What is published does not have the shape of what was sent: borders, and nothing cropped."""
    enlarged: bool
    """The source is smaller than Instagram shows it: it will be scaled up, at most twice."""


@dataclass(frozen=True)
class _Seen:
    """A picture as a person sees it: opaque, sRGB, upright."""

    facts: Facts
    frame: Frame
    picture: Image.Image
    """The part that is published, at its frame's size."""
    whole: Image.Image | None
    """All of it, as wide as a preview, where the published picture differs."""


def prepare(data: bytes, recipe: Recipe = Recipe()) -> Made:  # noqa: B008  # it is frozen
    """Decode once and make every rendition, the smaller from the bigger.

    Of the recipe, `crop` and `ratio` count. Raises `Refused`, whatever is wrong with the bytes.
    """
    with refusing_the_unreadable():
        seen = _seen(data, recipe)
    feed = _framed(seen.picture, seen.frame)
    with ThreadPoolExecutor(1) as beside:  # who resizes and writes WebP lets other threads run
        later = beside.submit(_smaller, feed)
        made, dhash = [_jpeg(RenditionKind.FEED, feed)], _dhash(seen.picture)
        smaller = later.result()
    made += smaller.renditions
    if seen.whole is not None:
        made.append(_webp(RenditionKind.WHOLE, seen.whole))
    looks = Looks(dhash, smaller.brightness, smaller.sharpness)
    return Made(
        renditions=tuple(made),
        looks=looks,
        source_width=seen.facts.width,
        source_height=seen.facts.height,
        padded=seen.facts.padded,
        enlarged=seen.facts.enlarged,
    )


def prepare_cover(
    frame: Image.Image, *, whole: Image.Image | None
) -> tuple[tuple[Rendition, ...], Looks]:
    """The renditions of a video's cover, from a frame in RGB, upright, as it is published; `whole`
    is the frame without crop and borders, where it has some."""
    smaller = _smaller(frame)
    made = [_jpeg(RenditionKind.COVER, frame), *smaller.renditions]
    if whole is not None:
        made.append(_webp(RenditionKind.WHOLE, _narrowed(whole, PREVIEW_WIDTH)))
    return tuple(made), Looks(_dhash(frame), smaller.brightness, smaller.sharpness)


@dataclass(frozen=True)
class _Smaller:
    renditions: tuple[Rendition, Rendition]
    brightness: float
    sharpness: float


def _smaller(published: Image.Image) -> _Smaller:
    preview = _narrowed(published, PREVIEW_WIDTH)
    thumbnail = _narrowed(preview, THUMBNAIL_WIDTH)
    luma = preview.convert("L")
    return _Smaller(
        (_webp(RenditionKind.PREVIEW, preview), _webp(RenditionKind.THUMBNAIL, thumbnail)),
        brightness=ImageStat.Stat(luma).mean[0],
        sharpness=ImageStat.Stat(luma.filter(_LAPLACIAN)).var[0],
    )


def _seen(data: bytes, recipe: Recipe) -> _Seen:
    """The full picture is let go on return, before anything is encoded."""
    picture, form = open_picture(data)
    size = _decode(picture, form, recipe)
    turn = orientation(picture, form)  # again: a PNG may tell it after its pixels
    facts, frame = _facts(form, size, turn, recipe)
    profile = picture.info.get("icc_profile")
    flat = _flat(picture)

    def shown(size: tuple[int, int], part: Box) -> Image.Image:
        scaled = to_srgb(_scaled(flat, turned_size(size, turn), stored(part, turn)), profile)
        return scaled.transpose(TURNS[turn]) if turn in TURNS else scaled

    part = recipe.part_of(facts.width, facts.height)
    whole = None
    if part != WHOLE or facts.padded:
        width, height = facts.width, facts.height
        wide = min(PREVIEW_WIDTH, width)
        whole = shown((wide, max(round(height * wide / width), 1)), WHOLE)
    return _Seen(facts, frame, shown(frame.picture, part), whole)


def _facts(form: Format, size: tuple[int, int], turn: int, recipe: Recipe) -> tuple[Facts, Frame]:
    width, height = turned_size(size, turn)
    left, upper, right, lower = recipe.part_of(width, height).of(width, height)
    frame = fit(right - left, lower - upper, recipe.ratio)
    return Facts(form, width, height, padded=frame.padded, enlarged=frame.enlarged), frame


def _decode(picture: ImageFile, form: Format, recipe: Recipe) -> tuple[int, int]:
    """Load the pixels, no more of them than is useful; the size as stored, in full."""
    turn = orientation(picture, form)
    _, frame = _facts(form, picture.size, turn, recipe)  # refuses by shape before the work
    size = picture.size
    part = recipe.part_of(*turned_size(size, turn))
    wanted = (round(frame.picture[0] / part.width), round(frame.picture[1] / part.height))
    picture.draft(None, turned_size(wanted, turn))  # JPEG and HEIC can; others do not mind
    picture.load()
    return size


def _flat(picture: Image.Image) -> Image.Image:
    """In L, RGB or CMYK; or in RGBA, painted over with white, its alpha without a meaning."""
    if not picture.has_transparency_data:
        return _opaque(picture)
    layered = picture if picture.mode == "RGBA" else picture.convert("RGBA")
    layered.paste(_WHITE, mask=ImageChops.invert(layered.getchannel("A")))
    return layered


def _scaled(flat: Image.Image, size: tuple[int, int], part: Box) -> Image.Image:
    """`part` of it at `size`, in L, RGB or CMYK."""
    if flat.mode != "RGBA":
        return _resized(flat, size, part)
    # One colour after the other: no second full copy.
    return Image.merge("RGB", [_resized(flat.getchannel(one), size, part) for one in "RGB"])


def _resized(picture: Image.Image, size: tuple[int, int], part: Box | None = None) -> Image.Image:
    box = part.of(*picture.size) if part else None
    return picture.resize(size, Resampling.LANCZOS, box=box, reducing_gap=2)


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits of grey: Pillow would clip, not scale
        return picture.point(lambda value: value * (1 / 257)).convert("L")
    if picture.mode in ("L", "RGB", "CMYK"):
        return picture
    return picture.convert("L" if picture.mode == "1" else "RGB")


def _framed(shown: Image.Image, frame: Frame) -> Image.Image:
    """On its canvas, with an empty `info`: nothing of the source's stays."""
    if not frame.padded:
        shown.info = {}
        return shown
    canvas = Image.new("RGB", frame.canvas, BORDER)
    canvas.paste(shown, frame.corner)
    return canvas


def _narrowed(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    height = round(picture.height * width / picture.width)
    # Half the time of Lanczos; in what is only looked at nobody sees the difference.
    return picture.resize((width, height), Resampling.HAMMING)


def _jpeg(kind: RenditionKind, picture: Image.Image) -> Rendition:
    file = BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return Rendition(kind, Format.JPEG, picture.width, picture.height, file.getvalue())


def _webp(kind: RenditionKind, picture: Image.Image) -> Rendition:
    file = BytesIO()
    picture.save(file, "WEBP", quality=80, method=2)
    return Rendition(kind, Format.WEBP, picture.width, picture.height, file.getvalue())


def _dhash(picture: Image.Image) -> str:
    """Whether each of 8 x 8 places is brighter than its left neighbour."""
    small = picture.resize((9, 8), Resampling.BOX, reducing_gap=2).convert("L").tobytes()
    bits = (small[9 * y + x] < small[9 * y + x + 1] for y in range(8) for x in range(8))
    return f"{sum(bit << place for place, bit in enumerate(bits)):016x}"
