"""When access ends: asked for where an account is connected and every week, and told in time."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from takeover.app import create_app
from takeover.db import db
from takeover.instagram.models import AccountHold, Alarm, Connection
from takeover.instagram.rehearsal.tokens import LONG, Login
from takeover.instagram.sealing import unseal
from tests.cast import NOW
from tests.conftest import settings_for
from tests.takeover.instagram.account.conftest import ACCOUNT, PAGE, say

NEARLY = timedelta(minutes=1)


def the_connection(session):
    session.expire_all()
    return session.scalars(select(Connection)).one()


def user_token(connection):
    return json.loads(unseal(connection.sealed_session))["user_token"]


@pytest.fixture
def key(meta):
    """Makes a token as somebody does by hand, so many days ago."""

    def make(login=Login.FACEBOOK, *, days=0, lasts=LONG):
        account = meta.accounts.get(ACCOUNT)
        scopes = meta.accounts.token(account).scopes
        return meta.accounts.tokens.give(
            login, (ACCOUNT,), scopes=scopes, at=NOW - timedelta(days=days), lasts=lasts
        )

    return make


@pytest.fixture
def command(app, session, cast, meta, tmp_path):
    """`flask account connect` with such a token."""

    def run(token, *words, host="facebook"):
        file = tmp_path / "token"
        file.write_text(token.secret if hasattr(token, "secret") else token)
        session.commit()
        always = ["--programme", cast.programme.slug, "--publisher", "graph", "--host", host]
        number = meta.accounts.get(ACCOUNT).ig_id
        return app.test_cli_runner().invoke(
            args=[
                *("account", "connect", *always, "--ig-user", number),
                *("--token-file", str(file), *words),
            ]
        )

    return run


def test_a_key_that_was_made_by_hand_is_asked_when_it_ends(
    command, key, session, later, tick_all, lea
):
    result = command(key(days=30))

    assert result.exit_code == 0, result.output
    assert "Access ends on 2026-12-25." in result.output
    connection = the_connection(session)
    assert abs(connection.expires_at - NOW - timedelta(days=30)) < NEARLY
    assert connection.facts["host"] == "facebook"
    assert lea.get(PAGE).says("by Facebook Login")
    with later(days=20):
        tick_all(["warn_of_expiry"])
    assert [alarm.kind for alarm in session.scalars(select(Alarm))] == ["expires"]


def test_a_key_that_was_made_by_hand_is_renewed_too(command, key, session, later, tick_all):
    command(key(days=30))
    before = user_token(the_connection(session))

    with later(days=8):
        tick_all(["keep_accounts"])

    connection = the_connection(session)
    assert user_token(connection) != before
    assert connection.expires_at > NOW + timedelta(days=59)


def test_a_key_that_never_ends_is_left_as_it_is(command, key, session, later, tick_all, meta):
    meta.wire.add(
        path="/debug_token$",
        body={"data": {"is_valid": True, "expires_at": 0, "data_access_expires_at": 0}},
        status=200,
        times=9,
    )
    command(key(lasts=None))
    before = user_token(the_connection(session))
    assert the_connection(session).expires_at is None

    with later(days=30):
        tick_all(["keep_accounts", "warn_of_expiry"])

    assert user_token(the_connection(session)) == before
    assert the_connection(session).expires_at is None
    assert session.scalars(select(Alarm)).all() == []


def test_a_key_of_instagrams_login_is_made_anew_as_that_tells_its_end(command, key, session):
    old = key(Login.INSTAGRAM, days=50)

    result = command(old, host="instagram")

    assert result.exit_code == 0, result.output
    connection = the_connection(session)
    assert connection.facts["host"] == "instagram"
    assert user_token(connection) != old.secret
    assert abs(connection.expires_at - NOW - LONG) < NEARLY


def test_where_nobody_says_the_end_is_as_late_as_any_may_be_or_as_named(
    command, key, session, meta
):
    meta.wire.add(path="/debug_token$", status=503, times=9)

    assert "Nobody says when access ends" in command(key()).output
    assert abs(the_connection(session).expires_at - NOW - LONG) < NEARLY

    assert "Access ends on 2026-12-09." in command(key(), "--expires", "2026-12-09").output
    assert the_connection(session).expires_at == datetime(2026, 12, 9, tzinfo=UTC)


def test_a_key_that_opens_nothing_is_not_kept(command, key, session, meta):
    dead = key(days=70)
    assert "Meta says that this token opens nothing" in command(dead).output

    assert "Meta says that this token opens nothing" in command("EAAnonsense").output
    assert session.scalars(select(Connection)).all() == []


def test_of_both_ends_the_first_counts_and_no_renewal_puts_it_off(
    sent, lea, session, later, tick_all
):
    lea.get(say(sent()))
    with later(days=40):
        tick_all(["keep_accounts"])
    connection = the_connection(session)
    ends = [datetime.fromisoformat(connection.facts[f"{of}_ends_at"]) for of in ("token", "data")]
    assert connection.expires_at == min(ends)


def test_the_clock_for_data_is_told_of_though_the_key_is_renewed(
    sent, lea, session, meta, later, tick_all
):
    data_ends = NOW + timedelta(days=90)
    lea.get(say(sent()))
    assert lea.get(PAGE).says("It is renewed every week by itself.")
    for days in range(8, 80, 8):
        said = {
            "is_valid": True,
            "expires_at": int((NOW + timedelta(days=days) + LONG).timestamp()),
            "data_access_expires_at": int(data_ends.timestamp()),
        }
        meta.wire.add(path="/debug_token$", body={"data": said}, status=200, times=1)
        with later(days=days):
            tick_all(["keep_accounts", "warn_of_expiry"])

    assert the_connection(session).expires_at == data_ends
    with later(days=72):
        assert not lea.get(PAGE).says("It is renewed every week by itself.")
        assert session.scalars(select(Alarm)).all() == []
    with later(days=77):
        tick_all(["warn_of_expiry"])
    assert [alarm.kind for alarm in session.scalars(select(Alarm))] == ["expires"]


def test_meta_is_asked_once_a_week_and_hours_later_where_it_did_not_answer(
    command, key, session, meta, later, tick_all
):
    def asked():
        return len([one for one in meta.wire.log() if one.path.endswith("/debug_token")])

    command(key(lasts=None))
    first = asked()
    with later(days=6):
        tick_all(["keep_accounts"])
    assert asked() == first

    meta.wire.add(path="/debug_token$", status=503, times=2)
    with later(days=7, hours=1):
        tick_all(["keep_accounts"])
        tick_all(["keep_accounts"])
    failed = asked()
    assert failed > first
    with later(days=7, hours=8):
        tick_all(["keep_accounts"])
        tick_all(["keep_accounts"])
    assert asked() == failed + 1


def test_an_account_that_was_connected_before_ends_were_asked_for_learns_its_own(
    command, key, session, tick_all
):
    command(key(days=30))
    connection = the_connection(session)
    connection.expires_at, connection.facts = None, {}
    session.commit()

    tick_all(["keep_accounts"])

    connection = the_connection(session)
    assert connection.facts["host"] == "facebook"
    assert abs(connection.expires_at - NOW - timedelta(days=30)) < NEARLY


def test_the_same_end_told_to_the_second_is_no_new_alarm(sent, lea, session, meta, later, tick_all):
    lea.get(say(sent()))
    connection = the_connection(session)
    connection.expires_at = NOW + timedelta(days=10, milliseconds=300)
    connection.facts = {"host": "facebook"}
    session.commit()
    tick_all(["warn_of_expiry"])
    said = {"is_valid": True, "expires_at": int((NOW + timedelta(days=10)).timestamp())}
    meta.wire.add(path="/debug_token$", body={"data": said}, status=200, times=1)

    tick_all(["keep_accounts", "warn_of_expiry"])

    assert len(session.scalars(select(Alarm)).all()) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 503},
        {"body": "<html>", "status": 200},
        {"body": {"data": []}, "status": 200},
        {"body": {"data": {"is_valid": True, "expires_at": "soon"}}, "status": 200},
        {"body": {"data": {"is_valid": True, "expires_at": 10**20}}, "status": 200},
    ],
)
def test_a_strange_word_of_the_end_keeps_nobody_out(sent, lea, session, meta, answer):
    back = say(sent())
    meta.wire.add(path="/debug_token$", times=9, **answer)

    assert lea.get(back).says("is connected")
    assert abs(the_connection(session).expires_at - NOW - LONG) < NEARLY


def test_somebody_with_many_pages_is_let_into_any_of_their_accounts(sent, lea, session, meta):
    names = [f"page_{number}" for number in range(130)]
    for name in names:
        meta.accounts.add(name)

    page = lea.get(say(sent(), accounts=(*names, ACCOUNT)))

    assert page.says(f"@{ACCOUNT} is connected.")
    asked = [one for one in meta.wire.log() if one.path.endswith("/me/accounts")]
    assert len(asked) == 2


def test_a_list_of_pages_that_never_ends_is_left(sent, lea, session, meta):
    back = say(sent(), accounts=("somebody_else",))
    name = "/me/accounts$"
    said = {
        "data": [{"id": "1", "instagram_business_account": {"id": "2", "username": "x"}}],
        "paging": {"cursors": {"after": "A"}, "next": "https://evil.example/"},
    }
    meta.wire.add(path=name, body=said, status=200, times=999)

    assert lea.get(back).says("You let us into @x")


def test_a_dead_key_that_answers_is_not_called_silent(command, key, lea, session, meta):
    command(key())
    meta.accounts.expire("tokens")

    page = lea.get(PAGE).submit("Ask Instagram now")

    assert page.says("Instagram has answered: nothing goes out for now.")
    assert not page.says("Try again in a few minutes")


def test_a_demo_without_a_stand_in_takes_no_password_from_a_command_either(
    database, app, session, cast, tmp_path
):
    demo = create_app(settings_for(database.url, tmp_path, demo=True))
    session.commit()
    with demo.app_context():
        result = demo.test_cli_runner().invoke(
            args=["account", "login", "--programme", cast.programme.slug], input="secret\n\n"
        )
        db.engine.dispose()

    assert result.exit_code == 1
    assert "nobody's real password belongs here" in result.output
    assert "Password on Instagram" not in result.output


def test_an_account_that_meta_wants_left_alone_is_asked_nothing_until_then(
    command, key, session, later, tick_all, meta
):
    command(key(days=8))
    hold = AccountHold(programme_id=the_connection(session).programme_id)
    hold.wait_until = NOW + timedelta(hours=1)
    session.add(hold)
    session.commit()
    asked = len(meta.wire.log())

    tick_all(["keep_accounts"])
    assert len(meta.wire.log()) == asked
    with later(hours=1):
        tick_all(["keep_accounts"])

    assert len(meta.wire.log()) > asked
