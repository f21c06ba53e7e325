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


def test_the_code_is_read_while_it_is_typed_and_not_shown_again(lea, account):
    account.totp_seed = SEED

    page = try_it(lea, code="000000")

    (field,) = [one for one in page.tree.iter("input") if one.get("name") == "code"]
    assert field.get("type") == "text"
    assert field.get("inputmode") is None  # a key has letters
    assert field.get("autocomplete") == "one-time-code"
    assert not field.get("value")
    assert "000000" not in page.html


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


def asked(meta):
    return len([one for one in meta.wire.log() if "send_login" in one.path])


def test_the_same_form_sent_twice_signs_in_once(lea, session, meta):
    form = lea.get(f"{PAGE}/sign-in")
    typed = {"username": ACCOUNT, "password": PASSWORD, "knows": "y"}
    assert form.submit("Sign in, once", **typed).says("is connected")
    before = asked(meta)

    again = form.submit("Sign in, once", **typed)

    assert again.status == 422
    assert again.says("This form was sent already")
    assert asked(meta) == before
    assert again.submit("Sign in, once", **typed).says("is connected")


def test_while_somebody_signs_in_nobody_else_does(lea, browse, cast, session, meta, monkeypatch):
    theirs = []

    def slow(**how):
        theirs.append(try_it(browse(cast.ada)))
        return sign_in(**(how | {"pace": 0}))

    monkeypatch.setattr(letting_in_by_password, "sign_in", slow)

    assert try_it(lea).says("is connected")
    assert theirs[0].status == 422
    assert theirs[0].says("Somebody is signing in to it at this very moment")
    assert asked(meta) == 1


def test_a_sign_in_whose_process_died_is_over_after_a_while(lea, session, meta, monkeypatch, later):
    def dying(**how):
        raise KeyboardInterrupt

    with monkeypatch.context() as dead:
        dead.setattr(letting_in_by_password, "sign_in", dying)
        with pytest.raises(KeyboardInterrupt):
            try_it(lea)
    session.rollback()

    assert try_it(lea).says("at this very moment")
    with later(minutes=11):
        assert try_it(lea).says("is connected")


@pytest.mark.parametrize(
    ("fault", "minutes"),
    [
        ({"status": 400, "body": CHALLENGE}, 10),
        ({"status": 429}, 30),
        ({"status": 503}, 5),
    ],
)
def test_after_a_refusal_instagram_is_left_alone_for_a_while(
    lea, session, meta, fault, minutes, later, tick_all
):
    meta.wire.add(path="send_login_request", times=1, **fault)
    until = f"Sign in here again after Wed 25 Nov, 11:{minutes:02} (10:{minutes:02} on your clock)."
    assert try_it(lea).says(until)

    with later(minutes=minutes - 1):
        tick_all(["forget_attempts"])
        early = try_it(lea)
    assert early.status == 422
    assert early.says("we have not asked Instagram again")
    assert early.says(until)
    assert asked(meta) == 1
    with later(minutes=minutes + 1):
        assert try_it(lea).says("is connected")


def test_a_wrong_password_makes_people_look_before_they_try_again(lea, session, meta):
    try_it(lea, password="wrong")
    before = asked(meta)

    assert try_it(lea).says("we have not asked Instagram again")
    assert asked(meta) == before


@pytest.mark.parametrize(
    "slip", [{"code": ""}, {"code": "what?!"}, {"code": "000000"}, {"knows": ""}, {"password": ""}]
)
def test_a_slip_of_the_hand_is_typed_again_at_once(lea, session, account, slip):
    account.totp_seed = SEED
    page = try_it(lea, **({"code": SEED} | slip))
    assert page.status == 422

    page = page.submit("Sign in, once", username=ACCOUNT, password=PASSWORD, code=SEED, knows="y")

    assert page.says("is connected")


def test_the_command_keeps_to_the_same_pause(app, lea, session, cast, meta):
    try_it(lea, password="wrong")
    session.commit()
    before = asked(meta)

    answer = app.test_cli_runner().invoke(
        args=["account", "login", "--programme", "a-week-in-a-life"], input=f"{PASSWORD}\n\n"
    )

    assert answer.exit_code == 1
    assert "we have not asked Instagram again" in answer.output
    assert asked(meta) == before


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
