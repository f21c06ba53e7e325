"""Who has the account when, and the consent without which nobody has it."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from takeover.db import Id, Model
from takeover.people.models import Person
from takeover.programmes.models import Programme


class Consent(Model):
    """A person's own yes to a programme, with the words they said yes to."""

    __tablename__ = "consents"
    __table_args__ = (
        # What a week refers to, so that it can be nobody else's consent.
        UniqueConstraint("id", "person_id", "programme_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    words: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(10))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None


class Week(Model):
    """One ambassador's seven days with the account, Monday to Sunday on the account's clock."""

    __tablename__ = "weeks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["consent_id", "person_id", "programme_id"],
            ["consents.id", "consents.person_id", "consents.programme_id"],
        ),
        Index(
            "uq_weeks_one_ambassador",
            "programme_id",
            "starts_on",
            unique=True,
            sqlite_where=text("taken_back_at IS NULL"),
            postgresql_where=text("taken_back_at IS NULL"),
        ),
        # What a post refers to, so that it can be in nobody else's week.
        UniqueConstraint("id", "person_id", "programme_id"),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    consent_id: Mapped[int]
    starts_on: Mapped[date]
    given_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]

    programme: Mapped[Programme] = relationship()
    person: Mapped[Person] = relationship()
    consent: Mapped[Consent] = relationship(
        overlaps="person,programme",
        foreign_keys="[Week.consent_id, Week.person_id, Week.programme_id]",
    )

    @property
    def ends_on(self) -> date:
        """Its Sunday."""
        return self.starts_on + timedelta(days=6)

    @property
    def begins(self) -> datetime:
        """The first instant, UTC."""
        midnight = datetime.combine(self.starts_on, time(), self.programme.zone)
        return midnight.astimezone(UTC)

    @property
    def ends(self) -> datetime:
        """The first instant that no longer belongs to it, UTC."""
        midnight = datetime.combine(self.starts_on + timedelta(days=7), time(), self.programme.zone)
        return midnight.astimezone(UTC)

    def has(self, instant: datetime) -> bool:
        """Whether the account is its ambassador's at that instant."""
        return self.taken_back_at is None and self.begins <= instant < self.ends
