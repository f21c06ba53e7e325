"""Files are opened by a child that can do nothing else, and that costs nobody but itself."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread

import pytest

from config import ROOT
from takeover.media import confining
from takeover.media.confining import Crashed, NotWanted
from takeover.media.recipe import Recipe
from takeover.media.recognising import Format
from takeover.media.refusals import TooHeavy
from takeover.media.renditions import RenditionKind
from tests.preparing import a_photo, confined


@pytest.fixture
def slow(photo):
    """A picture that takes about half a second."""
    return photo("iphonexs_parfait_orient6_gps.heic")


class Work:
    """A file being prepared in a thread, and the child that does it."""

    def __init__(self, data, still_wanted=lambda _part: True):
        self.outcome = None
        before = children()
        self._thread = Thread(target=self._make, args=(data, still_wanted))
        self._thread.start()
        self.pid = self._appeared(before)

    def _make(self, data, still_wanted):
        with TemporaryFile() as source, TemporaryFile() as video:
            source.write(data)
            source.seek(0)
            try:
                self.outcome = confining.make(
                    source, Format.HEIC, Recipe(), video=video, still_wanted=still_wanted
                )
            except Exception as error:
                self.outcome = error

    def _appeared(self, before):
        until = time.monotonic() + 5
        while time.monotonic() < until:
            if new := children() - before:
                return new.pop()
        raise AssertionError("no child appeared")

    def end(self):
        self._thread.join(20)
        return self.outcome


def programs():
    return children_of({os.getpid()})


def children():
    return children_of(programs())


def children_of(parents):
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent in parents:
            found.add(int(folder.name))
    return found


@pytest.fixture
def _warm():
    confined(a_photo())


def limits_of(pid):
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]
    return {line[:26].strip(): line[26:].split()[1] for line in lines}


@pytest.mark.usefixtures("_warm")
def test_the_child_may_open_nothing_write_nothing_and_knows_no_secret(slow, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not-for-decoders")
    work = Work(slow)
    until = time.monotonic() + 5
    while limits_of(work.pid)["Max open files"] != "0" and time.monotonic() < until:
        time.sleep(0.001)  # it gives up one thing after the other; this is the last
    os.kill(work.pid, signal.SIGSTOP)
    time.sleep(0.05)
    told = limits_of(work.pid)
    environment = Path(f"/proc/{work.pid}/environ").read_bytes()
    status = Path(f"/proc/{work.pid}/status").read_text()
    nothing = os.readlink(f"/proc/{work.pid}/fd/0")
    sockets = [
        link
        for each in Path(f"/proc/{work.pid}/fd").iterdir()
        if (link := os.readlink(each)).startswith("socket:")
    ]
    os.kill(work.pid, signal.SIGCONT)

    assert "NoNewPrivs:\t1" in status
    assert nothing == "/dev/null"
    assert told["Max open files"] == "0"
    assert told["Max file size"] == "0"
    assert told["Max core file size"] == "0"
    assert int(told["Max address space"]) == 2 << 30
    assert int(told["Max cpu time"]) == 30
    assert b"SECRET" not in environment
    assert sockets == []
    assert work.end().rendition(RenditionKind.FEED).width == 1440


@pytest.mark.usefixtures("_warm")
def test_a_child_that_dies_is_a_crash_and_the_next_file_is_made_ready(slow):
    work = Work(slow)

    os.kill(work.pid, signal.SIGKILL)

    assert isinstance(work.end(), Crashed)
    assert confined(a_photo()).source_width == 320


@pytest.mark.usefixtures("_warm")
def test_what_nobody_wants_any_more_is_stopped(slow):
    work = Work(slow, still_wanted=lambda _part: False)

    assert isinstance(work.end(), NotWanted)
    until = time.monotonic() + 5
    while Path(f"/proc/{work.pid}").exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert not Path(f"/proc/{work.pid}").exists()


@pytest.mark.usefixtures("_warm")
def test_a_program_that_ended_is_started_again():
    for program in programs():
        command = Path(f"/proc/{program}/cmdline").read_bytes()
        if b"takeover.media.preparer" in command:
            os.kill(program, signal.SIGKILL)
    time.sleep(0.05)

    assert confined(a_photo()).source_width == 320


def test_a_file_that_is_too_large_is_not_even_given_to_it():
    with TemporaryFile() as source, TemporaryFile() as video:
        source.truncate(40_000_001)
        with pytest.raises(TooHeavy, match="41 MB; we can take up to 40"):
            confining.make(source, Format.JPEG, Recipe(), video=video)


@pytest.mark.parametrize("lie", range(6))
def test_an_answer_that_is_none_is_a_crash_and_hurts_nobody(monkeypatch, lie):
    """A child that a file has taken over may say anything; see `hostile_preparer`."""
    monkeypatch.setattr(confining, "PROGRAM", "tests.takeover.media.hostile_preparer")
    monkeypatch.setattr(confining, "_preparer", confining._Preparer())
    with TemporaryFile() as source, TemporaryFile() as video:
        source.write(a_photo())
        with pytest.raises(Crashed):
            confining.make(source, Format.JPEG, Recipe(start=float(lie)), video=video)
    confining._preparer.end()


def test_who_gives_up_files_can_neither_open_nor_remove_nor_make_one(tmp_path):
    (tmp_path / "file").touch()
    script = """
import os, sys
from takeover.media.landlock import give_up_files
if not give_up_files():
    sys.exit(0 if os.uname().release < "5.13" else 3)
for attempt in (os.unlink, open):
    try:
        attempt(sys.argv[1])
    except PermissionError:
        continue
    sys.exit(5)
"""
    done = subprocess.run([sys.executable, "-c", script, tmp_path / "file"], check=False, cwd=ROOT)

    assert done.returncode == 0
    assert (tmp_path / "file").exists()
