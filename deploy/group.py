"""Processes that end together, whatever becomes of the one that started them."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any, Self

STOP_SECONDS = 5
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


def stop_on_signals() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    for number in ENDING:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, stop)


class Group:
    """Started processes share a process group with a guard.

    The guard is a shell that waits on a pipe which this process holds. When this process dies in
    any way, SIGKILL included, the pipe closes, and the guard ends the group.
    """

    GUARD = f'trap "" TERM INT HUP; read -r _; kill -TERM 0; sleep {STOP_SECONDS}; kill -KILL 0'

    def __enter__(self) -> Self:
        self.processes: list[subprocess.Popen[bytes]] = []
        self.guard = subprocess.Popen(
            ["/bin/sh", "-c", self.GUARD], stdin=subprocess.PIPE, process_group=0
        )
        return self

    def start(self, command: Sequence[str], **how: Any) -> subprocess.Popen[bytes]:
        """Start a process in the group; `how` is what Popen takes."""
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, process_group=self.guard.pid, **how
        )
        self.processes.append(process)
        return process

    def __exit__(self, *_: object) -> None:
        """SIGTERM to what was started here, which ends its own children in good order; SIGKILL to
        all that is left in the group after STOP_SECONDS."""
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)  # nothing may come between
        for process in self.processes:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
        os.killpg(self.guard.pid, signal.SIGKILL)
        for process in [*self.processes, self.guard]:
            process.wait()
