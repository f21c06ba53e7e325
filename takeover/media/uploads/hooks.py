"""What those who lie above do when an upload begins and when it has come: the roof joins them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from flask import Flask, current_app

from takeover.media.models import Media
from takeover.people.models import Person


class NotWelcome(Exception):
    """This person may send nothing, or not there; `str()` says why, in their language."""


class Welcome(Protocol):
    """Finds a place for a file that is about to come, in the transaction in which it begins.

    Raises NotWelcome.
    """

    def __call__(
        self, media: Media, metadata: dict[str, str], *, by: Person, at: datetime
    ) -> None: ...


class Stopped(Protocol):
    """Takes a file out of where it was to be: its owner sends no more of it. In the transaction
    that ends it."""

    def __call__(self, media: Media, *, by: Person, at: datetime) -> None: ...


# Called with the media's id, after the commit: that it is on its way, or that it was received.
Expected = Callable[[int], None]
Arrived = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Hooks:
    welcome: Welcome
    expected: Expected
    arrived: Arrived
    stopped: Stopped


def init_app(
    app: Flask, *, welcome: Welcome, expected: Expected, arrived: Arrived, stopped: Stopped
) -> None:
    app.extensions["upload_hooks"] = Hooks(welcome, expected, arrived, stopped)


def hooks() -> Hooks:
    return cast(Hooks, current_app.extensions["upload_hooks"])
