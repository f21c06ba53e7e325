"""Posts: what an ambassador prepares, until it is on the account."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from takeover.db import Id, Model, words
from takeover.media.models import Media
from takeover.people.models import Person
from takeover.states import HasState, Move
from takeover.weeks.models import Week

SCREEN = 9 / 16
"""Width / height of what Instagram shows a story or a single clip on."""

ALMOST = 0.01
"""The part by which a clip may miss that, and nobody sees it."""

STORY_LASTS = timedelta(hours=24)


class PostState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    APPROVED = "approved"
    PUBLISHING = "publishing"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    MISSED = "missed"
    PUBLISHED = "published"
    TAKEN_DOWN = "taken_down"
    WITHDRAWN = "withdrawn"


class Surface(StrEnum):
    """Where on the account a post stands."""

    FEED = "feed"
    STORY = "story"


class Shape(StrEnum):
    """Width : height of a post's pictures. All of a carousel have the first one's."""

    OWN = "own"  # as they were taken, with borders where Instagram asks for them
    PORTRAIT = "4:5"
    SQUARE = "1:1"
    LANDSCAPE = "1.91:1"
    TALL = "9:16"

    @property
    def ratio(self) -> float | None:
        """Width / height; None for a picture's own."""
        if self is Shape.OWN:
            return None
        width, height = self.value.split(":")
        return float(width) / float(height)


class PostKind(StrEnum):
    """What Instagram calls it."""

    PHOTO = "photo"
    CAROUSEL = "carousel"
    REEL = "reel"
    STORY = "story"


S = PostState
EDITABLE = frozenset({S.DRAFT, S.CHANGES_REQUESTED})
_HAVING_APPROVAL = (
    "'approved', 'publishing', 'uncertain', 'failed', 'missed', 'published', 'taken_down'"
)


