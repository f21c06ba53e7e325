"""A time of the torture's own, the same in all its processes: nobody waits for anything."""

import mmap
import time
from datetime import datetime, timedelta
from types import SimpleNamespace

import takeover.clock
from takeover.instagram.graph import preparing
from tests.cast import NOW

MICROSECOND = timedelta(microseconds=1)
TICK = 1000  # microseconds that go by whenever somebody asks what time it is


class Shared:
    """What all processes see: the time, and how many steps the workers of a run have done. Made
    before anything is forked."""

    def __init__(self) -> None:
        self._numbers = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("q")

    @property
    def now(self) -> datetime:
        return NOW + self._numbers[0] * MICROSECOND

    @property
    def steps(self) -> int:
        return self._numbers[1]

    def count_step(self) -> int:
        self._numbers[1] += 1
        return self._numbers[1]

    def begin(self) -> None:
        self._numbers[0] = self._numbers[1] = 0

    def move_on(self, seconds: float) -> None:
        self._numbers[0] += int(seconds * 1_000_000)

    def move_to(self, instant: datetime) -> None:
        """Never back."""
        self._numbers[0] = max(self._numbers[0], (instant - NOW) // MICROSECOND)

    def ask(self, _zone: object = None) -> datetime:
        self._numbers[0] += TICK
        return self.now

    def rule(self) -> None:
        """From now on this process and what it forks live in that time."""
        takeover.clock.datetime = SimpleNamespace(now=self.ask)

    def rule_sleep(self) -> None:
        """Whoever sleeps is awake at once, later."""
        time.sleep = self.move_on
        kept = preparing.Pace.__init__.__kwdefaults__
        preparing.Pace.__init__.__kwdefaults__ = {**kept, "sleep": self.move_on}
