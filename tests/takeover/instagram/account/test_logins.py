"""Connecting an account by Meta's two logins, against a Meta that asks and answers over HTTP."""

import json
import logging
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.instagram.models import Connection
from takeover.instagram.rehearsal.account import Standing
from takeover.instagram.rehearsal.logins import APP_SECRET
from takeover.instagram.sealing import unseal
from tests.cast import NOW
from tests.takeover.instagram.account.conftest import ACCOUNT, PAGE, say


def connections(session):
    return list(session.scalars(select(Connection).order_by(Connection.id)))


def keys(connection):
    return json.loads(unseal(connection.sealed_session))


def test_facebooks_login_connects_the_programmes_account_among_several(
    sent, lea, session, meta, cast
):
    page = lea.get(say(sent(), accounts=("somebody_else", ACCOUNT)))

    assert page.says(f"@{ACCOUNT} is connected.")
    assert page.path == PAGE
    (connection,) = connections(session)
    kept = keys(connection)
    assert kept["host"] == "facebook"
    assert kept["ig_user_id"] == meta.accounts.get(ACCOUNT).ig_id
    assert meta.accounts.tokens.find(kept["page_token"]).expires_at is None
    assert meta.accounts.tokens.find(kept["user_token"]).long
    assert abs(connection.expires_at - NOW - timedelta(days=60)) < timedelta(minutes=1)
    assert page.says("by Léa Martin")
    assert page.says("by Facebook Login")
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "account_connected")
    ).one()
    assert (entry.by_id, entry.facts) == (cast.lea.id, {"publisher": "graph"})


def test_instagrams_login_is_the_other_door(sent, lea, session, meta):
    page = lea.get(say(sent("instagram")))

    assert page.says(f"@{ACCOUNT} is connected.")
    assert page.says("by Instagram Login")
    (connection,) = connections(session)
    kept = keys(connection)
    assert (kept["host"], kept["page_token"]) == ("instagram", None)
    assert kept["ig_user_id"] == meta.accounts.get(ACCOUNT).ig_id
    assert meta.accounts.tokens.find(kept["user_token"]).long


@pytest.mark.parametrize(
    ("host", "answer", "says"),
    [
        ("facebook", {"answer": "no"}, "You said no on Facebook"),
        ("instagram", {"answer": "no"}, "You said no on Instagram"),
        ("facebook", {"accounts": ()}, "You chose no Facebook Page"),
        ("facebook", {"accounts": ("somebody_else",)}, "You let us into @somebody_else"),
        ("instagram", {"accounts": ("somebody_else",)}, "You let us into @somebody_else"),
        (
            "facebook",
            {"without": ("instagram_content_publish",)},
            "instagram_content_publish, to publish posts",
        ),
        (
            "facebook",
            {"without": ("pages_show_list",)},
            "pages_show_list, to find the Page that the account is linked to",
        ),
        (
            "instagram",
            {"without": ("instagram_business_content_publish",)},
            "instagram_business_content_publish, to publish posts",
        ),
    ],
)
def test_what_a_person_answers_is_told_in_words(sent, lea, session, host, answer, says):
    page = lea.get(say(sent(host), **answer))

    assert page.says("Not connected by that")
    assert page.says(says)
    assert page.says("Begin once more")
    assert connections(session) == []
    assert not lea.get(PAGE).says("Not connected by that")


@pytest.mark.parametrize(
    ("host", "standing", "linked", "says"),
    [
        ("instagram", Standing.PERSONAL, True, "That is a personal account"),
        ("facebook", Standing.PERSONAL, True, "a professional Instagram account linked"),
        ("facebook", Standing.BUSINESS, False, "a professional Instagram account linked"),
    ],
)
def test_an_account_that_cannot_be_published_to_says_what_to_change(
    sent, lea, session, meta, host, standing, linked, says
):
    account = meta.accounts.get(ACCOUNT)
    account.standing, account.linked = standing, linked

    page = lea.get(say(sent(host)))

    assert page.says(says)
    assert page.says("switch to a professional account")
    assert connections(session) == []


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"path": "/oauth/access_token$", "status": 503}, "could not be reached"),
        ({"path": "/oauth/access_token$", "drop_before": True}, "could not be reached"),
        ({"path": "/oauth/access_token$", "body": "<html>", "status": 200}, "a strange answer"),
        ({"path": "/me/permissions$", "status": 500}, "could not be reached"),
        ({"path": "/me/accounts$", "body": {"data": "rubbish"}, "status": 200}, "a strange answer"),
        ({"path": "/me/accounts$", "body": {"data": []}, "status": 200}, "no Facebook Page"),
        (
            {
                "path": "/oauth/access_token$",
                "body": {"error": {"code": 100, "error_subcode": 36007, "message": "expired"}},
                "status": 400,
            },
            "its permission was used already or is old",
        ),
        (
            {
                "path": "/oauth/access_token$",
                "body": {"error": {"code": 1, "message": "Error validating client secret."}},
                "status": 400,
            },
            "does not know this site’s app",
        ),
    ],
)
def test_what_goes_wrong_at_meta_is_told_in_words(sent, lea, session, meta, fault, says):
    back = say(sent())
    meta.wire.add(**fault)

    page = lea.get(back)

    assert page.says(says)
    assert connections(session) == []


