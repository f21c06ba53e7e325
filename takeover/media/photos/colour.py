"""Colours as they were meant, in sRGB: profiles are obeyed, then dropped."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageCms


def to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """A picture in RGB, L or CMYK as RGB in sRGB; a broken or foreign `profile` is ignored."""
    source = _opened(profile) if profile else None
    if source is None:
        return picture.convert("RGB")
    if picture.mode == "L" and source.profile.xcolor_space.strip() == "RGB":
        picture = picture.convert("RGB")
    try:
        transform = _transform(source, picture.mode)
        if picture.mode == "RGB" and _changes_nothing(transform):
            return picture
        converted = transform.apply(picture)
    except (ImageCms.PyCMSError, OSError, ValueError):  # not a profile of this kind of picture
        return picture.convert("RGB")
    return converted


def _opened(profile: bytes) -> ImageCms.ImageCmsProfile | None:
    try:
        return ImageCms.ImageCmsProfile(BytesIO(profile))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _transform(source: ImageCms.ImageCmsProfile, mode: str) -> ImageCms.ImageCmsTransform:
    # What print and photo programs do by default: white stays white, the deepest black stays black.
    return ImageCms.ImageCmsTransform(
        source,
        _srgb(),
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Most profiles are sRGB by another name: a palette of colours tells, whatever the name."""
    palette = _palette()
    pairs = zip(transform.apply(palette).tobytes(), palette.tobytes(), strict=True)
    return all(abs(after - before) <= 1 for after, before in pairs)


@cache
def _palette() -> Image.Image:
    steps = bytes(range(0, 256, 17))
    return Image.frombytes(
        "RGB", (64, 64), bytes(v for r in steps for g in steps for b in steps for v in (r, g, b))
    )


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
