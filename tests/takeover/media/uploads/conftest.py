"""People who send files, to the application or to a real server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import time_machine
from flask import Flask

from config import ROOT
from takeover.clock import now
from takeover.media.models import Media
from takeover.media.uploads import completing
from takeover.media.uploads.hooks import Hooks, NotWelcome
from takeover.people.models import Person
from takeover.schedule import run_once
from tests.conftest import SECRET_KEY
from tests.databases import Database
from tests.journeys.conftest import free_port
from tests.takeover.media.uploads.speaking import Tus, Wire


@dataclass
class Roof:
    """What lies above, and what it was told."""

    welcomed: list[tuple[Media, dict[str, str], Person]] = field(default_factory=list)
    expected: list[int] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)
    objection: str = ""

    def welcome(self, media: Media, metadata: dict[str, str], *, by: Person, at: datetime) -> None:
        assert media.id
        assert at == media.received_at
        if self.objection:
            raise NotWelcome(self.objection)
        self.welcomed.append((media, metadata, by))

    def stop(self, media: Media, *, by: Person, at: datetime) -> None:
        assert by.id == media.owner_id
        self.stopped.append(media.id)


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads grow."""
    changed = replace(app.extensions["settings"], uploads_path=str(tmp_path / "uploads"))
    monkeypatch.setitem(app.extensions, "settings", changed)
    return tmp_path / "uploads"


@pytest.fixture
def roof(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Roof:
    roof = Roof()
    hooks = Hooks(roof.welcome, roof.expected.append, roof.arrived.append, roof.stop)
    monkeypatch.setitem(app.extensions, "upload_hooks", hooks)
    return roof


@pytest.fixture
def tus(browse, folder, roof) -> Callable[[Person | None], Tus]:
    """`tus(cast.zofia)` is her client."""
    return lambda person=None: Tus(browse(person))


@dataclass
class Server:
    launcher: subprocess.Popen[str]
    port: int
    folder: Path
    process: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.launcher.stdin.write("start\n")
        self.launcher.stdin.flush()
        self.process = int(self.launcher.stdout.readline())
        give_up = time.monotonic() + 20
        while time.monotonic() < give_up:
            with suppress(URLError, OSError), urlopen(f"{self.address}/healthz", timeout=5):
                return
            time.sleep(0.01)
        raise TimeoutError

    def kill(self) -> None:
        """At once, with all its workers, in whatever they are doing."""
        os.killpg(self.process, signal.SIGKILL)

    def growing(self, path: str) -> Path:
        """The file of the upload with that address."""
        return self.folder / "uploads" / path.rpartition("/")[2]


@pytest.fixture(scope="module")
def server(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Real gunicorn, as it is deployed, on the database of the test."""
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    environ = os.environ | {
        "BIND": f"127.0.0.1:{port}",
        "DATABASE_URL": database.url,
        "MEDIA_URL": str(folder / "media"),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "QUEUE_URL": f"sqlite:///{folder}/queue.db",
        "SECRET_KEY": SECRET_KEY,
        "UPLOADS_PATH": str(folder / "uploads"),
        "WEB_CONCURRENCY": "2",
    }
    with (folder / "log").open("w") as log:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "tests.takeover.media.uploads.serving"],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    server = Server(launcher, port, folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        launcher.communicate(timeout=10)


@pytest.fixture
def cookie(browse, session) -> Callable[[Person], str]:
    """What a signed-in browser of that person sends."""

    def cookie_of(person: Person) -> str:
        value = browse(person).client.get_cookie("takeover").value
        session.commit()  # or the server would wait for us
        return f"takeover={value}"

    return cookie_of


@pytest.fixture
def wire(server, cast, cookie) -> Wire:
    """Zofia's, to the real server."""
    return Wire(server.port, cookie(cast.zofia))


@pytest.fixture
def tidy(app, session):
    """The clock's turn, so long after the test began."""

    def turn(**later) -> None:
        session.commit()
        with time_machine.travel(now() + timedelta(**later)):
            run_once(app, "hand_out_whole_uploads")
            run_once(app, "tidy_uploads")
        session.expire_all()

    return turn


@pytest.fixture
def handed_out(monkeypatch) -> list[tuple[str, int]]:
    """What a worker is to do, of files too large for a request; nobody does it."""
    told: list[tuple[str, int]] = []
    monkeypatch.setattr(completing, "AT_ONCE", 299)
    monkeypatch.setattr(
        completing, "hand_out", lambda task, row_id: told.append((task.name, row_id))
    )
    return told
