"""How far a post's publishing went, the account's session, and what the sandbox shows."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from takeover.db import Id, Model, words
from takeover.instagram.publisher import Kind
from takeover.posts.models import Post
from takeover.programmes.models import Programme


class AccountHold(Model):
    """Which worker has a programme's account: one, for as long as its lease runs."""

    __tablename__ = "account_holds"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    # What Instagram asked for: nothing is asked of the account before. See `slowing_down`.
    wait_until: Mapped[datetime | None]
    waits: Mapped[int] = mapped_column(default=0)  # in a row
    wait_of: Mapped[str] = mapped_column(String(80), default="")  # by which door, on which account


class Publication(Model):
    """What a worker must know to go on where another one stopped.

    `sent_at` is committed before the one call that publishes: where it is set, that call may
    have happened, and nobody but `find` and a person may say that it did not.
    """

    __tablename__ = "publications"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    door: Mapped[str] = mapped_column(String(20), default="")  # the one that prepared it
    digest: Mapped[str] = mapped_column(String(64), default="")  # what it was prepared from
    handle: Mapped[dict[str, Any]] = mapped_column(default=dict)
    prepared_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    doubted_at: Mapped[datetime | None]  # when we came to know that its outcome is unknown
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]  # of a doubt: when it is looked into again
    reason: Mapped[str] = mapped_column(String(30), default="")
    said: Mapped[str] = mapped_column(Text, default="")  # by Instagram, to people
    trouble: Mapped[str] = mapped_column(Text, default="")  # for the log
    media_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    # What is done to it once it is out; see `tending`.
    tend_at: Mapped[datetime | None]  # when next
    tend_tries: Mapped[int] = mapped_column(default=0)
    comments_closed_at: Mapped[datetime | None]
    comment_sent_at: Mapped[datetime | None]  # committed before the call that writes it
    commented_at: Mapped[datetime | None]

    post: Mapped[Post] = relationship()


class Takedown(Model):
    """A published post that is to go from the account, and how far that is."""

    __tablename__ = "takedowns"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    by_hand: Mapped[bool] = mapped_column(default=False)  # the door cannot: a person has to
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(Text, default="")  # by the name of its reason
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    post: Mapped[Post] = relationship()


class Alarm(Model):
    """Trouble that needs a person, told once: as long as it is open nobody is told again."""

    __tablename__ = "alarms"
    __table_args__ = (
        Index(
            "uq_alarms_one_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60))  # "posts-17", "connections-3"
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    occasion: Mapped[str] = mapped_column(String(60))  # the same trouble later is another one
    raised_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # In the chat; by e-mail the outbox tells.
    told_at: Mapped[datetime | None]
    tell_tries: Mapped[int] = mapped_column(default=0)
    next_tell_at: Mapped[datetime | None]

    post: Mapped[Post | None] = relationship()
    programme: Mapped[Programme] = relationship()


class LentFile(Model):
    """A file that anybody may fetch who knows its address, for as long as Instagram needs it."""

    __tablename__ = "lent_files"

    token: Mapped[str] = mapped_column(String(43), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    key: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(40))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Connection(Model):
    """A programme's door to its account. The session is sealed; see `sealing`."""

    __tablename__ = "connections"

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), unique=True)
    publisher: Mapped[str] = mapped_column(String(20))
    sealed_session: Mapped[bytes] = mapped_column(LargeBinary)
    connected_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]  # its first end, see `ends`; None where it has none
    answered_at: Mapped[datetime | None]  # when Instagram last let us in by it
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what its own page shows: quota, …
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
    comments: Mapped[list[str]] = mapped_column(default=list)
    comments_closed: Mapped[bool] = mapped_column(default=False)
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
