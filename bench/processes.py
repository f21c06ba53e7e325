"""How soon the web answers after it is started, and what all processes hold when idle."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from config import ROOT
from tests.conftest import SECRET_KEY

SETTLED = 6  # seconds after which nothing more is loaded


def run() -> list[tuple[str, float, str]]:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environ = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/t.db",
            "QUEUE_URL": f"sqlite:///{folder}/queue.db",
            "MEDIA_URL": f"{folder}/media",
            "SECRET_KEY": SECRET_KEY,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "WEB_CONCURRENCY": "1",
            "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port}",
        }
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=environ, check=True, stderr=-3)
        begun = time.perf_counter()
        together = subprocess.Popen(
            [sys.executable, "-m", "deploy.together", folder], cwd=ROOT, env=environ
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz")
            answered = time.perf_counter() - begun
            time.sleep(SETTLED)
            held = sum(_pss(process) for process in family(together.pid))
        finally:
            together.terminate()
            together.wait(20)
    return [
        ("web answers after the start", answered, "s"),
        ("web, clock and worker idle (PSS)", held / 1024, "MB"),
    ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise TimeoutError(url)


def family(parent: int) -> list[int]:
    """The process and all that came of it."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [parent] + [p for child in children for p in family(int(child))]


def _pss(process: int) -> int:
    """Kilobytes, what is shared counted in shares."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
