"""Background work: the truth is in our own rows, a queue only carries their ids to a worker.

The queue forgets a task when it hands it out, so a killed worker loses it. Nothing rests on its
memory: every task has a row that says it is still to be done, and a sweep by the clock hands it
out again.
"""

import importlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any, cast

from flask import Flask, current_app

from config import ConfigError
from takeover.db import db
from takeover.web import settings_of

log = logging.getLogger(__name__)

HERE_AND_NOW = "now:"

# A queue that did not answer is left alone so long, in seconds: each try may hold up a request.
FORGIVEN = 10.0


@dataclass(frozen=True, slots=True)
class Task:
    """Something done to one row, named by its id. It claims the row itself, and it may be called
    again for a row that is done already."""

    name: str
    run: Callable[[int], None]


class _Work:
    def __init__(self, app: Flask, tasks: Iterable[Task]) -> None:
        url = settings_of(app).queue_url
        self.here_and_now = url == HERE_AND_NOW
        self._app, self._url = app, url
        self._tasks = {task.name: task for task in tasks}
        self._opening = Lock()
        self._carrier: Any = None
        self._failed_at = -FORGIVEN

    def run(self, name: str, row_id: int) -> None:
        with self._app.app_context():
            self._tasks[name].run(row_id)

    def carrier(self) -> Any:
        """Loaded when first used; see decision 0010. Raises ConfigError."""
        with self._opening:
            if self._carrier is None:
                if monotonic() - self._failed_at < FORGIVEN:
                    raise ConfigError("QUEUE_URL could not be used a moment ago")
                loaded = importlib.import_module("takeover.carrier")
                try:
                    self._carrier = loaded.Carrier(self._url, self.run)
                except ConfigError:
                    self._failed_at = monotonic()
                    raise
            return self._carrier


def init_app(app: Flask, tasks: Iterable[Task]) -> None:
    app.extensions["work"] = _Work(app, tasks)


def hand_out(task: Task, row_id: int) -> None:
    """Have a worker do it. Call it after the commit: before, the worker would not see the row.

    A queue that cannot be reached loses nothing, nor does a task that fails: the clock's sweep
    hands the row out again.
    """
    work = _work_of(current_app)
    try:
        if work.here_and_now:
            work.run(task.name, row_id)
        else:
            work.carrier().put(task.name, row_id)
    except Exception:
        trouble = "task failed" if work.here_and_now else "not handed out"
        log.exception(trouble, extra={"task": task.name, "row_id": row_id})


def do_here_and_now(app: Flask) -> None:
    """From now on this process does its work itself, and waits for it."""
    _work_of(app).here_and_now = True


def work_until_stopped(app: Flask) -> None:
    """Take tasks from the queue until SIGTERM or SIGINT; what has begun is finished.

    Raises ConfigError where there is no queue to take from.
    """
    with app.app_context():
        db.engine.dispose()
    _work_of(app).carrier().take_until_stopped()


def _work_of(app: Flask) -> _Work:
    return cast(_Work, app.extensions["work"])
