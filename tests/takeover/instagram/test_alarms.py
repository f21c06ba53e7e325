"""Trouble that needs a person reaches comms at once, and once."""

from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import time_machine
from sqlalchemy import select

from takeover.clock import now
from takeover.db import db
from takeover.i18n import LANGUAGES, in_language_of
from takeover.instagram import jobs, telling
from takeover.instagram.alarms import (
    alarm_of_account,
    alarm_of_post,
    end_alarms,
    warn_of_expiry,
)
from takeover.instagram.keeping import JOBS
from takeover.instagram.models import Alarm, Connection, Publication
from takeover.instagram.publisher import Reason
from takeover.instagram.wording import link_of, words_of
from takeover.mail.models import Message
from takeover.posts.events import note
from takeover.posts.models import PostState
from takeover.posts.trouble import TROUBLES
from takeover.schedule import run_once
from tests.cast import NOW
from tests.locks import is_free
from tests.preparing import an_approved_post

KINDS = [
    "uncertain",
    "failed",
    "missed",
    "not_tended",
    "altered",
    "turned_up",
    "take_down",
    "stopped",
    "expires",
]


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
    assert "An approver asks the author to change it, or takes it out." in mine.text
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


def test_one_post_that_cannot_be_turned_away_keeps_no_other_from_it(
    app, session, cast, failed, monkeypatch
):
    alarm(session, failed)
    failed.move(PostState.APPROVED, by=cast.amir, at=now())
    failed.slot_at = NOW + timedelta(days=1)
    first, second = (
        an_approved_post(session, cast, caption=str(n), slot_at=NOW + timedelta(minutes=n))
        for n in range(2)
    )
    session.commit()
    first_id, other_id, programme_id = first.id, failed.id, cast.programme.id
    turn_away = jobs.turn_away
    session.commit()

    def breaks_off(session, post_id, *, at):
        if post_id == first_id:
            again = Alarm(kind="failed", subject=f"posts-{other_id}", occasion="", raised_at=at)
            again.programme_id = programme_id
            session.add(again)
            session.flush()  # another process was quicker
        turn_away(session, post_id, at=at)

    monkeypatch.setattr(jobs, "turn_away", breaks_off)
    with time_machine.travel(NOW + timedelta(hours=4)):
        run_once(app, "turn_away")

    session.expire_all()
    assert second.state is PostState.MISSED
    assert _alarms(session)[0].ended_at is not None


def missed_together(app, session, cast, count, *, jobs=("turn_away",)):
    posts = [
        an_approved_post(session, cast, caption=f"Post {n}", slot_at=NOW + timedelta(minutes=n))
        for n in range(count)
    ]
    session.commit()
    with time_machine.travel(NOW + timedelta(hours=5)):
        for job in jobs:
            run_once(app, job)
    session.expire_all()
    assert {post.state for post in posts} == {PostState.MISSED}
    return posts


def letters_to(session, person):
    return [message for message in told(session) if message.address == person.email]


def test_posts_that_are_missed_in_one_turn_are_told_by_one_alarm_that_counts_them(
    app, session, cast, browse
):
    posts = missed_together(app, session, cast, 4)

    (letter,) = letters_to(session, cast.amir)
    assert letter.subject == "4 posts for @a_week_at_nordwerk were not out in time"
    assert "4 posts could not go out at their times." in letter.text
    assert "/posts" in letter.text
    page = browse(cast.amir).get("/posts")
    for post in posts:
        assert f"Place again: {post.caption}" in page.html


def test_a_worker_that_finds_several_missed_tells_of_them_at_once(app, session, cast):
    missed_together(app, session, cast, 3, jobs=("publish",))

    (letter,) = letters_to(session, cast.amir)
    assert letter.subject.startswith("3 posts")


def stopped(session, cast, *, at):
    connection = Connection(
        programme=cast.programme, publisher="graph", sealed_session=b"", connected_at=NOW
    )
    connection.stopped_at = at
    session.add(connection)
    session.flush()
    alarm_of_account(
        "stopped", connection, session=session, reason="token", at=at, occasion=at.isoformat()
    )
    session.commit()
    return connection


def test_while_the_account_is_stopped_each_post_that_is_missed_is_not_told_anew(app, session, cast):
    for hours in range(3):
        an_approved_post(
            session, cast, caption=f"Post {hours}", slot_at=NOW + timedelta(hours=hours)
        )
    connection = stopped(session, cast, at=NOW)
    for hours in range(4, 8):
        with time_machine.travel(NOW + timedelta(hours=hours)):
            run_once(app, "turn_away")
    session.expire_all()

    stop, missed = letters_to(session, cast.amir)
    assert "Nothing goes out to" in stop.subject
    assert missed.subject == "One post for @a_week_at_nordwerk was not out in time"
    assert "you are not told of each" in missed.text
    several = _alarms(session)[-1]
    assert len(several.facts["posts"]) == 3

    connection.stopped_at = None
    an_approved_post(session, cast, caption="Later", slot_at=NOW + timedelta(hours=8))
    with time_machine.travel(NOW + timedelta(hours=12)):
        run_once(app, "turn_away")
        run_once(app, "turn_away")
    assert len(letters_to(session, cast.amir)) == 3


