"""A page of the account that was opened before it changed: what was seen is done, or nothing."""

from datetime import timedelta

from sqlalchemy import select

from takeover.clock import now
from takeover.instagram.models import AccountHold, Connection
from takeover.instagram.publisher import AccountNeedsPerson, Reason
from takeover.instagram.recording import stop_account
from takeover.programmes.pausing import pause
from tests.cast import NOW
from tests.preparing import a_connection

PAGE = "/programmes/a-week-in-a-life/account"
CHANGED = "It is not as you saw it any more. Nothing was changed"


def stop(session, cast, reason):
    error = AccountNeedsPerson("no", reason=reason)
    stop_account(session, cast.programme.id, error, at=now(), connected_at=NOW)


def slow_down(session, cast):
    until = NOW + timedelta(minutes=30)
    session.add(AccountHold(programme_id=cast.programme.id, wait_until=until, waits=1))
    session.commit()


def test_who_wanted_no_more_to_wait_lifts_no_stop_that_came_since(browse, cast, session):
    connected = a_connection(session, cast.programme)
    slow_down(session, cast)
    page = browse(cast.lea).get(PAGE)
    stop(session, cast, Reason.SPAM_BLOCK)

    answer = page.submit("Go on all the same")

    assert connected.stopped_at is not None
    assert answer.says(CHANGED)
    assert answer.says("Instagram has blocked the account for a while")
    answer.submit("Go on all the same")
    assert connected.stopped_at is None


def test_who_has_looked_lifts_what_they_looked_after_and_no_newer_stop(browse, cast, session):
    connected = a_connection(session, cast.programme)
    stop(session, cast, Reason.CHECKPOINT)
    page = browse(cast.lea).get(PAGE)
    browse(cast.ada).get(PAGE).submit("I have looked: go on")
    stop(session, cast, Reason.RESTRICTED)

    answer = page.submit("I have looked: go on")

    assert connected.stopped_at is not None
    assert answer.says(CHANGED)


def test_to_disconnect_ends_what_was_seen_and_nothing_connected_since(browse, cast, session):
    former = a_connection(session, cast.programme)
    page = browse(cast.lea).get(PAGE)
    session.delete(former)
    session.commit()
    a_connection(session, cast.programme).connected_at = now()

    answer = page.submit("Disconnect @")

    assert answer.says(CHANGED)
    assert len(session.scalars(select(Connection)).all()) == 1


def test_a_second_tap_on_disconnect_is_told_the_same(browse, cast, session):
    a_connection(session, cast.programme)
    page = browse(cast.lea).get(PAGE)
    page.submit("Disconnect @")

    for button in ("Disconnect @", "Ask Instagram now"):
        answer = page.submit(button)
        assert answer.status == 200
        assert answer.says("@a_week_at_nordwerk is not connected any more.")


def test_in_a_pause_nothing_is_said_to_go_out(browse, cast, session):
    a_connection(session, cast.programme)
    stop(session, cast, Reason.RESTRICTED)
    pause(cast.programme, session=session, reason="", by=cast.lea, at=now())
    session.commit()

    page = browse(cast.lea).get(PAGE).submit("I have looked: go on")

    assert page.says("Noted: the account may go on.")
    assert page.says("Paused: nothing goes out until somebody resumes it.")
    assert not page.says("posts go out")
