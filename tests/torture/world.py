"""All that a torture needs: a database, workers, the stand-in, and a web for what is lent to it."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from flask import Flask
from sqlalchemy import select, update
from werkzeug.serving import BaseWSGIServer, make_server

from bench.processes import free_port
from takeover.app import create_app
from takeover.db import db
from takeover.instagram.connecting import connect
from takeover.instagram.models import Connection
from takeover.instagram.rehearsal.account import Account
from takeover.instagram.rehearsal.handling import Handler
from takeover.instagram.rehearsal.server import Rehearsal, create_rehearsal, serve
from takeover.posts.models import Post
from takeover.programmes.models import Programme
from tests import postgres
from tests.conftest import settings_for
from tests.databases import Database, PostgresDatabase, SqliteDatabase
from tests.torture import posts
from tests.torture.instants import Shared
from tests.torture.nursery import Nursery
from tests.torture.wire import Later

KEY = "EAA-torture-" + "0123456789abcdef" * 3
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Cast:
    """The posts' ids by kind, and what each must show."""

    by_kind: dict[str, list[int]]
    digests: dict[int, list[str]]


class World:
    def __init__(
        self, shared: Shared, app: Flask, database: Database, nursery: Nursery, stage: Rehearsal,
        later: Later,
    ) -> None:  # fmt: skip
        self.shared, self.app, self.nursery, self.stage = shared, app, nursery, stage
        self.later = later
        self._database = database
        self.fill()
        with app.app_context():
            self.cast = Cast(posts.by_kind(db.session), posts.digests(db.session))
            db.session.rollback()

    def warm_up(self, doors: Iterable[str]) -> None:
        for door in doors:
            self.begin(door, [self.cast.by_kind["photo"][0]])
            self.nursery.warm_up()

    def fill(self) -> None:
        self._database.empty()
        with self.app.app_context():
            self._database.fill(lambda: posts.gather(db.session))

    def begin(self, door: str, due: list[int]) -> None:
        """As new: these posts are due, one after the other, by that door."""
        self.shared.begin()
        self.stage.reset()
        self.stage.accounts.token(self.stage.account, secret=KEY)
        self.stage.account.sign_in(KEY)
        self.nursery.begin()
        self.fill()
        at = self.shared.now
        with self.app.app_context():
            for number, post_id in enumerate(due):
                slot = at - timedelta(seconds=len(due) - number)
                db.session.execute(update(Post).where(Post.id == post_id).values(slot_at=slot))
            if door != "sandbox":
                self._connect(door)
            db.session.commit()

    def reconnect(self) -> None:
        """As a person does whom the account asked for."""
        with self.app.app_context():
            door = db.session.scalars(select(Connection.publisher)).one()
            self._connect(door)
            db.session.commit()

    def _connect(self, door: str) -> None:
        programme = db.session.scalars(select(Programme)).one()
        if door == "graph":
            saved = {"host": "facebook", "ig_user_id": self.stage.account.ig_id, "user_token": KEY}
        else:
            saved = self.stage.account.session()
        connect(
            programme, session=db.session, publisher=door, saved=json.dumps(saved), by=None,
            at=self.shared.now,
        )  # fmt: skip


@contextmanager
def opened(database: str) -> Iterator[World]:
    """On "sqlite" or "postgresql"."""
    with TemporaryDirectory(prefix="takeover-torture-") as name:
        folder = Path(name)
        if database == "sqlite":
            with _built(SqliteDatabase(folder), folder) as world:
                yield world
            return
        with postgres.running() as url, _built(PostgresDatabase(url), folder) as world:
            yield world


@contextmanager
def _built(database: Database, folder: Path) -> Iterator[World]:
    shared = Shared()
    shared.rule()
    ports = free_port(), free_port()
    web, instagram = (f"http://{HOST}:{port}" for port in ports)
    settings = settings_for(
        database.url, folder, public_url=web,
        instagram_graph_url=instagram, instagram_rupload_url=instagram,
        instagram_private_url=instagram,
    )  # fmt: skip
    database.empty()
    nursery = Nursery(settings, shared, folder)
    app = create_app(settings)
    stand_in = create_rehearsal(Account(username=posts.ACCOUNT))
    later = Later(shared, stand_in)
    rehearsal = Rehearsal(
        url=instagram,
        accounts=stand_in.extensions["rehearsal.accounts"],
        wire=stand_in.extensions["rehearsal.wire"],
    )
    rehearsal.wire.clear()  # it has a wait of the torture's from now on
    try:
        ours = make_server(HOST, ports[0], app, threaded=True, request_handler=Handler)
        with _served(ours), _served(serve(stand_in, port=ports[1])):
            yield World(shared, app, database, nursery, rehearsal, later)
    finally:
        with app.app_context():
            db.engine.dispose()
        nursery.close()
        if isinstance(database, PostgresDatabase):
            database.close()


@contextmanager
def _served(server: BaseWSGIServer) -> Iterator[None]:
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
