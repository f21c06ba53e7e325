"""Clips that are ready and do play: small, silent or not, with their covers."""

import hashlib
from functools import cache
from io import BytesIO

import av
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from takeover.clock import now
from takeover.media.models import Media, MediaState, Rendition
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.people.models import Person
from takeover.web import settings

SIZE = (360, 640)
RATE = 12  # frames a second


def a_ready_clip(
    session: Session,
    owner: Person,
    *,
    text: str = "clip",
    size: tuple[int, int] = SIZE,
    repeats: int = 1,
    has_audio: bool = False,
    seconds: float = 4,
) -> Media:
    """With all its renditions in the store. Commits."""
    frame, movie = _frame(text, size), an_mp4(text, size)
    store = open_store(settings().media_url)
    media = Media(
        owner_id=owner.id,
        state=MediaState.RECEIVED,
        format="mp4",
        bytes=len(movie),
        sha256=hashlib.sha256(movie).hexdigest(),
        original_key=store.put(movie, suffix=".mp4"),
        width=size[0],
        height=size[1],
        source_width=size[0],
        source_height=size[1],
        duration=seconds,
        source_duration=seconds,
        has_audio=has_audio,
        repeats=repeats,
        progress=100,
        received_at=now(),
    )
    media.renditions = [
        _rendition(RenditionKind.FEED, movie, ".mp4", "video/mp4", size),
        *(
            _rendition(kind, _jpeg(frame), ".jpg", "image/jpeg", size)
            for kind in (RenditionKind.COVER, RenditionKind.PREVIEW, RenditionKind.THUMBNAIL)
        ),
    ]
    session.add(media)
    session.flush()
    media.begin(by=owner, at=now())
    media.move(MediaState.READY, by=None, at=now())
    session.commit()
    return media


@cache
def an_mp4(text: str = "clip", size: tuple[int, int] = SIZE, *, seconds: int = 4) -> bytes:
    """H.264, as Instagram takes it."""
    out = BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for number in range(seconds * RATE):
            picture = _frame(text, size, number)
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode(None))
    return out.getvalue()


def _frame(text: str, size: tuple[int, int], number: int = 0) -> Image.Image:
    picture = Image.new("RGB", size, "steelblue")
    draw = ImageDraw.Draw(picture)
    draw.text((20, size[1] // 3), text, fill="white", font_size=size[0] // 8)
    draw.rectangle((0, size[1] - 30, size[0] * (number + 1) // 48, size[1]), fill="gold")
    return picture


def _jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def _rendition(
    kind: RenditionKind, data: bytes, suffix: str, content_type: str, size: tuple[int, int]
) -> Rendition:
    return Rendition(
        kind=kind,
        key=open_store(settings().media_url).put(data, suffix=suffix),
        sha256=hashlib.sha256(data).hexdigest(),
        content_type=content_type,
        width=size[0],
        height=size[1],
        bytes=len(data),
    )
