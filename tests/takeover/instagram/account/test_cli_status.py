"""`flask account status` and `flask account disconnect`: what the account's page shows and does."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.models import Connection
from takeover.instagram.publisher import AccountNeedsPerson, Reason
from takeover.instagram.recording import stop_account
from tests.takeover.instagram.account.conftest import ACCOUNT, PAGE, say

SLUG = "a-week-in-a-life"


@pytest.fixture
def told(app):
    def run(*words, **options):
        return app.test_cli_runner().invoke(args=["account", *words], **options)

    return run


@pytest.fixture
def connection(sent, lea, session):
    assert lea.get(say(sent())).says("is connected")
    return session.scalars(select(Connection)).one()


def test_it_says_how_each_account_stands(told, lea, session, connection):
    lea.get(PAGE).submit("Ask Instagram now")
    session.expire_all()

    (one,) = json.loads(told("status", "--json").output)

    assert (one["programme"], one["account"]) == (SLUG, ACCOUNT)
    assert (one["state"], one["publisher"], one["login"]) == ("Connected", "graph", "facebook")
    assert one["connected_at"] == connection.connected_at.isoformat()
    assert one["ends_at"] == connection.expires_at.isoformat()
    assert (one["stopped_at"], one["stopped_why"]) == (None, "")
    assert (one["quota"]["used"], one["quota"]["total"]) == (0, 50)
    assert one["last_success"] is None


def test_a_stopped_account_says_since_when_and_why(told, cast, session, connection):
    error = AccountNeedsPerson("no", reason=Reason.SPAM_BLOCK)
    stop_account(session, cast.programme.id, error, at=now(), connected_at=connection.connected_at)

    (one,) = json.loads(told("status", "--json").output)
    assert one["state"] == "Stopped"
    assert abs(now() - datetime.fromisoformat(one["stopped_at"])) < timedelta(minutes=1)
    assert "has blocked the account" in one["stopped_why"]
    plain = told("status").output
    assert "Stopped" in plain
    assert "has blocked the account" in plain


def test_an_account_that_is_not_connected_says_so(told, cast):
    (one,) = json.loads(told("status", "--json").output)

    assert (one["state"], one["publisher"], one["connected_at"]) == ("Not connected", None, None)
    assert f"{SLUG}: @{ACCOUNT}" in told("status").output


def test_disconnecting_asks_first(told, session, connection):
    result = told("disconnect", "--programme", SLUG, input="n\n")

    assert result.exit_code != 0
    assert "forgets what opens" in result.output
    assert session.scalars(select(Connection)).all() == [connection]


def test_disconnecting_forgets_what_opens_the_account_and_is_on_the_record(
    told, session, connection
):
    result = told("disconnect", "--programme", SLUG, "--yes")

    assert result.exit_code == 0, result.output
    assert f"@{ACCOUNT} is not connected any more" in result.output
    assert session.scalars(select(Connection)).all() == []
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "account_disconnected")
    ).one()
    assert (entry.by_id, entry.facts) == (None, {"publisher": "graph"})
    again = told("disconnect", "--programme", SLUG, "--yes")
    assert again.exit_code == 1
    assert "is not connected" in again.output


def test_a_programme_that_is_not_there_is_named(told, cast):
    result = told("disconnect", "--programme", "weeks", "--yes")

    assert result.exit_code == 1
    assert "There is no programme weeks. The programmes are: a-week-in-a-life." in result.output
