"""Clips made ready, and the programs that judge them."""

import csv
import json
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.takeover.media.videos.filming import make
from tests.tools import needs

SHELF = Path(__file__).parents[3] / "media"


def rows():
    names = csv.DictReader((SHELF / "manifest.csv").read_text().splitlines())
    return {Path(row["file"]).name: row for row in names if row["file"].endswith((".mp4", ".mov"))}


@pytest.fixture(scope="session")
def made():
    """A clip of the manifest made ready, once for all tests."""
    return cache(lambda name: make((SHELF / "files" / name).read_bytes()))


@pytest.fixture
def ffprobe(tmp_path):
    """What ffprobe says of some bytes: {"format": ..., "streams": [...]}."""

    def judge(data, *more):
        (tmp_path / "judged.mp4").write_bytes(data)
        tool = [needs("ffprobe"), "-v", "error", "-of", "json", "-show_streams", "-show_format"]
        done = subprocess.run(
            [*tool, *more, str(tmp_path / "judged.mp4")], capture_output=True, check=True
        )
        assert not done.stderr, done.stderr
        return json.loads(done.stdout)

    return judge


@pytest.fixture
def exiftool(tmp_path):
    """Every tag exiftool finds in some bytes."""

    def judge(data):
        (tmp_path / "judged.mp4").write_bytes(data)
        tool = [needs("exiftool"), "-j", "-G1", "-a", "-u", "-ee", str(tmp_path / "judged.mp4")]
        return json.loads(subprocess.run(tool, capture_output=True, check=True).stdout)[0]

    return judge