@pytest.mark.parametrize("kind", ["missed", "missed_several", "not_tended", "altered"])
def test_what_nobody_can_mend_any_more_ends_with_the_week(app, session, cast, kind):
    if kind.startswith("missed"):
        missed_together(app, session, cast, 1 if kind == "missed" else 2)
    else:
        post = an_approved_post(session, cast, slot_at=NOW)
        post.move(PostState.PUBLISHING, by=None, at=now())
        post.published_at = NOW
        post.move(PostState.PUBLISHED, by=None, at=now())
        session.add(Publication(post_id=post.id, handle={}))
        post.first_comment = "Ask me anything"
        note(post, "not_tended", at=now(), reason="permission")
        alarm(session, post, kind=kind)
    over = cast.week.ends
    end_alarms(session, at=over - timedelta(seconds=1))
    assert [one.kind for one in _alarms(session) if one.ended_at is None] == [kind]

    end_alarms(session, at=over)

    assert _alarms(session)[0].ended_at == over


@pytest.mark.parametrize("reason", ["temporary", "network", "upload", "media_expired"])
def test_what_has_failed_is_not_said_to_be_tried_again(session, cast, failed, reason):
    alarm_of_post("failed", failed, session=session, reason=reason, at=now())
    session.commit()

    text = letters_to(session, cast.amir)[0].text
    assert "it is tried again" not in text
    assert "It is not tried again by itself. Give it another time" in text


def test_an_account_that_is_stopped_is_not_said_to_be_tried_again(session, cast):
    connection = stopped(session, cast, at=NOW)
    alarm_of_account(
        "stopped", connection, session=session, reason="network", at=NOW, occasion="again"
    )
    session.commit()

    text = letters_to(session, cast.lea)[-1].text
    assert "it is tried again" not in text
    assert "Look on Instagram whether all is well there" in text


@pytest.mark.parametrize(
    ("reason", "theirs", "who"),
    [
        ("token", "Connect the account again.", "connects the account again"),
        ("checkpoint", "Sign in to Instagram on a phone", "lets the account go on"),
    ],
)
def test_who_may_not_see_to_the_account_is_told_who_does(session, cast, reason, theirs, who):
    connection = stopped(session, cast, at=NOW)
    alarm_of_account(
        "stopped", connection, session=session, reason=reason, at=NOW, occasion="again"
    )
    session.commit()

    assert theirs in letters_to(session, cast.lea)[-1].text
    approvers = letters_to(session, cast.amir)[-1].text
    assert theirs not in approvers
    assert "A programme lead or an administrator" in approvers
    assert who in approvers


def test_access_that_has_ended_is_told_as_such_and_once(session, cast):
    session.add(
        Connection(
            programme=cast.programme,
            publisher="graph",
            sealed_session=b"",
            connected_at=NOW,
            expires_at=NOW + timedelta(days=3),
        )
    )
    for days in (0, 1, 3, 4):
        warn_of_expiry(session, at=NOW + timedelta(days=days), ahead=timedelta(days=14))
        end_alarms(session, at=NOW + timedelta(days=days))
    session.commit()

    before, after = letters_to(session, cast.lea)
    assert before.subject == "Access to @a_week_at_nordwerk ends soon"
    assert "Instagram ends our access on Sat 28 Nov, 11:00." in before.text
    assert "before then" in before.text
    assert after.subject == "Access to @a_week_at_nordwerk has ended"
    assert "Our access to the account has ended. Nothing goes out any more." in after.text
    assert "before then" not in after.text
    assert [one.ended_at is None for one in _alarms(session)] == [False, True]


def test_no_clock_need_live_for_a_day_to_warn_of_an_end():
    (warns,) = (job for job in JOBS if job.name == "warn_of_expiry")

    assert warns.every <= timedelta(hours=1)


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


@pytest.mark.parametrize(
    ("state", "button"),
    [
        (PostState.UNCERTAIN, "It is not there"),
        (PostState.FAILED, "Place again"),
        (PostState.MISSED, "Place again"),
    ],
)
def test_an_alarm_leads_to_where_something_can_be_done_about_it(
    browse, session, cast, state, button
):
    post = an_approved_post(session, cast, slot_at=NOW)
    if state is not PostState.MISSED:
        post.move(PostState.PUBLISHING, by=None, at=now())
    post.move(state, by=None, at=now())
    alarm(session, post, kind=state.value)

    path, _hash, place = link_of(_alarms(session)[0]).partition("#")
    html = browse(cast.amir).get(path).html

    assert button in html[html.index(f'id="{place}"') if place else 0 :]


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
        Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


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


