"""Reviews: what was decided about a post, by whom, and for which digest of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from takeover.db import Id, Model, words
from takeover.people.models import Person
from takeover.posts.models import Post


class Decision(StrEnum):
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


class Review(Model):
    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("decision = 'approve' OR reason <> ''", name="a_no_has_a_reason"),
    )

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    decision: Mapped[Decision] = mapped_column(words(Decision))
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text, default="")

    post: Mapped[Post] = relationship()
    by: Mapped[Person] = relationship()
