"""People, what they may do, and how they get in."""

from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from takeover.db import Id, Model, words


class Role(StrEnum):
    HR = "hr"
    LEAD = "lead"
    APPROVER = "approver"
    LEGAL = "legal"
    AMBASSADOR = "ambassador"
    ADMINISTRATOR = "administrator"


class Person(Model, UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """Anybody we know by name, whether or not they may sign in."""

    __tablename__ = "people"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    language: Mapped[str] = mapped_column(String(10), default="en")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    country: Mapped[str] = mapped_column(String(2), default="")  # ISO 3166-1 alpha-2
    job: Mapped[str] = mapped_column(String(120), default="")
    workplace: Mapped[str] = mapped_column(String(120), default="")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    # Raised to end every session of this person, wherever it is open.
    session_epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    grants: Mapped[list["Grant"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def get_id(self) -> str:
        """What a session remembers: it ends when the epoch moves on."""
        return f"{self.id}.{self.session_epoch}"

    @property
    def nominates_for(self) -> frozenset[str]:
        """The countries this person nominates people of, as HR."""
        return frozenset(
            grant.country for grant in self.grants if grant.role is Role.HR and grant.country
        )


class Grant(Model):
    """A role given to a person; as HR, for one country each."""

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "country"),
        CheckConstraint("(role = 'hr') = (country <> '')", name="country_only_for_hr"),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[Role] = mapped_column(words(Role))
    country: Mapped[str] = mapped_column(String(2), default="")

    person: Mapped[Person] = relationship(back_populates="grants")


class SignInLink(Model):
    """A link that signs one person in, once. We keep only the digest of its secret."""

    __tablename__ = "sign_in_links"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    goes_to: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class Attempt(Model):
    """How often somebody knocked lately. `knocker` is a keyed digest, not a name or address."""

    __tablename__ = "attempts"

    id: Mapped[Id]
    knocker: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
