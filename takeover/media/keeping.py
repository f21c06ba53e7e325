"""Putting what was made of a file into the store, and on the media's record."""

import hashlib
from pathlib import Path

from takeover.media.made import Made
from takeover.media.made import Rendition as MadeRendition
from takeover.media.models import Media, Rendition
from takeover.media.store import Store


def keep(media: Media, made: Made, video: Path | None, *, store: Store) -> None:
    """In place of what was made of it before. `video` is the file of a rendition without data."""
    before = {rendition.kind: rendition for rendition in media.renditions}
    media.renditions = [
        _kept(one, before.get(one.kind) or Rendition(kind=one.kind), video, store)
        for one in made.renditions
    ]
    published = media.renditions[0]
    media.width, media.height = published.width, published.height
    media.source_width, media.source_height = made.source_width, made.source_height
    media.padded, media.enlarged, media.repeats = made.padded, made.enlarged, made.repeats
    media.duration, media.source_duration = made.duration, made.source_duration
    media.has_audio = made.has_audio
    media.dhash = made.looks.dhash
    media.brightness, media.sharpness = made.looks.brightness, made.looks.sharpness
    media.progress = 100


def _kept(one: MadeRendition, row: Rendition, video: Path | None, store: Store) -> Rendition:
    suffix = one.format.suffix
    if one.data or video is None:
        row.sha256, row.bytes = hashlib.sha256(one.data).hexdigest(), len(one.data)
        row.key = store.put(one.data, suffix=suffix)
    else:
        with video.open("rb") as file:
            row.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        row.bytes = video.stat().st_size
        row.key = store.take(video, digest=row.sha256, suffix=suffix)
    row.content_type, row.width, row.height = one.format.mime, one.width, one.height
    return row
