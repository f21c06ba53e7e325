"""What the sandbox account's profile shows: its posts, without the files themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from takeover.instagram.models import SandboxChunk, SandboxItem, SandboxPost
from takeover.instagram.publisher import Kind
from takeover.instagram.sandbox import CHUNK
from takeover.media.store import NotStored
from takeover.posts.models import PostKind
from takeover.posts.signs import Sign, sign_of

MOST_SHOWN = 60
HEADER_BYTES = 2048  # a rendition has no metadata: its size stands at the beginning
NO_FRAMES = frozenset({0xC4, 0xC8, 0xCC})  # markers among those of frames that begin none


@dataclass(frozen=True, slots=True)
class ShownItem:
    id: int
    alt_text: str
    is_video: bool
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ShownPost:
    id: int
    kind: Kind
    caption: str
    published_at: datetime
    items: list[ShownItem]


def posts_of(session: Session, account: str) -> list[ShownPost]:
    """The latest first."""
    found = session.scalars(
        select(SandboxPost)
        .where(SandboxPost.account == account)
        .order_by(SandboxPost.id.desc())
        .limit(MOST_SHOWN)
    ).all()
    items = _items_of(session, [post.id for post in found])
    return [ShownPost(p.id, p.kind, p.caption, p.published_at, items[p.id]) for p in found]


def sign_on_profile(post: ShownPost) -> Sign | None:
    """How many pictures it has, or that it plays; the account knows no clip's length."""
    if post.kind is Kind.CAROUSEL:
        return sign_of(PostKind.CAROUSEL, pictures=len(post.items), seconds=None)
    if any(item.is_video for item in post.items):
        return Sign("", _("Video"), plays=True)
    return None


def _items_of(session: Session, post_ids: list[int]) -> dict[int, list[ShownItem]]:
    rows = session.execute(
        select(
            SandboxItem.post_id,
            SandboxItem.id,
            SandboxItem.alt_text,
            SandboxItem.video_bytes,
            func.substr(SandboxItem.picture, 1, HEADER_BYTES).label("header"),
        )
        .where(SandboxItem.post_id.in_(post_ids))
        .order_by(SandboxItem.position)
    )
    items: dict[int, list[ShownItem]] = {post_id: [] for post_id in post_ids}
    for row in rows:
        width, height = size_of(row.header)
        is_video = row.video_bytes is not None
        items[row.post_id].append(ShownItem(row.id, row.alt_text, is_video, width, height))
    return items


def size_of(jpeg: bytes) -> tuple[int, int]:
    """Width and height in pixels, read off a JPEG's beginning (ITU T.81, B.2.2): what only shows
    pictures need not load what opens them. Raises ValueError where that has no frame header."""
    at = 2
    while at + 9 <= len(jpeg):
        kind, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4])
        if 0xC0 <= kind <= 0xCF and kind not in NO_FRAMES:
            height, width = jpeg[at + 5 : at + 7], jpeg[at + 7 : at + 9]
            return int.from_bytes(width), int.from_bytes(height)
        at += 2 + length
    raise ValueError("not the beginning of a JPEG")


class Videos:
    """The videos of the account, by the ids of their items, to be sent in parts."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def size(self, key: str) -> int:
        """In bytes. Raises NotStored."""
        with self._sessions() as session:
            found = session.scalar(
                select(SandboxItem.video_bytes).where(SandboxItem.id == int(key))
            )
        if found is None:
            raise NotStored(key)
        return found

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Its bytes from `start` up to `end`, not included, a piece at a time."""
        while start < end:
            number, skipped = divmod(start, CHUNK)
            with self._sessions() as session:
                data = session.scalar(
                    select(SandboxChunk.data).where(
                        SandboxChunk.item_id == int(key), SandboxChunk.number == number
                    )
                )
            if not data:
                return
            part = data[skipped : skipped + end - start]
            yield part
            start += len(part)
