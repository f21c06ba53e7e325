"""What was made of a file: first into the store, which may take its time; then on the record."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from takeover.media.made import Made
from takeover.media.made import Rendition as MadeRendition
from takeover.media.models import Media, Rendition
from takeover.media.store import Store


@dataclass(frozen=True)
class File:
    """What is known of a file that lies in the store."""

    key: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Stored:
    """Something made, and where its renditions lie, in their order."""

    made: Made
    files: tuple[File, ...]


def put_away(made: Made, video: Path | None, *, store: Store) -> Stored:
    """Put its files into the store, with no lock held anywhere. `video` is the file of a rendition
    without data, and is gone afterwards."""
    with ThreadPoolExecutor(len(made.renditions)) as several:  # each waits for a disk or a bucket
        files = several.map(lambda one: _put(one, video, store), made.renditions)
        return Stored(made, tuple(files))


def record(media: Media, stored: Stored) -> None:
    """In place of what was made of it before."""
    made = stored.made
    before = {rendition.kind: rendition for rendition in media.renditions}
    media.renditions = [
        _described(before.get(one.kind) or Rendition(kind=one.kind), one, file)
        for one, file in zip(made.renditions, stored.files, strict=True)
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


def _put(one: MadeRendition, video: Path | None, store: Store) -> File:
    suffix = one.format.suffix
    if one.data or video is None:
        key = store.put(one.data, suffix=suffix)
        return File(key, hashlib.sha256(one.data).hexdigest(), len(one.data))
    with video.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = video.stat().st_size
    return File(store.take(video, digest=digest, suffix=suffix), digest, size)


def _described(row: Rendition, one: MadeRendition, file: File) -> Rendition:
    row.key, row.sha256, row.bytes = file.key, file.sha256, file.bytes
    row.content_type, row.width, row.height = one.format.mime, one.width, one.height
    return row
