"""What people upload, and what becomes of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from takeover.db import Id, Model, words
from takeover.states import HasState, Move


class MediaState(StrEnum):
    RECEIVED = "received"
    READY = "ready"
    REFUSED = "refused"


class RenditionKind(StrEnum):
    FEED = "feed"
    PREVIEW = "preview"
    THUMBNAIL = "thumbnail"


class Media(Model, HasState):
    """One file somebody sent, from its original to its renditions."""

    __tablename__ = "media"
    __table_args__ = (
        CheckConstraint("state <> 'ready' OR width > 0", name="ready_has_size"),
        CheckConstraint("state <> 'refused' OR refusal <> ''", name="refused_says_why"),
    )

    id: Mapped[Id]
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[MediaState] = mapped_column(words(MediaState), index=True)
    format: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64))  # of the original
    bytes: Mapped[int] = mapped_column(BigInteger)
    original_key: Mapped[str] = mapped_column(String(200))
    width: Mapped[int] = mapped_column(default=0)  # pixels, upright, as it is published
    height: Mapped[int] = mapped_column(default=0)
    padded: Mapped[bool] = mapped_column(default=False)
    dhash: Mapped[str | None] = mapped_column(String(16))
    brightness: Mapped[float | None]
    sharpness: Mapped[float | None]
    refusal: Mapped[str] = mapped_column(Text, default="")  # in the owner's language
    received_at: Mapped[datetime]
    handed_out_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)

    renditions: Mapped[list["Rendition"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin"
    )
    history: Mapped[list["MediaMove"]] = relationship(order_by="MediaMove.id")

    def rendition(self, kind: RenditionKind) -> "Rendition":
        """Raises LookupError while there is none."""
        for rendition in self.renditions:
            if rendition.kind is kind:
                return rendition
        raise LookupError(f"media {self.id} has no {kind.value}")


class MediaMove(Move, Model):
    __tablename__ = "media_moves"

    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)


Media.allowed_moves = {
    MediaState.RECEIVED: {MediaState.READY, MediaState.REFUSED},
}
Media.move_model = MediaMove


class Rendition(Model):
    """A file made from the original: for Instagram, for a screen, for a list."""

    __tablename__ = "renditions"
    __table_args__ = (UniqueConstraint("media_id", "kind"),)

    id: Mapped[Id]
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    kind: Mapped[RenditionKind] = mapped_column(words(RenditionKind))
    key: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    content_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
