"""The rehearsal's Instagram in a process of its own, and what our processes need to reach it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import requests
from flask import Flask
from sqlalchemy import select

from bench.processes import free_port, wait_for
from config import ROOT, from_environment
from takeover.app import create_app
from takeover.clock import now
from takeover.db import db
from takeover.demo.trial_posts import approved_posts, slots_from
from takeover.instagram.lending import lend, path_of
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.posts.models import Post
from takeover.programmes.models import Programme
from takeover.web import public_address, settings
from tests.conftest import SECRET_KEY

FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
TOGETHER = (sys.executable, "-m", "deploy.together")
WEB = (sys.executable, "-m", "gunicorn", "wsgi:app")
PATIENCE = 30  # seconds that one answer may take
ENOUGH = 100_000  # posts a day: nothing here is about the quota


@dataclass
class Stage:
    rehearsal: str
    web: str
    environ: dict[str, str]

    @cached_property
    def app(self) -> Flask:
        """Ours, in this process."""
        return create_app(from_environment(self.environ))

    def flask(self, *words: str) -> str:
        done = subprocess.run(
            [*FLASK, *words], cwd=ROOT, env=self.environ, check=True, capture_output=True, text=True
        )
        return done.stdout

    def posts(self, account: str) -> list[dict[str, str]]:
        address = f"{self.rehearsal}/_rehearsal/posts?{urlencode({'account': account})}"
        with urlopen(address, timeout=PATIENCE) as answer:
            found: list[dict[str, str]] = json.load(answer)
            return found

    def keys(self, account: str) -> tuple[str, str]:
        """The account's id, and a token that opens it."""
        ids = requests.get(f"{self.rehearsal}/_rehearsal/accounts", timeout=PATIENCE).json()
        ig_id = next(one["ig_id"] for one in ids if one["username"] == account)
        asked = {"account": account, "login": "facebook"}
        told = requests.post(f"{self.rehearsal}/_rehearsal/tokens", json=asked, timeout=PATIENCE)
        return ig_id, told.json()["access_token"]


@contextmanager
def staged(folder: Path, accounts: Sequence[str], **changed: str) -> Iterator[Stage]:
    port, web = free_port(), free_port()
    rehearsal = f"http://127.0.0.1:{port}"
    environ = os.environ | {
        "BIND": f"127.0.0.1:{web}",
        "DATABASE_URL": f"sqlite:///{folder}/t.db",
        "DEMO": "1",
        "INSTAGRAM_GRAPH_URL": rehearsal,
        "INSTAGRAM_RUPLOAD_URL": rehearsal,
        "MEDIA_URL": f"{folder}/media",
        "PUBLIC_URL": f"http://127.0.0.1:{web}",
        "PYTHONUNBUFFERED": "1",
        "QUEUE_URL": f"sqlite:///{folder}/queue.db",
        "SECRET_KEY": SECRET_KEY,
        "UPLOADS_PATH": f"{folder}/uploads",
        "WEB_CONCURRENCY": "1",
        **changed,
    }
    stage = Stage(rehearsal=rehearsal, web=f"http://127.0.0.1:{web}", environ=environ)
    named = [word for account in accounts for word in ("--account", account)]
    stand_in = [*FLASK, "rehearsal", "--port", str(port), *named]
    with running(stage, stand_in, quiet=True):
        wait_for(f"{rehearsal}/_rehearsal/accounts")
        behaviour = {"quota_total": ENOUGH, "containers_per_day": ENOUGH}
        requests.post(
            f"{rehearsal}/_rehearsal/behaviour", json=behaviour, timeout=PATIENCE
        ).raise_for_status()
        yield stage


@contextmanager
def running(stage: Stage, *commands: Sequence[str], quiet: bool = False) -> Iterator[None]:
    """Until the block ends."""
    with ExitStack() as ends:
        for command in commands:
            process = subprocess.Popen(
                command, cwd=ROOT, env=stage.environ, stdout=subprocess.DEVNULL if quiet else None
            )
            ends.callback(process.wait, 30)
            ends.callback(process.terminate)
        yield


def due_now(stage: Stage, slugs: Sequence[str], *, each: int) -> float:
    """Approve so many posts of each programme that are due; the instant, of `perf_counter`, at
    which they are."""
    with stage.app.app_context():
        _approve(slugs, each)
        db.session.commit()
    return time.perf_counter()


def _approve(slugs: Sequence[str], each: int) -> list[Post]:
    store = open_store(settings().media_url, spool=Path(settings().uploads_path))
    at = now()
    slots = slots_from(at, each, apart=timedelta(0))
    found = select(Programme).where(Programme.slug.in_(slugs)).order_by(Programme.id)
    return [
        post
        for programme in db.session.scalars(found)
        for post in approved_posts(programme, slots, session=db.session, store=store, at=at)
    ]


def _a_photo(stage: Stage, slug: str) -> str:
    """The address of one, of a post that is not due for long."""
    with stage.app.app_context():
        (post,) = _approve([slug], 1)
        post.slot_at = now() + timedelta(days=3)
        photo = post.pictures[0].media.rendition(RenditionKind.FEED)
        lent = lend(photo, post_id=post.id, session=db.session, at=now())
        db.session.commit()
        return public_address(path_of(lent))


@contextmanager
def slow_answers(stage: Stage, seconds: float) -> Iterator[None]:
    """From either API, until the block ends."""
    control = f"{stage.rehearsal}/_rehearsal/faults"
    slow: dict[str, Any] = {"path": "^/", "delay": seconds, "times": ENOUGH}
    requests.post(control, json=slow, timeout=PATIENCE).raise_for_status()
    yield
    requests.post(f"{control}/clear", timeout=PATIENCE).raise_for_status()


def bare_calls(stage: Stage, account: str, count: int, *, programme: str) -> float:
    """Posts a second of a client in a loop: create a container, ask whether it is finished,
    publish. They all show the photo of a post of the programme's."""
    photo = _a_photo(stage, programme)
    ig_user, token = stage.keys(account)
    graph = f"{stage.rehearsal}/v26.0"
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"

    def post(path: str, **form: str) -> str:
        answer = session.post(f"{graph}/{path}", data=form, timeout=PATIENCE)
        assert answer.ok, answer.text
        made: str = answer.json()["id"]
        return made

    begun = time.perf_counter()
    for number in range(count):
        created = post(f"{ig_user}/media", image_url=photo, caption=f"Bare {number}")
        asked = {"fields": "status_code"}
        status = session.get(f"{graph}/{created}", params=asked, timeout=PATIENCE).json()
        assert status["status_code"] == "FINISHED", status
        post(f"{ig_user}/media_publish", creation_id=created)
    return count / (time.perf_counter() - begun)
