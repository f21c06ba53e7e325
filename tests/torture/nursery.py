"""Workers, forked one by one from a process that has loaded everything and opened nothing.

The worker runs a job as `flask job` does, its work included, and ends.
"""

import gc
import json
import logging
import os
import signal
import socket
import traceback
from collections.abc import Collection, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask import Flask

from config import Settings
from takeover import schedule
from takeover.app import create_app
from takeover.db import db
from takeover.instagram import official_door, private_door  # noqa: F401  # loaded before the fork
from tests.torture.instants import Shared
from tests.torture.steps import Steps


class Ended(StrEnum):
    DONE = "done"
    KILLED = "killed"
    FROZEN = "frozen"
    BROKEN = "broken"  # an exception that no job should let out


class Nursery:
    """To be made while its process has one thread."""

    def __init__(self, settings: Settings, shared: Shared, folder: Path) -> None:
        self._log = folder / "steps.txt"
        self._trouble = folder / "trouble.txt"
        self._ours, theirs = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            self._ours.close()
            try:
                _Nurse(settings, shared, theirs, self._log, self._trouble).serve()
            finally:
                os._exit(0)
        theirs.close()
        self._words = self._ours.makefile("rw")

    def begin(self) -> None:
        self._log.write_bytes(b"")
        self._trouble.write_bytes(b"")

    def steps(self) -> list[str]:
        """What each step of this run was, the first at 0."""
        lines = self._log.read_text().splitlines()
        return [line.partition(" ")[2] for line in lines]

    def trouble(self) -> str:
        return self._trouble.read_text()

    def work(
        self, jobs: Sequence[str], *, kills: Collection[int] = (), freezes: Collection[int] = ()
    ) -> tuple[Ended, int]:
        """Let a new worker run these jobs: how it ended, and its number."""
        return self._ask({"jobs": jobs, "kills": sorted(kills), "freezes": sorted(freezes)})

    def warm_up(self) -> None:
        """Let the process that forks do a worker's work, so that no worker begins cold."""
        self._ask({"warm": ["turn_away", "publish"]})

    def wake(self, pid: int) -> Ended:
        """A frozen worker goes on; its end."""
        return self._ask({"wake": pid})[0]

    def close(self) -> None:
        self._words.close()
        self._ours.close()
        os.waitpid(self._pid, 0)

    def _ask(self, asked: dict[str, object]) -> tuple[Ended, int]:
        self._words.write(json.dumps(asked) + "\n")
        self._words.flush()
        ended, pid = json.loads(self._words.readline())
        return Ended(ended), pid


class _Nurse:
    def __init__(
        self, settings: Settings, shared: Shared, line: socket.socket, log: Path, trouble: Path
    ) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked ends, and then this does
        self._shared, self._line = shared, line
        self._log, self._trouble = log, trouble
        shared.rule()
        self._app: Flask = create_app(settings)

    def serve(self) -> None:
        words = self._line.makefile("rw")
        for asked in map(json.loads, words):
            words.write(json.dumps(self._do(asked)) + "\n")
            words.flush()

    def _do(self, asked: dict[str, Any]) -> tuple[Ended, int]:
        if "warm" in asked:
            self._warm(asked["warm"])
            return Ended.DONE, 0
        pid: int = asked.get("wake") or self._bear(**asked)
        if "wake" in asked:
            os.kill(pid, signal.SIGCONT)
        return self._end_of(pid), pid

    def _warm(self, jobs: list[str]) -> None:
        for job in jobs:
            schedule.run_once(self._app, job)
        with self._app.app_context():
            db.engine.dispose()
        gc.collect()
        gc.freeze()

    def _end_of(self, pid: int) -> Ended:
        _, status = os.waitpid(pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            return Ended.FROZEN
        if os.WIFSIGNALED(status):
            return Ended.KILLED
        return Ended.BROKEN if os.WEXITSTATUS(status) else Ended.DONE

    def _bear(self, jobs: list[str], kills: list[int], freezes: list[int]) -> int:
        pid = os.fork()
        if pid:
            return pid
        failed = 1
        try:
            self._run(jobs, kills, freezes)
            failed = 0
        except BaseException:
            with self._trouble.open("a") as file:
                traceback.print_exc(file=file)
        finally:
            os._exit(failed)

    def _run(self, jobs: list[str], kills: list[int], freezes: list[int]) -> None:
        gc.disable()
        self._shared.rule_sleep()
        logging.disable(logging.ERROR if not os.environ.get("TORTURE_LOG") else logging.NOTSET)
        log = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        with self._app.app_context():
            Steps(self._shared, log, kills=kills, freezes=freezes).put_in(db.engine)
        for job in jobs:
            schedule.run_once(self._app, job)
