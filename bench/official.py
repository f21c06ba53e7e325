"""Publishing by the official API, with real processes and the rehearsal's Instagram.

The same stand-in takes as many posts from the bare calls of a client in a loop (see
`stage.bare_calls`); ours commits what it does before and after each. The stand-in answers within
two milliseconds, which leaves our own work to be seen; Instagram takes hundreds, so both are
measured: at once, and after a twentieth of a second. See decision 0033.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles

from bench.processes import wait_for
from bench.stage import TOGETHER, Stage, bare_calls, due_now, running, slow_answers, staged

POSTS = 100
SINGLE = 25  # posts due one by one
APART = timedelta(seconds=1.37)  # so that the clock's second is met everywhere
SLOW = 0.05  # seconds
ACCOUNT = "a_week_at_halbrane"
PROGRAMME = "a-week-at-halbrane"


def run() -> list[tuple[str, float, str]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        staged(Path(folder), [ACCOUNT]) as stage,
        _connected(stage, Path(folder)),
    ):
        ours = _all_at_once(stage)
        late = sorted(_one_by_one(stage))
        bare = bare_calls(stage, ACCOUNT, POSTS, programme=PROGRAMME)
        with slow_answers(stage, SLOW):
            ours_slowly = _all_at_once(stage)
            bare_slowly = bare_calls(stage, ACCOUNT, POSTS, programme=PROGRAMME)
    percentiles = quantiles(late, n=100, method="inclusive")
    return [
        (f"{POSTS} due at once on one account, the last is out", POSTS / ours, "s, at most 10"),
        ("posts a second against the bare calls", ours / bare, "x"),
        (f"the same, answered after {SLOW:.2f} s", ours_slowly / bare_slowly, "x, at least 0.8"),
        ("a single post: lateness, 95th percentile", percentiles[94], "s, at most 1.5"),
        ("a single post: lateness, 99th percentile", percentiles[98], "s"),
    ]


@contextmanager
def _connected(stage: Stage, folder: Path) -> Iterator[None]:
    """Web, clock and worker, and the demo's account connected."""
    stage.flask("db", "upgrade")
    stage.flask("demo")
    ig_user, token = stage.keys(ACCOUNT)
    key = folder / "token"
    key.write_text(token)
    stage.flask(
        *("account", "connect", "--programme", PROGRAMME, "--publisher", "graph"),
        *("--ig-user", ig_user, "--token-file", str(key)),
    )
    with running(stage, [*TOGETHER, str(folder)]):
        wait_for(f"{stage.web}/readyz")
        stage.flask("demo", "posts", "--approved", "1", "--due", "now")
        _until(stage, 1)  # what is loaded late is loaded now
        yield


def _all_at_once(stage: Stage) -> float:
    """Posts a second, from the moment all are due until the last is out."""
    before = len(stage.posts(ACCOUNT))
    begun = due_now(stage, [PROGRAMME], each=POSTS)
    _until(stage, before + POSTS)
    return POSTS / (time.perf_counter() - begun)


def _one_by_one(stage: Stage) -> list[float]:
    """Seconds between each post's slot and its being there."""
    first = datetime.fromtimestamp(time.time() + 5).astimezone()
    before = {post["media_id"] for post in stage.posts(ACCOUNT)}
    stage.flask(
        *("demo", "posts", "--approved", str(SINGLE), "--due", first.isoformat()),
        *("--apart", str(APART.total_seconds())),
    )
    _until(stage, len(before) + SINGLE)
    slots = sorted(first + number * APART for number in range(SINGLE))
    there = sorted(
        datetime.fromisoformat(post["taken_at"])
        for post in stage.posts(ACCOUNT)
        if post["media_id"] not in before
    )
    return [(out - slot).total_seconds() for slot, out in zip(slots, there, strict=True)]


def _until(stage: Stage, count: int) -> None:
    give_up = time.monotonic() + 120
    while (there := len(stage.posts(ACCOUNT))) < count:
        if time.monotonic() > give_up:
            raise TimeoutError(f"{there} of {count} posts are out")
        time.sleep(0.05)
