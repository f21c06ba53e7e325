"""From an approved post to the bytes that go out, which are those the approval was given for."""

import hashlib

from takeover.instagram.publisher import Kind, Outgoing
from takeover.media.models import Rendition, RenditionKind
from takeover.media.store import Store
from takeover.posts.digest import digest_of
from takeover.posts.models import Post


class AlteredSinceApproval(Exception):
    """What would go out is not, to the byte, what was approved."""


def outgoing_of(post: Post, store: Store) -> Outgoing:
    """Raises AlteredSinceApproval."""
    if digest_of(post) != post.approved_digest:
        raise AlteredSinceApproval
    return Outgoing(
        post_id=post.id,
        account=post.week.programme.account,
        kind=Kind.PHOTO,
        caption=post.caption,
        alt_text=post.pictures[0].alt_text,
        photos=tuple(
            _bytes_of(picture.media.rendition(RenditionKind.FEED), store)
            for picture in post.pictures
        ),
    )


def _bytes_of(rendition: Rendition, store: Store) -> bytes:
    data = store.get(rendition.key)
    if hashlib.sha256(data).hexdigest() != rendition.sha256:
        raise AlteredSinceApproval
    return data