class Post(Model, HasState):
    __tablename__ = "posts"
    __table_args__ = (
        # A post is in its own author's week, of that week's programme: nowhere else.
        ForeignKeyConstraint(
            ["week_id", "author_id", "programme_id"],
            ["weeks.id", "weeks.person_id", "weeks.programme_id"],
        ),
        CheckConstraint(
            f"state NOT IN ({_HAVING_APPROVAL})"
            " OR (approved_digest IS NOT NULL AND approved_by_id IS NOT NULL)",
            name="nothing_unapproved",
        ),
        CheckConstraint("approved_by_id <> author_id", name="nobody_approves_their_own"),
        CheckConstraint(
            "state NOT IN ('approved', 'publishing') OR slot_at IS NOT NULL",
            name="approved_has_slot",
        ),
        CheckConstraint(
            "(state IN ('published', 'taken_down')) = (published_at IS NOT NULL)",
            name="published_has_instant",
        ),
        CheckConstraint(
            "submit_asked_at IS NULL OR state IN ('draft', 'changes_requested')",
            name="asked_before_submitted",
        ),
        UniqueConstraint("programme_id", "slot_at"),
        Index(
            "uq_posts_one_at_a_time",
            "programme_id",
            unique=True,
            sqlite_where=text("state = 'publishing'"),
            postgresql_where=text("state = 'publishing'"),
        ),
        Index("ix_posts_queue", "state", "submitted_at"),
        Index("ix_posts_due", "state", "slot_at"),
        Index(
            "ix_posts_asked",
            "submit_asked_at",
            sqlite_where=text("submit_asked_at IS NOT NULL"),
            postgresql_where=text("submit_asked_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    week_id: Mapped[int] = mapped_column(index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[PostState] = mapped_column(words(PostState))
    surface: Mapped[Surface] = mapped_column(words(Surface), default=Surface.FEED)
    shape: Mapped[Shape] = mapped_column(words(Shape), default=Shape.OWN)
    caption: Mapped[str] = mapped_column(Text, default="")
    first_comment: Mapped[str] = mapped_column(Text, default="")
    comments_off: Mapped[bool] = mapped_column(default=False)
    location_id: Mapped[str] = mapped_column(String(40), default="")  # as Instagram names places
    location_name: Mapped[str] = mapped_column(String(120), default="")
    approved_digest: Mapped[str | None] = mapped_column(String(64))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    slot_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # The author's wish to submit it, kept until its picture is ready; see `submitting`.
    submit_asked_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    permalink: Mapped[str] = mapped_column(String(300), default="")

    week: Mapped[Week] = relationship(foreign_keys=[week_id, author_id, programme_id])
    author: Mapped[Person] = relationship(foreign_keys=[author_id], viewonly=True)
    pictures: Mapped[list["Picture"]] = relationship(
        order_by="Picture.position", cascade="all, delete-orphan", lazy="selectin"
    )
    history: Mapped[list["PostMove"]] = relationship(order_by="PostMove.id")
    events: Mapped[list["PostEvent"]] = relationship(order_by="PostEvent.id")

    @property
    def may_be_edited(self) -> bool:
        return self.state in EDITABLE

    @property
    def kind(self) -> PostKind:
        if self.surface is Surface.STORY:
            return PostKind.STORY
        if len(self.pictures) > 1:
            return PostKind.CAROUSEL
        has_video = any(picture.media.is_video for picture in self.pictures)
        return PostKind.REEL if has_video else PostKind.PHOTO

    @property
    def with_borders(self) -> list["Picture"]:
        """Those that are ready and do not fill their place on the account: round them are borders
        of ours or, where a clip alone is not 9:16, the bars of Instagram's player."""
        is_reel = self.kind is PostKind.REEL
        return [one for one in self.pictures if one.media.padded or (is_reel and one.has_bars)]

    @property
    def is_to_be_taken_down(self) -> bool:
        """Whether it is on the account, and somebody has asked for it to go."""
        is_asked = any(event.what == TAKEDOWN_ASKED for event in self.events)
        return self.state is PostState.PUBLISHED and is_asked

    def has_run_out(self, at: datetime) -> bool:
        """Whether it is a story whose day on the account is over: nobody sees it there any more."""
        return self.state is PostState.PUBLISHED and self.had_its_day(at)

    def had_its_day(self, at: datetime) -> bool:
        """Whether it was a story that was out so long ago, whatever was done about it since."""
        out = self.published_at
        return self.surface is Surface.STORY and out is not None and out + STORY_LASTS <= at

    @property
    def last_word(self) -> str:
        """What was said with the last move, a reviewer's reason for instance."""
        return self.history[-1].why if self.history else ""


class PostMove(Move, Model):
    __tablename__ = "post_moves"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)


Post.move_model = PostMove
Post.allowed_moves = {
    S.DRAFT: {S.SUBMITTED, S.WITHDRAWN},
    S.SUBMITTED: {S.DRAFT, S.CHANGES_REQUESTED, S.REJECTED, S.APPROVED, S.WITHDRAWN},
    S.CHANGES_REQUESTED: {S.SUBMITTED, S.WITHDRAWN},
    S.APPROVED: {
        S.DRAFT,
        S.SUBMITTED,
        S.CHANGES_REQUESTED,
        S.PUBLISHING,
        S.UNCERTAIN,  # it was sent before, and nobody can see whether it is there
        S.FAILED,
        S.MISSED,
        S.WITHDRAWN,
    },
    S.PUBLISHING: {S.APPROVED, S.PUBLISHED, S.UNCERTAIN, S.FAILED},
    S.UNCERTAIN: {S.APPROVED, S.PUBLISHED, S.FAILED},
    S.FAILED: {
        S.APPROVED,
        S.SUBMITTED,
        S.CHANGES_REQUESTED,
        S.REJECTED,
        S.WITHDRAWN,
        S.MISSED,
    },
    S.MISSED: {
        S.APPROVED,
        S.SUBMITTED,
        S.CHANGES_REQUESTED,
        S.REJECTED,
        S.WITHDRAWN,
        S.PUBLISHING,  # it was on the account already
    },
    S.PUBLISHED: {S.TAKEN_DOWN},
    S.TAKEN_DOWN: {S.PUBLISHED},  # it was said to be gone, and is still there
}

TAKEDOWN_ASKED = "takedown_asked"
"""The event that says so: nobody takes it back."""


class PostEvent(Model):
    """What happened to a post on its way out that is no move: its state stayed as it was."""

    __tablename__ = "post_events"

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Picture(Model):
    """A media's place in a post, with the words for those who do not see it."""

    __tablename__ = "pictures"
    __table_args__ = (UniqueConstraint("post_id", "position"),)

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    alt_text: Mapped[str] = mapped_column(Text, default="")

    media: Mapped[Media] = relationship(lazy="joined")

    @property
    def has_bars(self) -> bool:
        """Whether it leaves some of a whole screen empty; False while nobody knows its shape."""
        width, height = self.media.width, self.media.height
        return bool(height) and abs(width / height / SCREEN - 1) > ALMOST
