"""The brief of one ambassador for one week."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from takeover.db import Id, Model
from takeover.weeks.models import Week


class Brief(Model):
    """What they were told, kept as it was told: in their language, of that day's template."""

    __tablename__ = "briefs"

    id: Mapped[Id]
    week_id: Mapped[int] = mapped_column(ForeignKey("weeks.id"), unique=True)
    language: Mapped[str] = mapped_column(String(10))
    template_version: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]]  # see briefs.composing.Content
    composed_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    week: Mapped[Week] = relationship()
