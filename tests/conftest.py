"""What the tests share: a database that is new for each, the cast, and a browser of sorts."""

import gc
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import CodeType
from zlib import crc32

import pytest
import time_machine
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import event
from sqlalchemy.orm import Session

from config import Settings
from takeover.app import create_app
from takeover.db import db
from takeover.people.models import Person
from takeover.people.sessions import sign_in
from tests import cast as company
from tests import postgres
from tests.cast import NOW, Cast
from tests.databases import Database, PostgresDatabase, SqliteDatabase
from tests.pages import Browser

SECRET_KEY = "tests only: 5c1f0b7e2d9a4863-not-a-secret"
DATABASES = ["sqlite", "postgresql"] if postgres.is_here() or os.environ.get("CI") else ["sqlite"]


class _Compiled(BytecodeCache):
    """What templates were compiled to, for all the applications of a process."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key, bucket.checksum] = bucket.code


Flask.jinja_options = {"bytecode_cache": _Compiled()}  # a third of the time of tests with an app


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each is asked of one database, by turns and of the same one every time; what databases do in
    their own ways is asked of each."""
    waiting = [item for item in items if not _is_its_turn(item)]
    config.hook.pytest_deselected(items=waiting)
    kept = set(items) - set(waiting)
    items[:] = _longest_first([item for item in items if item in kept])


def _longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """What waits for a browser comes first in two of the shares that begin side by side."""
    long = [one for one in items if one.nodeid.startswith(("tests/journeys", "tests/torture"))]
    files = sorted({item.path for item in long})
    here = [item for item in long if files.index(item.path) % 2 == 0]
    there = [item for item in long if files.index(item.path) % 2]
    rest = [item for item in items if item not in set(long)]
    share = len(items) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    more = max(0, share - len(here))
    return [*here, *rest[:more], *there, *rest[more:]]


def pytest_collection_finish() -> None:
    """What is loaded by now stays, and looking for garbage among it again and again would take a
    seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def _is_its_turn(item: pytest.Item) -> bool:
    asked = item.callspec.params.get("database") if hasattr(item, "callspec") else None
    chosen = any(mark.args[0] == "database" for mark in item.iter_markers("parametrize"))
    if asked is None or chosen or item.get_closest_marker("each_database"):
        return True
    turn = crc32(item.nodeid.replace(asked, "").encode())
    return bool(asked == DATABASES[turn % len(DATABASES)])


@pytest.fixture(scope="session")
def _databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Database]]:
    """Each is made once, however often the tests go from one to the other."""
    with ExitStack() as ends:

        @cache
        def made(name: str) -> Database:
            if name == "sqlite":
                return SqliteDatabase(tmp_path_factory.mktemp("database"))
            url = ends.enter_context(postgres.running())
            return ends.enter_context(closing(PostgresDatabase(url)))

        yield made


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest, _databases: Callable[[str], Database]) -> Database:
    return _databases(request.param)


@pytest.fixture(scope="session")
def _applications(
    _databases: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Flask]]:
    """By the address of their database."""
    with ExitStack() as ends:

        @cache
        def made(url: str) -> Flask:
            app = create_app(settings_for(url, tmp_path_factory.mktemp("media")))
            _refuse_uncommitted(app)
            _wait_for_no_disk(app)
            ends.callback(_dispose, app)
            return app

        yield made


def _dispose(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def _application(database: Database, _applications: Callable[[str], Flask]) -> Flask:
    return _applications(database.url)


def settings_for(database_url: str, folder: Path, **changed: object) -> Settings:
    return Settings(
        **{  # type: ignore[arg-type]
            "secret_key": SECRET_KEY,
            "database_url": database_url,
            "media_url": str(folder / "media"),
            "uploads_path": str(folder / "uploads"),
            "queue_url": "now:",
            "public_url": "http://localhost",
            **changed,
        }
    )


def _wait_for_no_disk(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":

            @event.listens_for(db.engine, "connect")
            def _(connection: sqlite3.Connection, _record: object) -> None:
                connection.execute("PRAGMA synchronous = OFF")


def _refuse_uncommitted(app: Flask) -> None:
    """A view that changes something and forgets to commit it loses it: let the test fail."""
    maker = db._app_state[app].sessionmaker

    @event.listens_for(maker, "after_flush")
    def _(session: Session, _context: object) -> None:
        session.info["unsaved"] = True

    @event.listens_for(maker, "after_commit")
    @event.listens_for(maker, "after_soft_rollback")
    def _(session: Session, *_: object) -> None:
        session.info["unsaved"] = False

    @app.teardown_request
    def _(error: BaseException | None) -> None:
        assert error or not db.session.info.get("unsaved"), "changed, but never committed"


@pytest.fixture
def app(_application: Flask, database: Database) -> Iterator[Flask]:
    """The application on a database that holds nothing yet, at NOW."""
    database.empty()
    with time_machine.travel(NOW, tick=True), _application.app_context():
        yield _application
        db.session.close()


@pytest.fixture
def session(app: Flask) -> Session:
    """The test's own session, beside those of the requests it makes."""
    return db.session


@pytest.fixture
def cast(app: Flask, database: Database) -> Cast:
    database.fill(lambda: company.gather(db.session))
    return company.find(db.session)


@pytest.fixture
def browse(app: Flask, session: Session) -> Callable[[Person | None], Browser]:
    """`browse(cast.amir)` is a browser in which Amir is signed in; `browse()` a stranger's."""

    def open_browser(person: Person | None = None) -> Browser:
        browser = Browser(app, session)
        if person is not None:
            with app.test_request_context():
                sign_in(person, at=datetime.now(UTC))
                browser.take_session()
        return browser

    return open_browser
