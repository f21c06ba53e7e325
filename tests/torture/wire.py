"""The stand-in's wire in the torture's time: what stalls, or is late, holds nobody up."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Lock

from flask import Flask, g, request

from takeover.instagram.rehearsal import faults
from tests.torture.instants import Shared

GIVEN_UP = 90.0  # seconds after which nobody waits for an answer any more


@dataclass(slots=True)
class _Late:
    """A request that will be done at its instant, whatever whoever asked believes."""

    at: datetime
    come: Event = field(default_factory=Event)
    done: Event = field(default_factory=Event)


class Later:
    """What is still to happen on the stand-in though nobody waits for it."""

    def __init__(self, shared: Shared, app: Flask) -> None:
        self._shared, self._lock = shared, Lock()
        self._waiting: list[_Late] = []
        app.teardown_request(_say_done)

        class Wait(_Wait):
            later = self

        faults.Event = Wait

    def next(self) -> datetime | None:
        with self._lock:
            return min((late.at for late in self._waiting), default=None)

    def let_happen(self) -> None:
        """Whatever is due by now; returns when it has."""
        while True:
            with self._lock:
                due = [late for late in self._waiting if late.at <= self._shared.now]
                self._waiting = [late for late in self._waiting if late not in due]
            if not due:
                return
            for late in sorted(due, key=lambda late: late.at):
                late.come.set()
                late.done.wait(10)

    def hold_up(self, seconds: float | None) -> None:
        """What a fault asks to wait for."""
        fault = g.fault
        if not fault.late:
            self._shared.move_on(GIVEN_UP if seconds is None else seconds)
            return
        request.get_data(parse_form_data=True)
        late = g.late = _Late(self._shared.now + timedelta(seconds=fault.late))
        with self._lock:
            self._waiting.append(late)
        faults._hang_up()
        late.come.wait(60)


class _Wait:
    """In place of the Event that the wire waits for."""

    later: Later

    def wait(self, seconds: float | None = None) -> None:
        self.later.hold_up(seconds)

    def set(self) -> None:
        """Nobody ever waits for it."""


def _say_done(_error: BaseException | None) -> None:
    late: _Late | None = g.get("late")
    if late is not None:
        time.sleep(0)
        late.done.set()
