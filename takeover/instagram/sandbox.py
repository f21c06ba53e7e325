"""A publisher for trying things out: an account that exists only here, with a feed page."""

import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from takeover.clock import now
from takeover.instagram.models import SandboxPost
from takeover.instagram.publisher import Handle, OnAccount, Outgoing


class SandboxPublisher:
    """Writes in transactions of its own, as the world outside does."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        feed_url: str,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._sessions = sessions
        self._feed_url = feed_url
        self._clock = clock

    def prepare(self, outgoing: Outgoing) -> Handle:
        return {"client_id": uuid.uuid4().hex}

    def publish(self, outgoing: Outgoing, handle: Handle) -> OnAccount:
        with self._sessions.begin() as session:
            post = SandboxPost(
                account=outgoing.account,
                client_id=handle["client_id"],
                caption=outgoing.caption,
                alt_text=outgoing.alt_text,
                photo=outgoing.photos[0],
                published_at=self._clock(),
            )
            session.add(post)
            session.flush()
            return self._where(post)

    def find(self, outgoing: Outgoing, handle: Handle, *, sent_at: datetime) -> OnAccount | None:
        with self._sessions() as session:
            post = session.scalar(
                select(SandboxPost).where(SandboxPost.client_id == handle["client_id"])
            )
            return self._where(post) if post else None

    def _where(self, post: SandboxPost) -> OnAccount:
        return OnAccount(
            media_id=f"sandbox-{post.id}",
            permalink=f"{self._feed_url}/{post.account}#post-{post.id}",
        )
