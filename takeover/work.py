"""Background work: the truth is in our own rows, Huey only carries their ids to a worker.

Huey forgets a task when it hands it out, so a killed worker loses it. Nothing rests on Huey's
memory: every task has a row that says it is still to be done, and a sweep by the clock hands it
out again. This is the only file that knows Huey.
"""

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy.engine import make_url

from config import ConfigError
from takeover.db import db
from takeover.web import settings_of

log = logging.getLogger(__name__)

# How long an idle worker sleeps at most between two looks at the queue, in seconds.
LONGEST_NAP = 0.2
THREADS = 4


@dataclass(frozen=True, slots=True)
class Task:
    """Something done to one row, named by its id. It claims the row itself, and it may be called
    again for a row that is done already."""

    name: str
    run: Callable[[int], None]


class _Json(Serializer):  # type: ignore[misc]  # Huey has no types
    """Pickle would run whatever somebody managed to put into the queue."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(data))


def init_app(app: Flask, tasks: Iterable[Task]) -> None:
    by_name = {task.name: task for task in tasks}
    huey = _open(settings_of(app).queue_url)

    def carry(name: str, row_id: int) -> None:
        with app.app_context():
            by_name[name].run(row_id)

    app.extensions["work"] = huey
    app.extensions["carry"] = huey.task(name="carry")(carry)


def hand_out(task: Task, row_id: int) -> None:
    """Have a worker do it. Call it after the commit: before, the worker would not see the row.

    A queue that cannot be reached loses nothing: the clock's sweep hands the row out again.
    """
    if current_app.extensions["work"].immediate:
        current_app.extensions["carry"](task.name, row_id)
        return
    try:
        current_app.extensions["carry"](task.name, row_id)
    except Exception:
        log.exception("not handed out", extra={"task": task.name, "row_id": row_id})


def here_and_now(app: Flask) -> None:
    """From now on this process does its work itself, and waits for it."""
    app.extensions["work"].immediate = True


def work_until_stopped(app: Flask) -> None:
    """Take tasks from the queue until SIGTERM or SIGINT; what has begun is finished."""
    with app.app_context():
        db.engine.dispose()
    app.extensions["work"].create_consumer(
        workers=THREADS,
        periodic=False,
        max_delay=LONGEST_NAP,
        check_worker_health=True,
        graceful_signal="TERM",
    ).run()


def _open(url: str) -> Huey:
    common: dict[str, Any] = {"results": False, "serializer": _Json(), "utc": True}
    if url == "now:":
        return MemoryHuey("takeover", immediate=True, **common)
    parsed = make_url(url)
    if parsed.drivername == "sqlite":
        Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("takeover", filename=parsed.database, **common)
    if parsed.drivername.startswith("redis"):
        return _carried_by(RedisHuey, "the package redis: pip install redis", url=url, **common)
    return _carried_by(PostgresHuey, "a server that answers", dsn=url, **common)


def _carried_by(kind: type[Huey], wants: str, **options: Any) -> Huey:
    try:
        return kind("takeover", **options)
    except Exception as error:  # whatever its driver raises, the operator gets one line
        raise ConfigError(f"QUEUE_URL cannot be used; it wants {wants}") from error
