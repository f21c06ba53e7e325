"""From an approved post to the bytes that go out, which are those the approval was given for."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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


@contextmanager
def outgoing_of(post: Post, store: Store) -> Iterator[Outgoing]:
    """The post with its files, which are open until the block ends.

    Raises AlteredSinceApproval.
    """
    if digest_of(post) != post.approved_digest:
        raise AlteredSinceApproval
    with ExitStack() as opened:
        items = tuple(_item(picture, store, opened) for picture in post.pictures)
        yield _outgoing(post, items)


def sought(post: Post) -> Outgoing:
    """The post as it is looked for on the account: without its files."""
    return _outgoing(post, ())


def _outgoing(post: Post, items: tuple[Photo | Video, ...]) -> Outgoing:
    return Outgoing(
        post_id=post.id,
        account=post.week.programme.account,
        kind=Kind(post.kind.value),
        caption="" if post.surface is Surface.STORY else post.caption,
        items=items,
    )


def _item(picture: Picture, store: Store, opened: ExitStack) -> Photo | Video:
    media, alt_text = picture.media, picture.alt_text
    published = media.rendition(RenditionKind.FEED)
    if not media.is_video:
        return Photo(jpeg=_bytes_of(published, store), alt_text=alt_text)
    cover = _bytes_of(media.rendition(RenditionKind.COVER), store)
    file = opened.enter_context(store.open(published.key))
    return Video(mp4=_as_approved(file, published), cover=cover, alt_text=alt_text)


def _bytes_of(rendition: Rendition, store: Store) -> bytes:
    data = store.get(rendition.key)
    if hashlib.sha256(data).hexdigest() != rendition.sha256:
        raise AlteredSinceApproval
    return data


def _as_approved(file: BinaryIO, rendition: Rendition) -> BinaryIO:
    """The same file, at its beginning: what was looked at is what is sent."""
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    if digest.hexdigest() != rendition.sha256:
        raise AlteredSinceApproval
    file.seek(0)
    return file
