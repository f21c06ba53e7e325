"""Trouble that needs a person reaches comms at once, and once."""

from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import time_machine
from sqlalchemy import select

from takeover.clock import now
from takeover.i18n import LANGUAGES, in_language_of
from takeover.instagram.alarms import alarm_of_post, end_alarms, warn_of_expiry
from takeover.instagram.models import Alarm, Connection
from takeover.instagram.publisher import Reason
from takeover.instagram.wording import words_of
from takeover.mail.models import Message
from takeover.posts.models import PostState
from takeover.posts.trouble import TROUBLES
from takeover.schedule import run_once
from tests.cast import NOW
from tests.preparing import an_approved_post

KINDS = ["uncertain", "failed", "missed", "not_tended", "take_down", "stopped", "expires"]


@pytest.fixture
def failed(session, cast):
    """A post that Instagram does not take."""
    post = an_approved_post(session, cast, slot_at=NOW)
    post.move(PostState.FAILED, by=None, at=now(), why="ratio")
    return post


def told(session):
    return session.scalars(
        select(Message).where(Message.kind == "alarm").order_by(Message.id)
    ).all()


def alarm(session, post, *, kind="failed"):
    alarm_of_post(kind, post, session=session, reason="ratio", at=now())
    session.commit()


def test_approvers_and_leads_are_written_to_with_the_link_and_what_to_do(session, cast, failed):
    alarm(session, failed)

    messages = told(session)
    assert {message.address for message in messages} >= {cast.amir.email, cast.lea.email}
    assert cast.zofia.email not in {message.address for message in messages}
    (mine,) = (message for message in messages if message.address == cast.amir.email)
    assert mine.subject == "A post for @a_week_at_nordwerk did not go out"
    assert "Instagram does not take this shape." in mine.text
    assert "Ask the author to change it, or take it out." in mine.text
    assert f"/queue/{failed.id}" in mine.text


def test_the_same_trouble_is_told_once(session, cast, failed):
    for _ in range(3):
        alarm(session, failed)

    assert len(told(session)) == len({message.address for message in told(session)})


def test_the_same_trouble_of_another_day_is_told_again(session, cast, failed):
    alarm(session, failed)
    first = len(told(session))
    failed.move(PostState.APPROVED, by=cast.amir, at=now())
    failed.move(PostState.FAILED, by=None, at=now(), why="ratio")
    alarm(session, failed)

    assert len(told(session)) == 2 * first
    assert [one.ended_at is None for one in _alarms(session)] == [False, True]


def _alarms(session):
    return session.scalars(select(Alarm).order_by(Alarm.id)).all()


def test_an_alarm_ends_with_its_trouble(session, cast, failed):
    alarm(session, failed)
    end_alarms(session, at=now())
    assert _alarms(session)[0].ended_at is None

    failed.move(PostState.APPROVED, by=cast.amir, at=now())
    end_alarms(session, at=now())

    assert _alarms(session)[0].ended_at is not None


def test_a_post_that_is_missed_is_told(app, session, cast):
    post = an_approved_post(session, cast, slot_at=NOW)

    with time_machine.travel(NOW + timedelta(hours=4)):
        run_once(app, "turn_away")
        run_once(app, "turn_away")

    session.expire_all()
    assert post.state is PostState.MISSED
    assert [one.kind for one in _alarms(session)] == ["missed"]


def test_access_that_ends_before_long_is_told_two_weeks_ahead_and_once(session, cast):
    connection = Connection(
        programme=cast.programme,
        publisher="graph",
        sealed_session=b"",
        connected_at=NOW,
        expires_at=NOW + timedelta(days=14),
    )
    session.add(connection)
    session.flush()

    warn_of_expiry(session, at=NOW - timedelta(minutes=1), ahead=timedelta(days=14))
    assert _alarms(session) == []
    warn_of_expiry(session, at=NOW, ahead=timedelta(days=14))
    warn_of_expiry(session, at=NOW + timedelta(days=1), ahead=timedelta(days=14))

    assert [one.kind for one in _alarms(session)] == ["expires"]
    connection.expires_at = NOW + timedelta(days=60)
    end_alarms(session, at=NOW + timedelta(days=1))
    assert _alarms(session)[0].ended_at is not None


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_alarm_has_its_words_in_every_language(session, cast, failed, kind):
    alarm(session, failed, kind=kind)
    words = words_of(_alarms(session)[0])

    for language in LANGUAGES:
        with in_language_of(language):
            assert words.subject
            assert words.what_happened
            assert words.what_to_do


def test_every_reason_that_a_publisher_gives_has_words_for_people():
    assert set(TROUBLES) == {reason.value for reason in Reason}


class Chat(ThreadingHTTPServer):
    """A chat's door, as Apprise's json:// knocks at it."""

    def __init__(self):
        self.heard, self.answers = [], []
        chat = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                chat.heard.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send_response(chat.answers.pop(0) if chat.answers else 200)
                self.end_headers()

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Door)
        Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def chat(app, monkeypatch):
    server = Chat()
    address = f"json://127.0.0.1:{server.server_port}/"
    changed = replace(app.extensions["settings"], alarm_urls=(address,))
    monkeypatch.setitem(app.extensions, "settings", changed)
    yield server
    server.shutdown()
    server.server_close()


def test_the_chat_hears_of_it_once(app, session, cast, failed, chat):
    alarm(session, failed)

    for _ in range(3):
        run_once(app, "tell_alarms")

    (heard,) = chat.heard
    assert "did not go out" in heard
    assert f"/queue/{failed.id}" in heard


def test_a_chat_that_does_not_answer_is_told_again_later(app, session, cast, failed, chat):
    chat.answers = [500]
    alarm(session, failed)

    run_once(app, "tell_alarms")
    run_once(app, "tell_alarms")
    assert len(chat.heard) == 1
    with time_machine.travel(now() + timedelta(minutes=2)):
        run_once(app, "tell_alarms")
        run_once(app, "tell_alarms")

    assert len(chat.heard) == 2
    session.expire_all()
    assert _alarms(session)[0].told_at is not None
