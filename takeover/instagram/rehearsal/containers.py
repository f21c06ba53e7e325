"""What the Graph API makes posts from: containers, which nobody sees and which last a day."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from threading import RLock
from typing import Any

from takeover.instagram.publisher import Kind
from takeover.instagram.rehearsal.posts import Item, Photo, Post

LASTS = timedelta(hours=24)
DAY = timedelta(hours=24)


class Status(StrEnum):
    IN_PROGRESS = "IN_PROGRESS"
    FINISHED = "FINISHED"
    ERROR = "ERROR"
    EXPIRED = "EXPIRED"
    PUBLISHED = "PUBLISHED"


@dataclass(slots=True, kw_only=True)
class Container:
    """`items` is empty while bytes are awaited; `error` is the subcode it failed with."""

    id: str
    kind: Kind
    made_at: datetime
    is_child: bool = False
    is_video: bool = False
    items: tuple[Item, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)  # caption, location, cover, as Post's
    cover: Photo | None = None
    polls: int = 0  # status reads left that say IN_PROGRESS
    error: int = 0
    awaits_bytes: bool = False
    received: bytearray = field(default_factory=bytearray)
    expected: int = 0  # bytes of an upload
    expired: bool = False
    post: Post | None = None

    def status(self, at: datetime) -> Status:
        if self.post is not None:
            return Status.PUBLISHED
        if self.expired or at >= self.made_at + LASTS:
            return Status.EXPIRED
        if self.error:
            return Status.ERROR
        return Status.IN_PROGRESS if self.awaits_bytes or self.polls > 0 else Status.FINISHED

    def read_status(self, at: datetime) -> Status:
        """The status as somebody who asks gets it: each time brings the end nearer."""
        status = self.status(at)
        self.polls = max(0, self.polls - (not self.awaits_bytes))
        return status


class Containers:
    """Those of one account, and what it published by them."""

    def __init__(self, number: int) -> None:
        self._ids = itertools.count(17_950_000_000_000_001 + number * 1_000_000_000)
        self._all: dict[str, Container] = {}
        self._published: list[datetime] = []
        self.lock = RLock()

    def add(self, kind: Kind, *, at: datetime, **facts: Any) -> Container:
        with self.lock:
            made = Container(id=str(next(self._ids)), kind=kind, made_at=at, **facts)
            self._all[made.id] = made
            return made

    def find(self, id: str) -> Container | None:
        return self._all.get(id)

    def all(self) -> list[Container]:
        with self.lock:
            return list(self._all.values())

    def made_since(self, since: datetime) -> int:
        return sum(made.made_at > since for made in self.all())

    def note_published(self, at: datetime) -> None:
        self._published.append(at)

    def published_since(self, since: datetime) -> int:
        return sum(at > since for at in list(self._published))

    def expire(self) -> None:
        """Let every container that is not published be too old."""
        for container in self.all():
            container.expired = True
