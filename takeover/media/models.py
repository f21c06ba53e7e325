"""What people upload, and what becomes of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from takeover.db import Id, Model, words
from takeover.media.reasons import sentence_of
from takeover.media.recipe import Recipe, from_json
from takeover.media.recognising import Format
from takeover.media.renditions import RenditionKind
from takeover.states import HasState, Move


class MediaState(StrEnum):
    ARRIVING = "arriving"  # its upload is under way
    RECEIVED = "received"  # here as a whole; to be made ready, for the first time or once more
    READY = "ready"
    REFUSED = "refused"
    CANCELLED = "cancelled"  # nobody wants it any more


UNDER_WAY = frozenset({MediaState.ARRIVING, MediaState.RECEIVED})


LONGEST_NAME = 255


class Media(Model, HasState):
    """One file somebody sent, from its original to its renditions."""

    __tablename__ = "media"
    __table_args__ = (
        CheckConstraint("state <> 'ready' OR width > 0", name="ready_has_size"),
        CheckConstraint("state <> 'refused' OR refusal <> ''", name="refused_says_why"),
        CheckConstraint(
            "state NOT IN ('received', 'ready') OR original_key <> ''", name="whole_is_stored"
        ),
    )

    id: Mapped[Id]
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[MediaState] = mapped_column(words(MediaState), index=True)
    format: Mapped[str] = mapped_column(String(10), default="")  # known once it is received
    sha256: Mapped[str] = mapped_column(String(64), default="")  # of the original
    bytes: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(
        String(LONGEST_NAME), default=""
    )  # as its owner's phone calls it
    original_key: Mapped[str] = mapped_column(String(200), default="", index=True)
    original_erased_at: Mapped[datetime | None]
    recipe_json: Mapped[dict[str, Any]] = mapped_column("recipe", JSON, default=dict)
    source_width: Mapped[int] = mapped_column(default=0)  # pixels, upright, as it was sent
    source_height: Mapped[int] = mapped_column(default=0)
    width: Mapped[int] = mapped_column(default=0)  # pixels, upright, as it is published
    height: Mapped[int] = mapped_column(default=0)
    padded: Mapped[bool] = mapped_column(default=False)
    enlarged: Mapped[bool] = mapped_column(default=False)
    duration: Mapped[float | None]  # seconds, as it is published; None for a photo
    source_duration: Mapped[float | None]  # seconds, as it was sent
    repeats: Mapped[int] = mapped_column(default=1)  # how often a very short clip plays
    has_audio: Mapped[bool | None]
    dhash: Mapped[str | None] = mapped_column(String(16))
    brightness: Mapped[float | None]
    sharpness: Mapped[float | None]
    # The name of a `Refused` and what it was raised with; or, without facts, a sentence as it was
    # once said to the owner, in their language.
    refused_as: Mapped[str] = mapped_column("refusal", Text, default="")
    refusal_facts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    whole_at: Mapped[datetime | None]  # when the last byte of its upload came
    received_at: Mapped[datetime]
    # Who prepares it: a claim nobody else has, renewed while the work goes on.
    claim: Mapped[str | None] = mapped_column(String(32))
    handed_out_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int] = mapped_column(default=0)  # percent of the preparation

    renditions: Mapped[list["Rendition"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin"
    )
    history: Mapped[list["MediaMove"]] = relationship(order_by="MediaMove.id")

    @property
    def recipe(self) -> Recipe:
        return from_json(self.recipe_json)

    @property
    def refusal(self) -> str:
        """Why it is refused, in the language of whoever reads it; empty where it is not."""
        if self.refusal_facts is None:
            return self.refused_as
        return sentence_of(self.refused_as, self.refusal_facts)

    @property
    def is_on_its_way(self) -> bool:
        """Whether some of its bytes are still with its owner."""
        return self.state is MediaState.ARRIVING and self.whole_at is None

    @property
    def is_video(self) -> bool:
        """Of a GIF it is known once it is ready: some move, some do not."""
        return self.duration is not None or self.format in (Format.MP4, Format.MOV)

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
    MediaState.ARRIVING: {MediaState.RECEIVED, MediaState.REFUSED, MediaState.CANCELLED},
    MediaState.RECEIVED: {MediaState.READY, MediaState.REFUSED, MediaState.CANCELLED},
    MediaState.READY: {MediaState.RECEIVED, MediaState.CANCELLED},
    MediaState.REFUSED: {MediaState.RECEIVED, MediaState.CANCELLED},
}
Media.move_model = MediaMove


class Rendition(Model):
    """A file made from the original: for Instagram, for a screen, for a list."""

    __tablename__ = "renditions"
    __table_args__ = (UniqueConstraint("media_id", "kind"),)

    id: Mapped[Id]
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    kind: Mapped[RenditionKind] = mapped_column(words(RenditionKind))
    key: Mapped[str] = mapped_column(String(200), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    content_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
