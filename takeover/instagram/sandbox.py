"""A publisher for trying things out: an account that exists only here, with a feed page."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from takeover.clock import now
from takeover.instagram.models import SandboxChunk, SandboxItem, SandboxPost
from takeover.instagram.publisher import (
    CannotTakeDown,
    Handle,
    Look,
    OnAccount,
    Outgoing,
    Photo,
    Reason,
    TheirsForGood,
    Video,
)

CHUNK = 1024 * 1024  # bytes of a video in a row
_ID = re.compile(r"sandbox-([1-9][0-9]{0,8})")


class SandboxPublisher:
    """Writes in transactions of its own, as the world outside does."""

    account = ""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        feed_url: str,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._sessions = sessions
        self._feed_url = feed_url
        self._clock = clock

    def prepare(self, outgoing: Outgoing, handle: Handle, keep: Callable[[Handle], None]) -> Handle:
        return handle if "client_id" in handle else {**handle, "client_id": uuid.uuid4().hex}

    def publish(self, outgoing: Outgoing, handle: Handle) -> OnAccount:
        with self._sessions.begin() as session:
            post = SandboxPost(
                account=outgoing.account,
                client_id=handle["client_id"],
                kind=outgoing.kind,
                caption=outgoing.caption,
                published_at=self._clock(),
            )
            session.add(post)
            session.flush()
            for position, item in enumerate(outgoing.items):
                _keep(item, post, position, session)
            return self._where(post)

    def find(self, outgoing: Outgoing, handle: Handle, *, sent_at: datetime) -> Look:
        with self._sessions() as session:
            post = session.scalar(
                select(SandboxPost).where(SandboxPost.client_id == handle["client_id"])
            )
            return Look(found=self._where(post) if post else None)

    def permalink_of(self, on: OnAccount) -> str:
        return on.permalink

    def still_shows(self, on: OnAccount) -> bool:
        with self._sessions() as session:
            return _find(session, on) is not None

    def shows(self, on: OnAccount, caption: str) -> bool:
        """What is shown is what was sent."""
        return True

    def take_down(self, on: OnAccount) -> None:
        if not _ID.fullmatch(on.media_id):
            raise CannotTakeDown("this is no post of the sandbox", reason=Reason.UNSUPPORTED)
        with self._sessions.begin() as session:
            post = _find(session, on)
            if post is None:
                return
            items = select(SandboxItem.id).where(SandboxItem.post_id == post.id)
            session.execute(delete(SandboxChunk).where(SandboxChunk.item_id.in_(items)))
            session.execute(delete(SandboxItem).where(SandboxItem.post_id == post.id))
            session.execute(delete(SandboxPost).where(SandboxPost.id == post.id))

    def comment(self, on: OnAccount, text: str) -> None:
        with self._sessions.begin() as session:
            if (post := _find(session, on)) is not None:
                post.comments = [*post.comments, text]

    def has_comment(self, on: OnAccount, text: str) -> bool:
        with self._sessions() as session:
            post = _find(session, on)
            return post is not None and text in post.comments

    def close_comments(self, on: OnAccount) -> None:
        with self._sessions.begin() as session:
            if (post := _find(session, on)) is not None:
                post.comments_closed = True

    def quota(self) -> None:
        """It has none."""

    def _where(self, post: SandboxPost) -> OnAccount:
        return OnAccount(
            media_id=f"sandbox-{post.id}",
            permalink=f"{self._feed_url}/{post.account}#post-{post.id}",
        )


def _find(session: Session, on: OnAccount) -> SandboxPost | None:
    """Raises TheirsForGood for what is no post of the sandbox."""
    if (id := _ID.fullmatch(on.media_id)) is None:
        raise TheirsForGood("this is no post of the sandbox", reason=Reason.UNSUPPORTED)
    return session.get(SandboxPost, int(id[1]))


def _keep(item: Photo | Video, post: SandboxPost, position: int, session: Session) -> None:
    kept = SandboxItem(
        post_id=post.id,
        position=position,
        alt_text=item.alt_text,
        picture=item.jpeg if isinstance(item, Photo) else item.cover,
    )
    session.add(kept)
    session.flush()
    if isinstance(item, Video):
        kept.video_bytes = _keep_video(item, kept.id, session)


def _keep_video(video: Video, item_id: int, session: Session) -> int:
    """Piece by piece; returns how many bytes it has."""
    number = total = 0
    while data := video.mp4.read(CHUNK):
        chunk = SandboxChunk(item_id=item_id, number=number, data=data)
        session.add(chunk)
        session.flush()
        session.expunge(chunk)  # or the session would hold the whole of it
        number, total = number + 1, total + len(data)
    return total