def test_a_code_that_is_used_up_is_told(sent, lea, session, meta):
    address = sent()
    code = say(address).partition("code=")[2].partition("&")[0]
    state = address.partition("state=")[2].partition("&")[0]
    meta.accounts.logins.clear()

    assert lea.get(f"/account/back/facebook?code={code}&state={state}").says("used already")


def test_a_way_back_is_good_once(sent, lea, session):
    back = say(sent(), answer="no")
    lea.get(back)

    assert lea.get(back).says("not the one you began last")


def test_a_used_way_back_stays_used_for_whoever_kept_the_cookie(sent, lea, session, meta):
    back = say(sent())
    kept = lea.client.get_cookie("takeover").value
    assert lea.get(back).says("is connected")
    asked = len(meta.wire.log())

    lea.client.set_cookie("takeover", kept)

    assert lea.get(back).says("not the one you began last")
    assert len(meta.wire.log()) == asked


def test_an_earlier_way_back_is_over_for_whoever_kept_the_cookie(sent, lea, session, meta):
    first = say(sent())
    kept = lea.client.get_cookie("takeover").value
    sent()

    lea.client.set_cookie("takeover", kept)

    assert lea.get(first).says("not the one you began last")
    assert connections(session) == []


def test_a_way_back_belongs_to_the_session_that_began_it(sent, lea, browse, cast, session):
    back = say(sent())

    assert browse(cast.ada).get(back).says("not the one you began last")
    assert connections(session) == []
    assert lea.get(back).says("is connected")


def test_a_way_back_is_of_one_login_and_the_last_one_begun(sent, lea, session):
    first, second = say(sent()), say(sent())

    assert lea.get(first).says("not the one you began last")
    assert lea.get(second).says("not the one you began last")
    third = say(sent())
    assert lea.get(third.replace("/facebook", "/instagram")).says("not the one you began last")
    assert connections(session) == []


def test_a_way_back_ends_after_half_an_hour(sent, lea, session):
    back = say(sent())

    with time_machine.travel(NOW + timedelta(minutes=31), tick=True):
        assert lea.get(back).says("took longer than half an hour")
    assert connections(session) == []


def test_what_is_useful_and_not_allowed_is_shown_and_keeps_nobody_out(sent, lea, session):
    page = lea.get(say(sent(), without=("instagram_manage_contents",)))

    assert page.says("is connected")
    missing = "instagram_manage_contents, to take a published post down"
    assert page.says(f"@{ACCOUNT} is connected, but these permissions are missing: {missing}")


def test_nothing_secret_is_on_a_page_in_an_address_in_the_record_or_in_a_log(
    sent, lea, session, meta, caplog
):
    caplog.set_level(logging.DEBUG)
    address = sent()
    back = say(address)
    page = lea.get(back)
    (connection,) = connections(session)
    secrets = {
        APP_SECRET,
        back.partition("code=")[2].partition("&")[0],
        *(keys(connection)[name] for name in ("user_token", "page_token")),
    }
    told = [page.html, page.path, address, lea.get("/rota").html, str(connection.facts)]
    told += [str(entry.facts) for entry in session.scalars(select(AuditEntry))]
    # Of ours: urllib3 tells at DEBUG what it asks, which nobody switches on.
    told += [one.getMessage() for one in caplog.records if not one.name.startswith("urllib3")]
    told.append(connection.sealed_session.decode())

    assert [secret for secret in secrets for text in told if secret in text] == []


def test_the_apps_secret_and_the_persons_key_are_in_no_address_of_facebooks(sent, lea, meta):
    lea.get(say(sent()))

    asked = [one for one in meta.wire.log() if "access_token" in one.path]
    assert [one.method for one in asked] == ["POST", "POST"]
