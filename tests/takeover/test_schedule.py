"""The clock ticks until somebody asks it to stop, however early they ask."""

import os
import signal

import pytest
from apscheduler.schedulers.blocking import BlockingScheduler

from takeover.schedule import tick_until_stopped

pytestmark = pytest.mark.each_database


@pytest.fixture
def own_signals():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_it_stops_when_it_was_asked_before_it_had_begun(app, own_signals, monkeypatch):
    begin = BlockingScheduler.start

    def asked_first(scheduler):
        os.kill(os.getpid(), signal.SIGTERM)
        begin(scheduler)

    monkeypatch.setattr(BlockingScheduler, "start", asked_first)

    tick_until_stopped(app)
