"""Programmes: an account lent by the week, and when its posts go out."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from takeover.db import Id, Model
from takeover.people.models import Person


class Programme(Model):
    __tablename__ = "programmes"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    account: Mapped[str] = mapped_column(String(30))  # the Instagram username, without @
    timezone: Mapped[str] = mapped_column(String(64))  # the account's: weeks begin and end by it
    language: Mapped[str] = mapped_column(String(10))
    slot_days: Mapped[list[int]]  # 0 is Monday
    slot_times: Mapped[list[str]]  # "HH:MM" on the account's clock; none: as soon as approved
    spacing: Mapped[int] = mapped_column(default=0)  # least minutes between two posts
    grace: Mapped[int] = mapped_column(default=180)  # minutes a post may be late and still go out
    # "HH:MM" on the account's clock: nothing is placed in between; both empty for none.
    quiet_from: Mapped[str] = mapped_column(String(5), default="")
    quiet_until: Mapped[str] = mapped_column(String(5), default="")
    created_at: Mapped[datetime]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def times(self) -> list[time]:
        return sorted(time.fromisoformat(text) for text in self.slot_times)


class Pause(Model):
    """Nothing goes out while one is open. Ended ones stay: what was due by their end is overdue."""

    __tablename__ = "pauses"
    __table_args__ = (
        Index(
            "uq_pauses_one_open",
            "programme_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    begun_at: Mapped[datetime]
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    programme: Mapped[Programme] = relationship()
    begun_by: Mapped[Person] = relationship(foreign_keys=[begun_by_id])
