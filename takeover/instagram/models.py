"""How far a post's publishing went, the account's session, and what the sandbox shows."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from takeover.db import Id, Model, words
from takeover.instagram.publisher import Kind
from takeover.posts.models import Post
from takeover.programmes.models import Programme


class Publication(Model):
    """What a worker must know to go on where another one stopped.

    `sent_at` is committed before the one call that publishes: where it is set, that call may
    have happened, and nobody but `find` and a person may say that it did not.
    """

    __tablename__ = "publications"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    fence: Mapped[int] = mapped_column(default=0)  # raised by every claim: an old holder is told
    lease_until: Mapped[datetime | None]
    handle: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(Text, default="")
    media_id: Mapped[str | None] = mapped_column(String(80), unique=True)

    post: Mapped[Post] = relationship()


class Connection(Model):
    """A programme's door to its account. The session is sealed; see `sealing`."""

    __tablename__ = "connections"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), unique=True)
    publisher: Mapped[str] = mapped_column(String(20))
    sealed_session: Mapped[bytes] = mapped_column(LargeBinary)
    connected_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]  # Instagram asked for a person: nothing is sent any more
    trouble: Mapped[str] = mapped_column(Text, default="")

    programme: Mapped[Programme] = relationship()


class SandboxPost(Model):
    """A post on the sandbox account: a world outside, kept in tables of its own."""

    __tablename__ = "sandbox_posts"

    id: Mapped[Id]
    account: Mapped[str] = mapped_column(String(30), index=True)
    client_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[Kind] = mapped_column(words(Kind), default=Kind.PHOTO)
    caption: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]

    items: Mapped[list["SandboxItem"]] = relationship(order_by="SandboxItem.position")


class SandboxItem(Model):
    """One photo or video of it."""

    __tablename__ = "sandbox_items"
    __table_args__ = (UniqueConstraint("post_id", "position"),)

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("sandbox_posts.id"))
    position: Mapped[int] = mapped_column(default=0)
    alt_text: Mapped[str] = mapped_column(Text)
    picture: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # a video's is its cover
    video_bytes: Mapped[int | None] = mapped_column(BigInteger)  # None for a photo


class SandboxChunk(Model):
    """A piece of a video. All have the same size but the last, so that any part is soon found."""

    __tablename__ = "sandbox_chunks"

    item_id: Mapped[int] = mapped_column(ForeignKey("sandbox_items.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
