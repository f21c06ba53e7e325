"""From a photo's last byte to the queue of comms: the real web, worker and clock, one client.

The post waits for its photo already, as it does when its author has pressed Submit.
"""

import os
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from statistics import median

from sqlalchemy import create_engine, text

from bench import photos
from bench.processes import free_port, wait_for
from bench.uploads import cookie_of
from config import ROOT, Settings
from takeover.app import create_app
from takeover.clock import now
from takeover.db import db
from takeover.posts.drafting import draft
from takeover.weeks.giving import monday_of
from tests import cast as company
from tests.conftest import SECRET_KEY

ROUNDS = 15


def run() -> list[tuple[str, float, str]]:
    """Rows of (what, how much, of what)."""
    with tempfile.TemporaryDirectory() as folder, _running(folder) as port:
        url, data = f"sqlite:///{folder}/t.db", photos.photo()
        cookie, posts = _posts(Settings(database_url=url, secret_key=SECRET_KEY), ROUNDS + 1)
        took = [_send(port, url, cookie, post, data) for post in posts][1:]  # the first one loads
    return [
        ("photo 12 MP: last byte to the queue", 1000 * median(took), "ms, under 250"),
        ("photo 12 MP: the slowest of them", 1000 * max(took), "ms"),
    ]


@contextmanager
def _running(folder: str) -> Iterator[int]:
    port = free_port()
    environ = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/t.db",
        "QUEUE_URL": f"sqlite:///{folder}/queue.db",
        "MEDIA_URL": f"{folder}/media",
        "UPLOADS_PATH": f"{folder}/uploads",
        "SECRET_KEY": SECRET_KEY,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WEB_CONCURRENCY": "1",
        "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port}",
    }
    together = subprocess.Popen(
        [sys.executable, "-m", "deploy.together", folder, "db upgrade"], cwd=ROOT, env=environ
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz")
        yield port
    finally:
        together.terminate()
        together.wait(20)


def _posts(settings: Settings, number: int) -> tuple[str, list[int]]:
    """The author's cookie, and drafts that wait for nothing but a photo."""
    app, at = create_app(settings), now()
    with app.app_context():
        company.gather(db.session)
        cast = company.find(db.session)
        cast.week.starts_on = monday_of(at.date())
        drafts = [
            draft(cast.week, session=db.session, by=cast.zofia, at=at, caption=f"Post {each}")
            for each in range(number)
        ]
        for each in drafts:
            each.submit_asked_at = at
        found = cookie_of(app, cast.zofia), [each.id for each in drafts]
        db.session.commit()
        db.session.close()
        db.engine.dispose()
    return found


def _send(port: int, url: str, cookie: str, post: int, data: bytes) -> float:
    """Seconds from the last byte sent until comms has the post."""
    engine, connection = create_engine(url), HTTPConnection("127.0.0.1", port, timeout=60)
    told = {"Cookie": cookie, "Tus-Resumable": "1.0.0"}
    words = {"Upload-Metadata": f"post {b64encode(str(post).encode()).decode()}"}
    sizes = {"Upload-Length": str(len(data))}
    connection.request("POST", "/media/uploads/", headers=told | words | sizes)
    created = connection.getresponse()
    created.read()
    assert created.status == 201, created.status
    with engine.begin() as database:  # an upload that begins calls the wish off: pressed again
        database.execute(
            text("UPDATE posts SET submit_asked_at = created_at WHERE id = :id"), {"id": post}
        )
    time.sleep(0.5)
    kind = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    connection.putrequest("PATCH", created.headers["Location"])
    for name, value in (told | kind | {"Content-Length": str(len(data))}).items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(data)
    begun = time.perf_counter()
    with engine.connect() as database:
        state = text("SELECT state FROM posts WHERE id = :id")
        while database.execute(state, {"id": post}).scalar() != "submitted":
            database.rollback()
            time.sleep(0.002)
            assert time.perf_counter() - begun < 20
    took = time.perf_counter() - begun
    connection.close()
    engine.dispose()
    return took
