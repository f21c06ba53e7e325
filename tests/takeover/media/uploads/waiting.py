"""A store that keeps people waiting, and what has become of their file meanwhile."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.clock import now
from takeover.db import db
from takeover.media.changing import cancel
from takeover.media.models import Media
from takeover.media.store import Store


def the_media(session: Session) -> Media:
    return session.scalars(select(Media)).one()


@dataclass
class Slow:
    """A store that is far away: it takes a file only once it may."""

    store: Store
    may: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)
    taking: int = 0

    def take(self, path, **told):
        with self.lock:
            self.taking += 1
        assert self.may.wait(10)
        return self.store.take(path, **told)

    def exists(self, key):
        return self.store.exists(key)


def until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.002)


@contextmanager
def taken_out_meanwhile(app: Flask, media_id: int) -> Iterator[None]:
    """Its owner takes it out of their post in a transaction that ends only after a while."""
    held = Event()

    def take_out() -> None:
        with app.app_context():
            cancel(db.session.get_one(Media, media_id), by=None, at=now())
            db.session.flush()
            held.set()
            time.sleep(0.3)
            db.session.commit()

    thread = Thread(target=take_out)
    thread.start()
    try:
        assert held.wait(10)
        yield
    finally:
        thread.join()
