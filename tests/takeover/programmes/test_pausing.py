"""Pausing: one tap stops everything, for everybody, until somebody resumes it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.db import db
from takeover.programmes.beginning import begin_programme
from takeover.programmes.models import Pause, Programme
from takeover.programmes.pausing import (
    AlreadyPaused,
    NotPaused,
    SaidOtherwise,
    holds_up,
    lock_programme,
    open_pause,
    pause,
    pause_everything,
    resume,
    say_why,
)

pytestmark = pytest.mark.each_database


def a_second_programme(session, cast):
    second = begin_programme(
        session,
        slug="plants",
        name="Plants",
        account="plants_at_nordwerk",
        timezone="Europe/Madrid",
        language="en",
        by=cast.lea,
        at=now(),
    )
    session.commit()
    return second


def actions(session):
    found = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    kept = ("paused", "pause_explained", "resumed")
    return [(one.action, one.object_id, one.by_id) for one in found if one.action in kept]


def test_everything_is_paused_at_once_and_on_the_record(cast, session):
    second = a_second_programme(session, cast)

    begun = pause_everything(session, by=cast.amir, at=now())
    session.commit()

    assert {one.programme_id for one in begun} == {cast.programme.id, second.id}
    assert len({one.begun_at for one in begun}) == 1
    assert actions(session) == [
        ("paused", cast.programme.id, cast.amir.id),
        ("paused", second.id, cast.amir.id),
    ]


def test_what_is_paused_already_stays_as_it_is(cast, session):
    second = a_second_programme(session, cast)
    first = pause(cast.programme, session=session, reason="A rumour", by=cast.lea, at=now())
    session.commit()

    begun = pause_everything(session, by=cast.amir, at=now() + timedelta(minutes=1))
    session.commit()

    assert [one.programme_id for one in begun] == [second.id]
    assert open_pause(session, cast.programme.id) is first
    assert (first.reason, first.begun_by_id) == ("A rumour", cast.lea.id)
    assert pause_everything(session, by=cast.amir, at=now()) == []


def test_a_programme_is_paused_once_and_resumed_once(cast, session):
    pause(cast.programme, session=session, reason="", by=cast.lea, at=now())
    with pytest.raises(AlreadyPaused):
        pause(cast.programme, session=session, reason="", by=cast.amir, at=now())

    resume(cast.programme, session=session, by=cast.amir, at=now())
    with pytest.raises(NotPaused):
        resume(cast.programme, session=session, by=cast.amir, at=now())
    session.commit()

    assert [action for action, *_ in actions(session)] == ["paused", "resumed"]


def test_the_reason_is_that_of_the_whole_tap(cast, session):
    a_second_programme(session, cast)
    one, other = pause_everything(session, by=cast.amir, at=now())
    session.commit()

    assert say_why(one, session=session, seen="", reason=" A rumour ", by=cast.lea, at=now())
    assert not say_why(one, session=session, seen="", reason="A rumour", by=cast.lea, at=now())
    session.commit()

    assert (one.reason, other.reason) == ("A rumour", "A rumour")
    explained = [by for action, _of, by in actions(session) if action == "pause_explained"]
    assert explained == [cast.lea.id] * 2
    with pytest.raises(SaidOtherwise, match="A rumour"):
        say_why(one, session=session, seen="", reason="A mistake", by=cast.amir, at=now())
    assert say_why(
        one, session=session, seen="A rumour", reason="A mistake", by=cast.amir, at=now()
    )
    session.commit()
    written = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "pause_explained").order_by(AuditEntry.id)
    )
    assert [tuple(entry.facts.items()) for entry in written] == [
        (("was", was), ("reason", reason))
        for was, reason in (("", "A rumour"), ("A rumour", "A mistake"))
        for _programme in range(2)
    ]
    for programme_id in (one.programme_id, other.programme_id):
        resume(lock_programme(session, programme_id), session=session, by=cast.lea, at=now())
    with pytest.raises(NotPaused):
        say_why(one, session=session, seen="", reason="Too late", by=cast.lea, at=now())


def test_a_pause_holds_up_what_is_due_while_it_lasts_and_nothing_after_it(cast, session):
    begun = now()
    before, during, after = (begun + timedelta(minutes=m) for m in (-5, 5, 15))
    assert not holds_up(session, cast.programme.id, during)

    pause(cast.programme, session=session, reason="", by=cast.lea, at=begun)
    assert holds_up(session, cast.programme.id, after)

    ended = begun + timedelta(minutes=10)
    resume(cast.programme, session=session, by=cast.lea, at=ended)
    session.commit()
    holding = [holds_up(session, cast.programme.id, at) for at in (before, during, ended, after)]
    assert holding == [True, True, True, False]


def test_two_people_who_pause_in_the_same_instant_pause_once(app, cast, session):
    a_second_programme(session, cast)
    people = [cast.amir.id, cast.lea.id, cast.olga.id, cast.ada.id]
    together = threading.Barrier(len(people))

    class Somebody:
        def __init__(self, id):
            self.id = id

    def tap(person_id):
        with app.app_context():
            together.wait()
            begun = pause_everything(db.session, by=Somebody(person_id), at=now())
            db.session.commit()
            return len(begun)

    session.commit()
    with ThreadPoolExecutor(len(people)) as threads:
        counts = list(threads.map(tap, people))

    assert sorted(counts) == [0, 0, 0, 2]
    assert session.scalar(select(func.count()).select_from(Pause)) == 2
    assert [action for action, *_ in actions(session)] == ["paused", "paused"]


@pytest.mark.parametrize("everything", [False, True])
def test_what_names_a_programme_is_written_while_somebody_has_it_locked(
    app, cast, session, everything
):
    """Who has a post locked, and raises an alarm, would wait for one that is about to ask for the
    post. Only PostgreSQL can fail this: SQLite locks no rows."""
    programme_id = cast.programme.id
    pause_everything(session, by=cast.lea, at=now())
    session.commit()
    if everything:
        assert pause_everything(session, by=cast.lea, at=now()) == []
    else:
        lock_programme(session, programme_id)

    with app.test_request_context(), db.engine.connect() as other:  # of one who only reads
        row = select(Programme.id).where(Programme.id == programme_id).with_for_update(
            read=True, key_share=True, nowait=True
        )  # fmt: skip
        assert other.scalar(row) == programme_id
    session.rollback()
