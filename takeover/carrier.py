"""The queue from one process to another. This is the only file that knows Huey.

Loaded by the process that first puts something in or takes something out: Huey brings its drivers
along, and a web that has just been started need not wait for them.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy.engine import make_url

from config import ConfigError

# How long an idle worker sleeps at most between two looks at the queue, in seconds.
LONGEST_NAP = 0.1
THREADS = 4

# How long a connection to PostgreSQL may take, in seconds: somebody's request waits for it.
PATIENCE = 3


class Carrier:
    """Carries the name of a task and the id of a row to whoever takes them from the queue."""

    def __init__(self, url: str, run: Callable[[str, int], None]) -> None:
        """Raises ConfigError where the queue at `url` cannot be opened."""
        self._huey = _open(url)
        self.put = self._huey.task(name="carry")(run)

    def take_until_stopped(self) -> None:
        """Run what is in the queue until SIGTERM or SIGINT; what has begun is finished."""
        self._huey.create_consumer(
            workers=THREADS,
            periodic=False,
            max_delay=LONGEST_NAP,
            check_worker_health=True,
            graceful_signal="TERM",
        ).run()


class _Json(Serializer):  # type: ignore[misc]  # Huey has no types
    """Pickle would run whatever somebody managed to put into the queue."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(data))


def _open(url: str) -> Huey:
    common: dict[str, Any] = {"results": False, "serializer": _Json(), "utc": True}
    parsed = make_url(url)
    if parsed.drivername == "sqlite":
        Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("takeover", filename=parsed.database, **common)
    if parsed.drivername.startswith("redis"):
        return RedisHuey("takeover", url=url, **common)
    try:
        # It begins by making its tables, which PostgreSQL lets only one at a time do.
        with psycopg.connect(url, autocommit=True, connect_timeout=PATIENCE) as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext('takeover queue'))")
            return PostgresHuey("takeover", dsn=url, connect_timeout=PATIENCE, **common)
    except Exception as error:  # whatever its driver raises, the operator gets one line
        raise ConfigError("QUEUE_URL cannot be used: no PostgreSQL answers there") from error
