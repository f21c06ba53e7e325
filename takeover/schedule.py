"""The clock: jobs of ours, each run every so often. This is the only file that knows APScheduler.

Every job claims the rows it works on in the database, so that it does no harm when it runs twice,
in two clocks, or late.
"""

import logging
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta
from types import FrameType

from apscheduler.events import EVENT_SCHEDULER_STARTED, SchedulerEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

log = logging.getLogger(__name__)

# Jobs are short: they hand out work, others do it. One that looks on Instagram holds up no other.
THREADS = 3


class NoSuchJob(Exception):
    """No job has that name."""


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    run: Callable[[], None]
    every: timedelta


def init_app(app: Flask, jobs: Iterable[Job]) -> None:
    app.extensions["jobs"] = {job.name: job for job in jobs}


def add_job(app: Flask, job: Job) -> None:
    """One more, for this process only."""
    app.extensions["jobs"][job.name] = job


def names(app: Flask) -> list[str]:
    return sorted(app.extensions["jobs"])


def run_once(app: Flask, name: str) -> None:
    """Raises NoSuchJob, and whatever the job raises."""
    try:
        job: Job = app.extensions["jobs"][name]
    except KeyError:
        raise NoSuchJob(name) from None
    with app.app_context():
        job.run()


def tick_until_stopped(app: Flask) -> None:
    """Run every job when it is due, until SIGTERM or SIGINT."""
    scheduler = BlockingScheduler(
        executors={"default": ThreadPoolExecutor(THREADS)},
        timezone=UTC,
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    for job in app.extensions["jobs"].values():
        scheduler.add_job(
            _guarded,
            IntervalTrigger(seconds=int(job.every.total_seconds())),
            [app, job],
            id=job.name,
        )

    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        if scheduler.running:
            scheduler.shutdown(wait=False)

    def stop_if_asked_before(_event: SchedulerEvent) -> None:
        if asked:
            scheduler.shutdown(wait=False)

    scheduler.add_listener(stop_if_asked_before, EVENT_SCHEDULER_STARTED)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scheduler.start()


def _guarded(app: Flask, job: Job) -> None:
    """A job that fails is logged and tried again at its next turn; it stops no other."""
    try:
        with app.app_context():
            job.run()
    except Exception:
        log.exception("job failed", extra={"job": job.name})
