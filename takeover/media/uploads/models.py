"""An upload under way: how much of which file has come is told by its parts file alone."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from takeover.db import Id, Model
from takeover.media.models import Media


class Upload(Model):
    """One file on its way. It outlives its end for a while, so that a client that lost the last
    answer is told that all has come."""

    __tablename__ = "uploads"

    id: Mapped[Id]
    token: Mapped[str] = mapped_column(String(43), unique=True)  # its address
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), unique=True)
    bytes: Mapped[int] = mapped_column(BigInteger)  # of the whole file
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    media: Mapped[Media] = relationship(lazy="joined")
