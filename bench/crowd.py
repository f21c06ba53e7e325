"""Many accounts at once on PostgreSQL: four clocks, their workers, and two thousand posts due now.

Every post goes out once, or this fails. The same stand-in takes posts from the bare calls of a
client in a loop: see `stage.bare_calls`.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from bench.processes import wait_for
from bench.stage import FLASK, WEB, Stage, bare_calls, due_now, running, slow_answers, staged
from takeover.clock import now
from takeover.db import db
from takeover.instagram.connecting import connect
from takeover.instagram.graph.credentials import Credentials
from takeover.instagram.official_door import saved_form
from takeover.posts.models import Post, PostState
from takeover.programmes.models import Programme
from tests import postgres

ACCOUNTS, POSTS = 40, 50  # posts of each
CLOCKS = WORKERS = 4
BARE = 200
FEW = 3  # posts of each account, where the answers are slow
SLOW = 0.05  # seconds
PATIENCE = 300  # seconds


@dataclass(frozen=True)
class Speed:
    """Posts a second: ours, and those of the bare calls; both where the answers take `SLOW`."""

    ours: float
    bare: float
    ours_slowly: float
    bare_slowly: float


def run() -> list[tuple[str, float, str]]:
    speed = publish(accounts=ACCOUNTS, each=POSTS, clocks=CLOCKS, workers=WORKERS)
    return [
        (
            f"{ACCOUNTS * POSTS} due on {ACCOUNTS} accounts, {CLOCKS} clocks: each once",
            speed.ours,
            "a s",
        ),
        ("posts a second against the bare calls", speed.ours / speed.bare, "x"),
        (
            f"the same, answered after {SLOW:.2f} s",
            speed.ours_slowly / speed.bare_slowly,
            "x, at least 0.8",
        ),
    ]


def publish(*, accounts: int, each: int, clocks: int, workers: int) -> Speed:
    """Raises AssertionError where a post is not out, or out twice."""
    names = [f"a_week_at_site_{number}" for number in range(accounts)]
    slugs = [_slug(name) for name in names]
    with tempfile.TemporaryDirectory() as folder, postgres.running() as url:
        places = {"DATABASE_URL": url, "QUEUE_URL": url.replace("+psycopg", "")}
        with staged(Path(folder), names, **places) as stage, running(stage, WEB):
            stage.flask("db", "upgrade")
            wait_for(f"{stage.web}/readyz")
            _connect(stage, names)
            processes = [[*FLASK, "clock"]] * clocks + [[*FLASK, "worker"]] * workers
            with running(stage, *processes), stage.app.app_context():
                _until(1, due_now(stage, slugs[:1], each=1))  # what is loaded late is loaded now
                some, many = accounts * FEW, accounts * each
                with slow_answers(stage, SLOW):
                    slowly = some / _until(1 + some, due_now(stage, slugs, each=FEW))
                ours = many / _until(1 + some + many, due_now(stage, slugs, each=each))
            _check(stage, names, FEW + each)
            bare = bare_calls(stage, names[0], BARE, programme=slugs[0])
            with slow_answers(stage, SLOW):
                bare_slowly = bare_calls(stage, names[0], BARE // 5, programme=slugs[0])
    return Speed(ours=ours, bare=bare, ours_slowly=slowly, bare_slowly=bare_slowly)


def _connect(stage: Stage, names: Sequence[str]) -> None:
    """A programme for each account."""
    keys = [stage.keys(name) for name in names]
    with stage.app.app_context():
        programmes = [_programme(name) for name in names]
        db.session.add_all(programmes)
        db.session.flush()
        for programme, (ig_user, token) in zip(programmes, keys, strict=True):
            credentials = Credentials(host="facebook", ig_user_id=ig_user, user_token=token)
            saved = saved_form(credentials)
            connect(
                programme, session=db.session, publisher="graph", saved=saved, by=None, at=now()
            )
        db.session.commit()


def _slug(name: str) -> str:
    return name.replace("_", "-")


def _programme(name: str) -> Programme:
    return Programme(
        slug=_slug(name),
        name=name.replace("_", " ").capitalize(),
        account=name,
        timezone="UTC",
        language="en",
        slot_days=[0, 1, 2, 3, 4, 5, 6],
        slot_times=["12:00"],
        created_at=now() - timedelta(days=30),
    )


def _until(count: int, begun: float) -> float:
    """Seconds from then until so many are out, and on our record."""
    give_up = begun + PATIENCE
    out = select(func.count()).select_from(Post).where(Post.state == PostState.PUBLISHED)
    while True:
        there = db.session.scalar(out)
        db.session.rollback()
        taken = time.perf_counter()
        if there == count:
            return taken - begun
        if taken > give_up:
            raise TimeoutError(f"{there} of {count} posts are out")
        time.sleep(0.1)


def _check(stage: Stage, names: Sequence[str], each: int) -> None:
    for number, name in enumerate(names):
        captions = Counter(post["caption"] for post in stage.posts(name))
        assert len(captions) == each + (number == 0), f"{name} has {len(captions)} posts"
        assert set(captions.values()) == {1}, f"{name} has posts twice"
