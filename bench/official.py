"""Publishing by the official API, with real processes and the rehearsal's Instagram.

The same stand-in takes as many posts from the bare calls of a client in a loop: create a container,
ask whether it is finished, publish. Ours commits what it does before and after each.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from urllib.request import urlopen

import requests

from bench.processes import free_port, wait_for
from config import ROOT
from tests.conftest import SECRET_KEY

POSTS = 100
SINGLE = 25  # posts due one by one
APART = timedelta(seconds=1.37)  # so that the clock's second is met everywhere
ACCOUNT = "a_week_at_halbrane"
PROGRAMME = "a-week-at-halbrane"
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


@dataclass(frozen=True)
class Stage:
    """Where everything listens, and what opens the account."""

    rehearsal: str
    web: str
    ig_user: str
    token: str
    environ: dict[str, str]

    def flask(self, *words: str) -> str:
        done = subprocess.run(
            [*FLASK, *words], cwd=ROOT, env=self.environ, check=True, capture_output=True, text=True
        )
        return done.stdout

    def posts(self) -> list[dict[str, str]]:
        with urlopen(f"{self.rehearsal}/_rehearsal/posts?account={ACCOUNT}", timeout=30) as answer:
            found: list[dict[str, str]] = json.load(answer)
            return found


def run() -> list[tuple[str, float, str]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        _stage(Path(folder)) as stage,
        _running(stage, folder),
    ):
        ours = _all_at_once(stage)
        late = sorted(_one_by_one(stage))
        bare = _bare(stage)
    percentiles = quantiles(late, n=100, method="inclusive")
    return [
        (f"{POSTS} due at once on one account, the last is out", POSTS / ours, "s, at most 10"),
        ("posts a second against the bare calls", ours / bare, "x, at least 0.8"),
        ("a single post: lateness, 95th percentile", percentiles[94], "s, at most 1.5"),
        ("a single post: lateness, 99th percentile", percentiles[98], "s"),
    ]


@contextmanager
def _stage(folder: Path) -> Iterator[Stage]:
    port, web = free_port(), free_port()
    environ = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/t.db",
        "DEMO": "1",
        "INSTAGRAM_GRAPH_URL": f"http://127.0.0.1:{port}",
        "INSTAGRAM_RUPLOAD_URL": f"http://127.0.0.1:{port}",
        "MEDIA_URL": f"{folder}/media",
        "PUBLIC_URL": f"http://127.0.0.1:{web}",
        "QUEUE_URL": f"sqlite:///{folder}/queue.db",
        "SECRET_KEY": SECRET_KEY,
        "UPLOADS_PATH": f"{folder}/uploads",
        "WEB_CONCURRENCY": "1",
        "BIND": f"127.0.0.1:{web}",
        "PYTHONUNBUFFERED": "1",
    }
    rehearsal = subprocess.Popen(
        [*FLASK, "rehearsal", "--port", str(port), "--account", ACCOUNT],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/_rehearsal/posts?account={ACCOUNT}")
        told = _told(rehearsal)
        stage = Stage(
            rehearsal=f"http://127.0.0.1:{port}",
            web=f"http://127.0.0.1:{web}",
            ig_user=re.search(r"1784\d+", told)[0],  # type: ignore[index]
            token=re.search(r"EAA\w+", told)[0],  # type: ignore[index]
            environ=environ,
        )
        requests.post(
            f"{stage.rehearsal}/_rehearsal/behaviour", json={"quota_total": 10_000}, timeout=30
        ).raise_for_status()
        stage.flask("db", "upgrade")
        stage.flask("demo")
        key = folder / "token"
        key.write_text(stage.token)
        stage.flask(
            *("account", "connect", "--programme", PROGRAMME, "--publisher", "graph"),
            *("--ig-user", stage.ig_user, "--token-file", str(key)),
        )
        yield stage
    finally:
        rehearsal.terminate()
        rehearsal.wait(20)


def _told(rehearsal: subprocess.Popen[str]) -> str:
    """What it says when it begins, up to its one account's lines."""
    lines = ""
    for line in rehearsal.stdout or ():
        lines += line
        if "EAA" in line:
            break
    return lines


@contextmanager
def _running(stage: Stage, folder: str) -> Iterator[None]:
    """Web, clock and worker."""
    together = subprocess.Popen(
        [sys.executable, "-m", "deploy.together", folder], cwd=ROOT, env=stage.environ
    )
    try:
        wait_for(f"{stage.web}/readyz")
        stage.flask("demo", "posts", "--approved", "1", "--due", "now")
        _until(stage, 1)  # what is loaded late is loaded now
        yield
    finally:
        together.terminate()
        together.wait(30)


def _all_at_once(stage: Stage) -> float:
    """Posts a second, from the moment all are due until the last is out."""
    before = len(stage.posts())
    stage.flask("demo", "posts", "--approved", str(POSTS), "--due", "now")
    begun = time.perf_counter()
    _until(stage, before + POSTS)
    return POSTS / (time.perf_counter() - begun)


def _one_by_one(stage: Stage) -> list[float]:
    """Seconds between each post's slot and its being there."""
    first = datetime.fromtimestamp(time.time() + 5).astimezone()
    before = {post["media_id"] for post in stage.posts()}
    stage.flask(
        *("demo", "posts", "--approved", str(SINGLE), "--due", first.isoformat()),
        *("--apart", str(APART.total_seconds())),
    )
    _until(stage, len(before) + SINGLE)
    slots = sorted(first + number * APART for number in range(SINGLE))
    there = sorted(
        datetime.fromisoformat(post["taken_at"])
        for post in stage.posts()
        if post["media_id"] not in before
    )
    return [(out - slot).total_seconds() for slot, out in zip(slots, there, strict=True)]


def _bare(stage: Stage) -> float:
    """Posts a second."""
    photo = stage.flask("demo", "lend").strip()
    graph = f"{stage.rehearsal}/v26.0"
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {stage.token}"
    begun = time.perf_counter()
    for number in range(POSTS):
        form = {"image_url": photo, "caption": f"Bare {number}"}
        created = session.post(f"{graph}/{stage.ig_user}/media", data=form, timeout=30).json()["id"]
        status = session.get(
            f"{graph}/{created}", params={"fields": "status_code"}, timeout=30
        ).json()
        assert status["status_code"] == "FINISHED", status
        published = session.post(
            f"{graph}/{stage.ig_user}/media_publish", data={"creation_id": created}, timeout=30
        )
        assert published.json()["id"]
    return POSTS / (time.perf_counter() - begun)


def _until(stage: Stage, count: int) -> None:
    give_up = time.monotonic() + 120
    while len(stage.posts()) < count:
        if time.monotonic() > give_up:
            raise TimeoutError(f"{len(stage.posts())} of {count} posts are out")
        time.sleep(0.05)
