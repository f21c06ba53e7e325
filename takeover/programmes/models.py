"""Programmes: an account lent by the week, and when its posts go out."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from takeover.db import Id, Model


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
    created_at: Mapped[datetime]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def times(self) -> list[time]:
        return sorted(time.fromisoformat(text) for text in self.slot_times)
