"""Instagram's rules on photos: Meta, "IG User Media"; and one of ours: no metadata goes out."""

import io

from PIL import Image, UnidentifiedImageError

from takeover.instagram.rehearsal.posts import Photo

LARGEST_BYTES = 8_000_000
TALLEST, WIDEST = 4 / 5, 1.91
TALLEST_STORY = 9 / 16
NARROWEST = 320
_RATIO_SLACK = 0.005  # a side is a whole number of pixels
_END = b"\xff\xd9"


class PhotoRefused(Exception):
    """Instagram would not take this photo; the message says why, `code` and `subcode` how."""

    def __init__(self, message: str, *, code: int = 36001, subcode: int = 2207005) -> None:
        super().__init__(message)
        self.code, self.subcode = code, subcode


def look_at(data: bytes) -> Photo:
    """Accept a photo for the feed; raises PhotoRefused."""
    photo = look_at_story(data)
    fit_for_feed(photo)
    return photo


def look_at_either(data: bytes) -> Photo:
    """Accept a photo for the feed or as a story, as the app shapes them; raises PhotoRefused."""
    photo = look_at_story(data)
    _fit(photo, tallest=TALLEST_STORY, said="9:16")
    return photo


def fit_for_feed(photo: Photo) -> None:
    """Raises PhotoRefused for one that the feed has no room for."""
    _fit(photo, tallest=TALLEST, said="4:5")


def _fit(photo: Photo, *, tallest: float, said: str) -> None:
    if photo.width < NARROWEST:
        raise PhotoRefused(f"The photo is {photo.width} pixels wide; {NARROWEST} are needed.")
    if not tallest - _RATIO_SLACK <= photo.width / photo.height <= WIDEST + _RATIO_SLACK:
        raise PhotoRefused(
            f"{photo.width}x{photo.height} is outside {said} to 1.91:1.",
            code=36003,
            subcode=2207009,
        )


def look_at_story(data: bytes) -> Photo:
    """Accept a photo of any shape: a story's, or a cover; raises PhotoRefused.

    Only the headers are read, and whether the file has its end: a hundred photos take no time.
    """
    if len(data) > LARGEST_BYTES:
        raise PhotoRefused(
            f"The photo has {len(data)} bytes; {LARGEST_BYTES} are allowed.",
            code=36000,
            subcode=2207004,
        )
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            size, format = image.size, image.format
            metadata = {"exif", "xmp", "photoshop"} & image.info.keys()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise PhotoRefused("This is not a whole JPEG.") from error
    if format != "JPEG":
        raise PhotoRefused(f"This is a {format}, not a plain JPEG.")
    if not data.rstrip(b"\0").endswith(_END):
        raise PhotoRefused("This is not a whole JPEG.")
    if metadata:
        raise PhotoRefused(f"The photo carries metadata: {', '.join(sorted(metadata))}.")
    return Photo(data=data, width=size[0], height=size[1])
