"""How far a post's publishing went, the account's session, and what the sandbox shows."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from takeover.db import Id, Model
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
    """A post on the sandbox account: a world outside, kept in a table of its own."""

    __tablename__ = "sandbox_posts"

    id: Mapped[Id]
    account: Mapped[str] = mapped_column(String(30), index=True)
    client_id: Mapped[str] = mapped_column(String(40))
    caption: Mapped[str] = mapped_column(Text)
    alt_text: Mapped[str] = mapped_column(Text)
    photo: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[datetime]
