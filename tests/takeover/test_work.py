"""What is handed out: to a worker, or done at once, and what becomes of it when it fails."""

import json
import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from takeover import work
from takeover.app import create_app
from takeover.carrier import Carrier
from takeover.work import Task, hand_out
from tests.conftest import DATABASES, settings_for

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1"
NOTHING = Task("nothing", lambda row_id: None)


@pytest.fixture
def app_with(tmp_path, caplog):
    def make(queue_url, *tasks):
        url = f"sqlite:///{tmp_path}/t.db"
        app = create_app(settings_for(url, tmp_path, queue_url=queue_url))
        work.init_app(app, tasks)
        logging.getLogger("takeover").addHandler(caplog.handler)  # else nothing reaches it
        return app

    yield make
    logging.getLogger("takeover").removeHandler(caplog.handler)


def test_a_task_that_fails_fails_nobody_who_handed_it_out(app_with, caplog):
    def fails(row_id):
        raise ZeroDivisionError

    task = Task("fails", fails)

    with app_with("now:", task).app_context():
        hand_out(task, 7)

    [line] = caplog.records
    assert (line.message, line.task, line.row_id) == ("task failed", "fails", 7)


def test_a_queue_that_cannot_be_reached_stops_nobody_who_hands_out(app_with, caplog):
    with app_with(NOWHERE, NOTHING).app_context():
        hand_out(NOTHING, 7)

    [line] = caplog.records
    assert (line.message, line.task, line.row_id) == ("not handed out", "nothing", 7)


def test_a_queue_that_does_not_answer_holds_up_one_request_and_not_all(app_with, monkeypatch):
    tried = []
    nobody = lambda *_, **__: tried.append(1) or 1 / 0  # noqa: E731
    monkeypatch.setattr("takeover.carrier.psycopg.connect", nobody)

    with app_with(NOWHERE, NOTHING).app_context():
        for row_id in range(5):
            hand_out(NOTHING, row_id)

    assert len(tried) == 1


def test_a_worker_without_a_queue_says_so_in_one_line(app_with):
    ended = app_with(NOWHERE).test_cli_runner().invoke(args=["worker"])

    assert ended.exit_code == 1
    assert ended.output == "Error: QUEUE_URL cannot be used: no PostgreSQL answers there\n"


def test_what_waits_in_a_queue_is_a_name_and_a_number(app_with, tmp_path):
    """A queue that anybody could write to must not be able to make a worker run anything."""
    with app_with(f"sqlite:///{tmp_path}/queue.db", NOTHING).app_context():
        hand_out(NOTHING, 7)

    with sqlite3.connect(tmp_path / "queue.db") as queue:
        [[waiting]] = queue.execute("SELECT data FROM task").fetchall()
    assert json.loads(waiting)[6:8] == [["nothing", 7], {}]


@pytest.mark.parametrize("database", DATABASES[1:], indirect=True)
def test_processes_that_start_together_on_a_new_database_all_have_a_queue(database):
    """Their first act is to make its tables."""
    url = database.url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        for round_ in range(5):
            connection.execute(f"CREATE SCHEMA round_{round_}")
            there = f"{url}&options=-csearch_path%3Dround_{round_}"
            with ThreadPoolExecutor(6) as processes:
                opened = [processes.submit(Carrier, there, print) for _ in range(6)]
            assert all(one.result() for one in opened)
