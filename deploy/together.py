"""Web, clock and worker from one loaded application.

Loaded three times the application costs three times its memory; forked from one, they share what
they do not change. For the demo and for small machines; elsewhere each has a unit of its own
(see deploy/README.md).

    python -m deploy.together LOG_FOLDER

writes web.log, clock.log and worker.log there. When one of the three ends by itself, the others
are stopped and the exit code is 1; SIGTERM and SIGINT stop all three, and the exit code is 0.
"""

import contextlib
import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from flask.cli import ScriptInfo
from gunicorn.app.wsgiapp import run as run_gunicorn
from sqlalchemy.orm import configure_mappers

from wsgi import app


def web() -> None:
    sys.argv = ["gunicorn", "wsgi:app"]
    run_gunicorn()


def clock() -> None:
    flask("clock")


def worker() -> None:
    flask("worker")


def flask(command: str) -> None:
    app.cli.main([command], prog_name="flask", obj=ScriptInfo(create_app=lambda: app))


PROCESSES: dict[str, Callable[[], None]] = {"web": web, "clock": clock, "worker": worker}


def main(logs: Path) -> int:
    configure_mappers()  # or each would, at its first query, for itself
    gc.collect()
    gc.freeze()  # the collector would write to every object, and unshare its page
    running = {start(name, logs / f"{name}.log"): name for name in PROCESSES}
    asked = pass_signals_on(running)
    process, status = os.wait()
    ended = running.pop(process)
    if not asked:
        code = os.waitstatus_to_exitcode(status)
        print(f"The {ended} ended by itself ({code}); see {ended}.log in {logs}.", file=sys.stderr)
        terminate(running)
    for process in running:
        os.waitpid(process, 0)
    return 0 if asked else 1


def start(name: str, log: Path) -> int:
    """Fork. Returns the child's process id; in the child it does not return."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        log_to(log)
        forget_connections()
        PROCESSES[name]()
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:  # the last frame of this process: whatever it is, the log has to say it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def log_to(path: Path) -> None:
    output = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(output, sys.stdout.fileno())
    os.dup2(output, sys.stderr.fileno())
    os.close(output)


def forget_connections() -> None:
    """A connection opened before the fork belongs to the parent."""
    with app.app_context():
        for engine in app.extensions["sqlalchemy"].engines.values():
            engine.dispose(close=False)


def pass_signals_on(running: dict[int, str]) -> list[int]:
    """Returns the signals that came; it is empty while nobody asked for the end."""
    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        terminate(running)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return asked


def terminate(running: dict[int, str]) -> None:
    for process in running:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