def test_a_chat_that_is_back_is_not_told_what_is_over_by_then(app, session, cast, failed, chat):
    chat.answers = [500]
    alarm(session, failed)
    run_once(app, "tell_alarms")
    failed.move(PostState.APPROVED, by=cast.amir, at=now())
    end_alarms(session, at=now())
    session.commit()

    with time_machine.travel(now() + timedelta(minutes=2)):
        telling.tell(_alarms(session)[0].id)  # handed out before it was over
        run_once(app, "tell_alarms")

    assert len(chat.heard) == 1


@pytest.fixture
def another_chat(app, chat, monkeypatch):
    """A second address beside the first."""
    server = Chat()
    settings = app.extensions["settings"]
    urls = (*settings.alarm_urls, f"json://127.0.0.1:{server.server_port}/")
    monkeypatch.setitem(app.extensions, "settings", replace(settings, alarm_urls=urls))
    yield server
    server.shutdown()
    server.server_close()


def test_an_address_that_has_heard_is_not_told_again_for_another_that_has_not(
    app, session, cast, failed, chat, another_chat
):
    another_chat.answers = [500, 500]
    alarm(session, failed)

    for minutes in (0, 2, 10, 30):
        with time_machine.travel(NOW + timedelta(minutes=minutes)):
            run_once(app, "tell_alarms")

    assert len(chat.heard) == 1
    assert len(another_chat.heard) == 3
    session.expire_all()
    assert _alarms(session)[0].next_tell_at is None
    assert str(chat.server_port) not in str(_alarms(session)[0].facts)


def test_an_address_that_never_hears_is_given_up(app, session, cast, failed, chat, another_chat):
    another_chat.answers = [500] * 99
    alarm(session, failed)

    for hours in range(24):
        with time_machine.travel(NOW + timedelta(hours=hours)):
            run_once(app, "tell_alarms")

    assert (len(chat.heard), len(another_chat.heard)) == (1, 6)


@pytest.fixture
def ears(app, monkeypatch):
    """Three addresses, and what is done when each is asked: nothing is sent anywhere."""
    urls = tuple(f"json://127.0.0.1:{number}/" for number in (1, 2, 3))
    changed = replace(app.extensions["settings"], alarm_urls=urls)
    monkeypatch.setitem(app.extensions, "settings", changed)

    def listen(is_heard):
        monkeypatch.setattr(telling, "_is_heard", lambda url, *_: is_heard(urls.index(url)))

    return listen


def test_while_the_chat_is_asked_others_may_write_and_no_transaction_is_open(
    app, session, cast, failed, ears
):
    post_id, engine, seen = failed.id, db.engine, []

    def is_heard(number):
        seen.append((is_free(engine, post_id), db.session.in_transaction()))
        return number == 1

    ears(is_heard)
    alarm(session, failed)

    run_once(app, "tell_alarms")

    assert seen == [(True, False)] * 3
    session.expire_all()
    assert _alarms(session)[0].told_at is not None


def test_a_chat_that_takes_long_is_not_told_by_another_worker_as_well(
    app, session, cast, failed, ears
):
    asked = []
    with time_machine.travel(NOW, tick=False) as clock:

        def is_heard(number):
            asked.append(number)
            clock.shift(timedelta(seconds=90))
            run_once(app, "tell_alarms")  # another worker's turn
            return True

        ears(is_heard)
        alarm(session, failed)
        for _ in range(3):
            run_once(app, "tell_alarms")
            clock.shift(timedelta(minutes=5))

    assert asked == [0, 1, 2]
    session.expire_all()
    assert _alarms(session)[0].next_tell_at is None


def test_a_worker_that_was_away_for_long_leaves_the_rest_to_the_one_that_took_it_over(
    app, session, cast, failed, ears
):
    asked = []
    with time_machine.travel(NOW, tick=False) as clock:

        def is_heard(number):
            asked.append(number)
            if len(asked) == 1:
                clock.shift(timedelta(minutes=10))
                run_once(app, "tell_alarms")  # another worker
            return number != 1 or len(asked) > 4

        ears(is_heard)
        alarm(session, failed)
        run_once(app, "tell_alarms")
        assert asked == [0, 0, 1, 2]
        clock.shift(timedelta(hours=5))
        run_once(app, "tell_alarms")

    assert asked[4:] == [1]
    session.expire_all()
    (told_alarm,) = _alarms(session)
    assert len(told_alarm.facts["told_to"]) == 3
    assert told_alarm.next_tell_at is None


def test_what_an_alarm_has_grown_by_while_the_chat_was_asked_stays(
    app, session, cast, failed, ears
):
    def is_heard(number):
        with app.app_context(), db.sessionmaker.begin() as other:
            (grown,) = _alarms(other)
            grown.facts = {**grown.facts, "more": number}
        return True

    ears(is_heard)
    alarm(session, failed)

    run_once(app, "tell_alarms")

    session.expire_all()
    assert _alarms(session)[0].facts["more"] == 2
