"""A real browser, and the real demo for it to walk in."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, sync_playwright

from takeover.demo.company import ZONE
from tests.journeys.visiting import Visit

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")  # the lightest first
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]

LONGEST = timedelta(minutes=5)

OpenVisit = Callable[..., Visit]


# For this package only, which needs its __init__.py for that: while Playwright runs, the thread has
# an event loop, and Flask runs nothing asynchronous beside it.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None and os.environ.get("CI"):
        pytest.fail("Chromium is missing. Install the package 'chromium'.")
    if program is None:
        pytest.skip("Chromium is not on this machine")
    _wait_for_monday_if_near()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """The port and the folder of a demo that was begun, by the very command of `run.py demo`, and
    stopped. Copies of it begin in a quarter of the time; its letters lead to that port."""
    port, folder = free_port(), tmp_path_factory.mktemp("filled") / "demo"
    with demo(port, folder):
        pass
    return port, folder


@pytest.fixture(scope="package")
def live(
    chromium: Browser, filled: tuple[int, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of the demo that journeys share."""
    port, folder = filled
    with demo(port, copy_of(folder, tmp_path_factory.mktemp("journeys"))) as address:
        yield address


def copy_of(folder: Path, into: Path) -> Path:
    return shutil.copytree(folder, into / "demo")


def _wait_for_monday_if_near() -> None:
    """Whoever has this week would have last week before the journeys are over."""
    here = datetime.now(ZoneInfo(ZONE))
    monday = (here + timedelta(days=7 - here.weekday())).replace(hour=0, minute=0, second=0)
    if monday - here < LONGEST:
        time.sleep((monday - here).total_seconds())


@contextmanager
def demo(port: int, folder: Path) -> Iterator[str]:
    """Its address; it is stopped at the end, and goes on where it was with the same folder."""
    command = [sys.executable, "-m", "deploy.demo", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--folder", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield address_of(process)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Takeover is at "):
            return line.split()[3]
    pytest.fail(f"the demo did not start, and ended with {process.wait()}")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture
def visit(chromium: Browser, live: str) -> Iterator[OpenVisit]:
    """`visit(PHONE)` opens a browser of its own; at the end, nothing went wrong in any of them."""
    visits: list[Visit] = []

    def open_visit(size: tuple[int, int], **options: object) -> Visit:
        visits.append(Visit(chromium, live, size, **options))
        return visits[-1]

    yield open_visit
    for one in visits:
        one.end()
