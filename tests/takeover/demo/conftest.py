"""The application as it runs with DEMO=1, filled once for all tests of a file."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from takeover.app import create_app
from takeover.db import db
from takeover.demo.filling import fill
from takeover.media.store import open_store
from takeover.web import settings
from tests.cast import NOW
from tests.conftest import settings_for
from tests.databases import Database
from tests.pages import Browser

OpenBrowser = Callable[[], Browser]


@pytest.fixture(scope="module")
def demo_app(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """On a database that holds nothing yet, at NOW."""
    database.empty()
    app = create_app(settings_for(database.url, tmp_path_factory.mktemp("demo"), demo=True))
    with time_machine.travel(NOW, tick=True), app.app_context():
        yield app
        db.session.close()
        db.engine.dispose()


@pytest.fixture(scope="module")
def filled(demo_app: Flask) -> Flask:
    fill(open_store(settings().media_url), at=NOW)
    return demo_app


@pytest.fixture
def session(filled: Flask) -> Iterator[Session]:
    yield db.session
    db.session.rollback()


@pytest.fixture
def visitor(filled: Flask, session: Session) -> Browser:
    """A stranger's browser in the filled demo."""
    return Browser(filled, session)
