"""Two people who connect the same account in the same instant."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.db import db
from takeover.instagram import connecting
from takeover.instagram.connecting import connect
from takeover.instagram.models import Connection
from takeover.people.models import Person
from takeover.programmes.models import Programme

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
