"""Two people who connect the same account in the same instant, and a worker meanwhile."""

import json
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.db import db
from takeover.instagram import connecting
from takeover.instagram.connecting import connect
from takeover.instagram.models import Connection
from takeover.people.models import Person
from takeover.programmes.models import Programme
from tests.takeover.instagram.account.conftest import say

pytestmark = pytest.mark.each_database

KEYS = {"host": "facebook", "ig_user_id": "17841400000000001", "user_token": "EAA"}


def test_the_first_and_the_second_both_connect_it_in_turn(app, cast, session, monkeypatch):
    programme_id, people = cast.programme.id, [cast.lea.id, cast.ada.id]
    session.commit()
    together, find = threading.Barrier(2, timeout=2), connecting.find_connection

    def find_at_once(*facts):
        found = find(*facts)
        with suppress(threading.BrokenBarrierError):  # the other one waits its turn
            together.wait()
        return found

    monkeypatch.setattr(connecting, "find_connection", find_at_once)

    def lets_in(person_id):
        with app.app_context():
            connect(
                db.session.get_one(Programme, programme_id),
                session=db.session,
                publisher="graph",
                saved=json.dumps(KEYS),
                by=db.session.get_one(Person, person_id),
                at=now(),
            )
            db.session.commit()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lets_in, people))

    assert len(session.scalars(select(Connection)).all()) == 1
    asked = select(AuditEntry.by_id).where(AuditEntry.action == "account_connected")
    assert sorted(session.scalars(asked)) == sorted(people)


def test_a_worker_that_writes_meanwhile_spends_no_code_in_vain(sent, lea, session, monkeypatch):
    back, check = say(sent()), connecting._account_of

    def meanwhile(*facts):
        if db.engine.dialect.name == "sqlite":  # the other one waits its turn in any case
            other = sqlite3.connect(db.engine.url.database, timeout=0)
            with suppress(sqlite3.OperationalError), other:
                other.execute("UPDATE programmes SET spacing = spacing + 1")
            other.close()
        return check(*facts)

    monkeypatch.setattr(connecting, "_account_of", meanwhile)

    assert lea.get(back).says("is connected")
    assert len(session.scalars(select(Connection)).all()) == 1
