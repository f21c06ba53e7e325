"""From an approved post to the bytes that go out, which are those the approval was given for."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO

from takeover.instagram.publisher import Kind, Outgoing, Photo, Video
from takeover.media.models import Rendition
from takeover.media.renditions import RenditionKind
from takeover.media.store import Store
from takeover.posts.digest import digest_of
from takeover.posts.models import Picture, Post, Surface

BLOCK = 1024 * 1024  # bytes


class AlteredSinceApproval(Exception):
    """What would go out is not, to the byte, what was approved."""


@dataclass(frozen=True, slots=True)
class File:
    """Where a file lies, and the SHA-256 in hex that it was approved with."""

    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Item:
    """`cover` is None for a photo."""

    published: File
    cover: File | None
    alt_text: str


@dataclass(frozen=True, slots=True)
class Approved:
    """What the approval was given for, as far as rows tell: nothing here needs the database."""

    words: Outgoing
    items: tuple[Item, ...]


def approved(post: Post) -> Approved:
    """The post as it was approved, to be asked for while nobody can change it.

    Raises AlteredSinceApproval.
    """
    if digest_of(post) != post.approved_digest:
        raise AlteredSinceApproval
    return Approved(sought(post), tuple(_item(picture) for picture in post.pictures))


@contextmanager
def opened(what: Approved, store: Store) -> Iterator[Outgoing]:
    """The post with its files, which are open until the block ends. All of them are read before,
    which may take minutes from a bucket: whoever asks holds no lock.

    Raises AlteredSinceApproval.
    """
    with ExitStack() as files:
        yield replace(what.words, items=tuple(_read(item, store, files) for item in what.items))


def sought(post: Post) -> Outgoing:
    """The post as it is looked for on the account: without its files."""
    return Outgoing(
        post_id=post.id,
        account=post.week.programme.account,
        kind=Kind(post.kind.value),
        caption="" if post.surface is Surface.STORY else post.caption,
        items=(),
        location_id="" if post.surface is Surface.STORY else post.location_id,
    )


def _item(picture: Picture) -> Item:
    media = picture.media
    return Item(
        published=_file(media.rendition(RenditionKind.FEED)),
        cover=_file(media.rendition(RenditionKind.COVER)) if media.is_video else None,
        alt_text=picture.alt_text,
    )


def _file(rendition: Rendition) -> File:
    return File(rendition.key, rendition.sha256)


def _read(item: Item, store: Store, files: ExitStack) -> Photo | Video:
    if item.cover is None:
        return Photo(jpeg=_bytes_of(item.published, store), alt_text=item.alt_text)
    cover = _bytes_of(item.cover, store)
    mp4 = files.enter_context(store.open(item.published.key))
    return Video(mp4=_as_approved(mp4, item.published), cover=cover, alt_text=item.alt_text)


def _bytes_of(named: File, store: Store) -> bytes:
    data = store.get(named.key)
    if hashlib.sha256(data).hexdigest() != named.sha256:
        raise AlteredSinceApproval
    return data


def _as_approved(file: BinaryIO, named: File) -> BinaryIO:
    """The same file, at its beginning: what was looked at is what is sent."""
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    if digest.hexdigest() != named.sha256:
        raise AlteredSinceApproval
    file.seek(0)
    return file
