"""Sending a large file: what the protocol, the digest and the care cost over a bare server.

The same gunicorn, as it is deployed, reads the same bytes and does nothing but write them to one
file (bench/bare.py). What a worker does afterwards with a file that is whole is not counted. The
ways take turns, and each round gives ratios of its own, so that a busy moment of the machine meets
both sides; medians of the rounds.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from flask import Flask

from bench.processes import family, free_port, wait_for
from config import ROOT, Settings
from takeover.app import create_app
from takeover.clock import now
from takeover.db import db
from takeover.people.adding import add_person, give_role
from takeover.people.models import Person, Role
from tests.conftest import SECRET_KEY

SIZE = 200_000_000
CHUNK = 5 * 2**20
ROUNDS = 7
PIECE = 2**20  # what the client gives to its socket at once


def run() -> list[tuple[str, float, str]]:
    """Rows of (what, how much, of what)."""
    with tempfile.TemporaryDirectory(dir=ROOT / "var") as folder, _served(Path(folder)) as served:
        port, cookie, process = served
        ways: dict[str, Callable[[], float]] = {
            "bare, at once": lambda: _bare(port, SIZE),
            "tus, at once": lambda: _tus(port, cookie, SIZE),
            "bare, in chunks": lambda: _bare(port, CHUNK),
            "tus, in chunks": lambda: _tus(port, cookie, CHUNK),
        }
        for way in ways.values():
            way()  # not counted: the first one loads what is loaded late
        before = _peak(process)
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                _clear(Path(folder))
                seconds[name].append(way())
        grown = _peak(process) - before

    def ratio(one: str, other: str) -> float:
        return median(b / a for a, b in zip(seconds[one], seconds[other], strict=True))

    rows = [(f"200 MB {name}", SIZE / 1e6 / median(took), "MB/s") for name, took in seconds.items()]
    return [
        *rows,
        (
            "throughput at once: tus / bare",
            ratio("tus, at once", "bare, at once"),
            "x, at least 0.7",
        ),
        (
            "throughput in chunks of 5 MiB: tus / bare",
            ratio("tus, in chunks", "bare, in chunks"),
            "x, at least 0.7",
        ),
        ("the server's peak memory after the first file", before / 1024, "MB"),
        (f"and by how much {4 * ROUNDS} more raise it", grown / 1024, "MB"),
    ]


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, str, int]]:
    """Port, the cookie of somebody who may send, and the process that answers."""
    port, url = free_port(), f"sqlite:///{folder}/t.db"
    environ = os.environ | {
        "DATABASE_URL": url,
        "QUEUE_URL": f"sqlite:///{folder}/queue.db",
        "MEDIA_URL": f"{folder}/media",
        "UPLOADS_PATH": f"{folder}/uploads",
        "UPLOAD_QUOTA_MB": "1000000",
        "SECRET_KEY": SECRET_KEY,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WEB_CONCURRENCY": "1",
        "BIND": f"127.0.0.1:{port}",
        "BENCH_BARE_FILE": f"{folder}/bare",
    }
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=environ, check=True, stderr=-3)
    cookie = _cookie(Settings(database_url=url, secret_key=SECRET_KEY))
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "bench.bare:app"], cwd=ROOT, env=environ
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz")
        yield port, cookie, family(web.pid)[-1]
    finally:
        web.terminate()
        web.wait(20)


def _cookie(settings: Settings) -> str:
    app, at = create_app(settings), now()
    with app.app_context():
        person = add_person(
            db.session, name="Zofia", email="zofia@home.example", by=None, at=at, language="en"
        )
        db.session.flush()
        give_role(person, Role.AMBASSADOR, by=None, at=at)
        db.session.commit()
        found = cookie_of(app, person)
        db.session.close()
        db.engine.dispose()
    return found


def cookie_of(app: Flask, person: Person) -> str:
    """As if they had just signed in."""
    told = {"_user_id": person.get_id(), "_permanent": True, "seen": now().timestamp()}
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"takeover={signer.dumps(told)}"


def _film() -> memoryview:
    """Bytes that begin as an MP4 does, and that no store has."""
    return memoryview(b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + os.urandom(SIZE - 24))


def _bare(port: int, chunk: int) -> float:
    return _timed(port, lambda _connection: "/bare", "PUT", chunk, {})


def _tus(port: int, cookie: str, chunk: int) -> float:
    told = {"Cookie": cookie, "Tus-Resumable": "1.0.0"}

    def create(connection: HTTPConnection) -> str:
        connection.request("POST", "/media/uploads/", headers=told | {"Upload-Length": str(SIZE)})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201, answer.status
        return str(answer.headers["Location"])

    kind = {"Content-Type": "application/offset+octet-stream"}
    return _timed(port, create, "PATCH", chunk, told | kind)


def _timed(
    port: int,
    begin: Callable[[HTTPConnection], str],
    method: str,
    chunk: int,
    headers: dict[str, str],
) -> float:
    """Seconds until the last answer, with all of a file sent in chunks of so many bytes."""
    film, connection = _film(), HTTPConnection("127.0.0.1", port, timeout=60)
    start = time.perf_counter()
    path = begin(connection)
    for offset in range(0, SIZE, chunk):
        body = film[offset : offset + chunk]
        pieces = (body[at : at + PIECE] for at in range(0, len(body), PIECE))
        told = {"Upload-Offset": str(offset), "Content-Length": str(len(body))}
        connection.request(method, path, body=pieces, headers=headers | told)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 204, answer.status
    took = time.perf_counter() - start
    connection.close()
    return took


def _clear(folder: Path) -> None:
    """What the last one wrote is neither this one's burden nor its gain."""
    for path in [*(folder / "uploads").iterdir(), folder / "bare"]:
        path.unlink(missing_ok=True)
    os.sync()


def _peak(process: int) -> int:
    """The most memory it ever held, in kilobytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
