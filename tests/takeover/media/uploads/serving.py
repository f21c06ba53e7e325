"""The web as it is deployed, started again and again within moments.

    python -m tests.takeover.media.uploads.serving

loads the application once. For each line on its standard input it forks a gunicorn, in a process
group of its own, and prints its process id. It is always the time of the tests.
"""

import os
import signal
import sys

import time_machine
from gunicorn.app.wsgiapp import run

from tests.cast import NOW
from wsgi import app


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    assert app
    for _ in sys.stdin:
        process = os.fork()
        if not process:
            os.setpgid(0, 0)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            sys.argv = ["gunicorn", "wsgi:app"]
            sys.exit(run())
        print(process, flush=True)  # noqa: T201


if __name__ == "__main__":
    with time_machine.travel(NOW, tick=True):
        main()
