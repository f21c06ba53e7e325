"""Signing in as the app does, with the real client against the stand-in: once, by a person."""

import json
import logging

import pytest
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.instagram import letting_in_by_password
from takeover.instagram.models import Connection
from takeover.instagram.private.signing_in import sign_in
from takeover.instagram.sealing import unseal
from takeover.schedule import names
from tests.takeover.instagram.account.conftest import ACCOUNT, PAGE

PASSWORD = "fünf Möwen essen Fisch"
SEED = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def account(meta, monkeypatch):
    monkeypatch.setattr(
        letting_in_by_password, "sign_in", lambda **how: sign_in(**(how | {"pace": 0}))
    )
    found = meta.accounts.get(ACCOUNT)
    found.password = PASSWORD
    return found


def try_it(browser, **typed):
    fields = {"username": ACCOUNT, "password": PASSWORD, "code": "", "knows": "y"} | typed
    return browser.get(f"{PAGE}/sign-in").submit("Sign in, once", **fields)


def connections(session):
    return session.scalars(select(Connection)).all()


@pytest.mark.parametrize("code", ["", "jbsw y3dp ehpk 3pxp"])
def test_a_password_makes_a_session_and_is_forgotten(lea, session, account, meta, code):
    account.totp_seed = SEED if code else ""

    page = try_it(lea, code=code)

    assert page.says("is connected. The password is forgotten.")
    (connection,) = connections(session)
    kept = unseal(connection.sealed_session)
    assert PASSWORD not in json.loads(kept).values()
    assert PASSWORD not in kept
    assert SEED not in kept
    assert account.session()["authorization_data"] == json.loads(kept)["authorization_data"]


def test_the_device_that_instagram_knows_is_used_again(lea, session):
    try_it(lea)
    first = json.loads(unseal(connections(session)[0].sealed_session))
    try_it(lea)
    (connection,) = connections(session)
    again = json.loads(unseal(connection.sealed_session))

    assert again["uuids"]["android_device_id"] == first["uuids"]["android_device_id"]
    assert again["usdid"] == first["usdid"]
    assert again["authorization_data"] != first["authorization_data"]


CHALLENGE = {"message": "challenge_required", "challenge": {"api_path": "/c/1/"}, "status": "fail"}


@pytest.mark.parametrize(
    ("typed", "seed", "fault", "says"),
    [
        ({"password": "wrong"}, "", None, "the password is wrong, or it does not trust"),
        ({}, SEED, None, "The account asks for a second factor."),
        ({"code": "000000"}, SEED, None, "The password is right, the code is not"),
        ({"code": "what?!"}, SEED, None, "neither a code nor the key"),
        ({}, "", {"status": 400, "body": CHALLENGE}, "Instagram wants to see a person first."),
        ({}, "", {"status": 429}, "Instagram asked us to slow down."),
        ({}, "", {"status": 408}, "could not be reached"),
        ({}, "", {"drop_before": True}, "could not be reached"),
        ({}, "", {"status": 200, "body": "<html>"}, "could not be reached"),
    ],
)
def test_what_is_in_the_way_is_told_in_words(lea, session, account, meta, typed, seed, fault, says):
    account.totp_seed = seed
    if fault:
        meta.wire.add(path="send_login_request", times=9, **fault)

    page = try_it(lea, **typed)

    assert page.status == 422
    assert page.says("Not signed in")
    assert page.says(says)
    assert connections(session) == []
    assert PASSWORD not in page.html
    if fault:
        assert len([one for one in meta.wire.log() if "send_login" in one.path]) == 1


def test_another_accounts_session_is_not_kept(lea, session, meta):
    meta.accounts.get("somebody_else").password = PASSWORD

    page = try_it(lea, username="somebody_else")

    assert page.says(f"That is another account; this programme’s is @{ACCOUNT}.")
    assert connections(session) == []


def test_nobody_signs_in_without_saying_that_they_know_the_risk(lea, session, meta):
    page = lea.get(f"{PAGE}/sign-in").submit("Sign in, once", password=PASSWORD)

    assert page.says("Say that you know what this may cost")
    assert meta.wire.log("sign_in") == []


def test_the_command_asks_without_echo_and_keeps_the_session_alone(app, session, cast, account):
    account.totp_seed = SEED
    session.commit()
    answer = app.test_cli_runner().invoke(
        args=["account", "login", "--programme", "a-week-in-a-life"], input=f"{PASSWORD}\n{SEED}\n"
    )

    assert answer.exit_code == 0, answer.output
    assert "The password is forgotten." in answer.output
    assert PASSWORD not in answer.output
    assert SEED not in answer.output
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.by_id) == ("account_connected", None)


def test_a_command_that_does_not_get_in_says_why_in_one_line(app, session, cast):
    session.commit()
    answer = app.test_cli_runner().invoke(
        args=["account", "login", "--programme", "a-week-in-a-life"], input="wrong\n\n"
    )

    assert answer.exit_code == 1
    assert "the password is wrong" in answer.output
    assert "Traceback" not in answer.output


def test_nothing_typed_is_in_a_log_or_in_the_record(lea, session, account, caplog):
    caplog.set_level(logging.DEBUG)
    account.totp_seed = SEED
    try_it(lea, code=SEED)
    try_it(lea, code="000000")

    told = [one.getMessage() for one in caplog.records]
    told += [str(entry.facts) for entry in session.scalars(select(AuditEntry))]
    assert [text for text in told if PASSWORD in text or SEED in text] == []


def test_no_job_signs_in(app, lea, session, meta, cast, tick_all):
    try_it(lea)
    meta.accounts.expire("sessions")
    before = len(meta.wire.log("sign_in"))

    tick_all(names(app))

    assert len(meta.wire.log("sign_in")) == before
