"""Web, clock and worker from one loaded application.

Loaded three times the application costs three times its memory; forked from one, they share what
they do not change: this process loads it, forks web and worker, and goes on as the clock. For the
demo and for small machines; elsewhere each has a unit of its own (see deploy/README.md).

    python -m deploy.together LOG_FOLDER [COMMAND ...]

first runs each COMMAND, flask commands such as "db upgrade", and ends with the exit code of one
that fails; what they print is all that is printed, their complaints are in first.log. Then web.log,
clock.log and worker.log are written there. When one of the three ends by itself, the others
are stopped and the exit code is 1; SIGTERM and SIGINT stop all three, and the exit code is 0.
"""

import contextlib
import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TextIO

from flask.cli import FlaskGroup
from gunicorn.app.wsgiapp import run as run_gunicorn
from sqlalchemy.orm import configure_mappers

from takeover.db import db
from takeover.schedule import Job, add_job, tick_until_stopped
from takeover.work import work_until_stopped
from wsgi import app


def run(command: str) -> None:
    FlaskGroup(create_app=lambda: app).main(command.split(), "flask")


def web() -> None:
    sys.argv = ["gunicorn", "wsgi:app"]
    run_gunicorn()


def worker() -> None:
    work_until_stopped(app)


def main(logs: Path, first: Sequence[str]) -> int:
    for command in first:
        # In a process of its own: what it loads and leaves is nothing to the three.
        code = wait_for(fork(partial(run, command), logs / "first.log", streams=[sys.stderr]))
        if code:
            return code
    warm_up()
    gc.collect()
    gc.freeze()  # the collector would write to every object, and unshare its page
    said = os.dup(sys.stderr.fileno())  # the terminal's, before the clock takes its log
    running = {
        fork(web, logs / "web.log"): "web",
        fork(worker, logs / "worker.log"): "worker",
    }
    ended = stop_when_one_ends(running)
    log_to(logs / "clock.log")
    tick_until_stopped(app)
    terminate(running)
    for process in list(running):
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process, 0)
    for name, code in ended:
        os.write(said, f"The {name} ended by itself ({code}); see {name}.log in {logs}.\n".encode())
    return 1 if ended else 0


def warm_up() -> None:
    """Do once, before the memory is shared, what each process would do for itself at first.

    No connection is left open: it would belong to this process only.
    """
    configure_mappers()
    client = app.test_client()
    for path in ("/readyz", "/", "/sign-in"):
        client.get(path)
    with app.app_context():
        db.engine.dispose()


def stop_when_one_ends(running: dict[int, str]) -> list[tuple[str, int]]:
    """Returns which ended, and how; it is empty while all of them run."""
    ended: list[tuple[str, int]] = []

    def watch() -> None:
        for process in list(running):
            gone, status = os.waitpid(process, os.WNOHANG)
            if gone:
                ended.append((running.pop(process), os.waitstatus_to_exitcode(status)))
        if ended:
            os.kill(os.getpid(), signal.SIGTERM)

    add_job(app, Job("watch", watch, every=timedelta(seconds=1)))
    return ended


def fork(run: Callable[[], None], log: Path, streams: Sequence[TextIO] | None = None) -> int:
    """Run it in a child whose streams go to the log. Returns the child's process id."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        log_to(log, streams)
        run()
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:  # the last frame of this process: whatever it is, the log has to say it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def wait_for(process: int) -> int:
    """Returns its exit code. When this process is stopped, so is that one: it does not go on."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)
        sys.exit(0)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    for number, handler in before.items():
        signal.signal(number, handler)
    return code


def log_to(path: Path, streams: Sequence[TextIO] | None = None) -> None:
    """Both standard streams, unless it is told which."""
    output = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in streams or (sys.stdout, sys.stderr):
        os.dup2(output, stream.fileno())
    os.close(output)


def terminate(running: dict[int, str]) -> None:
    for process in running:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
