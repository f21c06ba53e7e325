"""The page of the account, and the lead's home: how it stands, and what may be done about it."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from takeover.app import create_app
from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.db import db
from takeover.instagram.connecting import connect
from takeover.instagram.models import AccountHold, Alarm, Connection, Publication
from takeover.instagram.publisher import AccountNeedsPerson, Reason
from takeover.instagram.recording import stop_account
from takeover.instagram.rehearsal.tokens import LONG, Login
from takeover.instagram.sealing import unseal
from takeover.programmes.beginning import begin_programme
from takeover.schedule import run_once
from tests.cast import NOW
from tests.conftest import settings_for
from tests.pages import Browser
from tests.preparing import an_approved_post
from tests.takeover.instagram.account.conftest import ACCOUNT, PAGE, say


@pytest.fixture
def connected(session, cast, meta):
    """As the login does it: with a long token of the person and one of the Page."""
    account = meta.accounts.get(ACCOUNT)
    long = meta.accounts.tokens.give(
        Login.FACEBOOK,
        (ACCOUNT,),
        scopes=meta.accounts.token(account).scopes,
        at=NOW,
        lasts=LONG,
    )
    keys = {
        "host": "facebook",
        "ig_user_id": account.ig_id,
        "user_token": long.secret,
        "page_token": meta.token(ACCOUNT),
    }
    connect(
        cast.programme,
        session=session,
        publisher="graph",
        saved=json.dumps(keys),
        by=cast.lea,
        at=NOW,
        expires_at=NOW + LONG,
        facts={"host": "facebook", "lacks": []},
    )
    session.commit()
    return session.scalars(select(Connection)).one()


def stop(session, programme, reason):
    error = AccountNeedsPerson("no", reason=reason)
    connected_at = session.scalar(select(Connection.connected_at))
    stop_account(session, programme.id, error, at=now(), connected_at=connected_at)


@pytest.mark.parametrize("path", ["/accounts", PAGE, f"{PAGE}/sign-in"])
@pytest.mark.parametrize("name", ["hanna", "olga", "zofia", "stranger", None])
def test_only_leads_and_administrators_come_in(browse, cast, name, path):
    assert browse(getattr(cast, name) if name else None).get(path).status == 403


def test_an_approver_who_is_told_of_trouble_reads_the_page_and_can_do_nothing_there(
    browse, cast, session, connected
):
    stop(session, cast.programme, Reason.SPAM_BLOCK)
    page = browse(cast.amir).get(PAGE)

    assert page.says("Instagram has blocked the account for a while")
    assert page.says("A programme lead or an administrator connects the account")
    for words in ("I have looked", "Connect by", "Sign in with", "Disconnect", "Ask Instagram"):
        assert words not in page.html
    assert browse(cast.amir).get("/accounts").status == 403
    assert browse(cast.amir).get(f"{PAGE}/sign-in").status == 403


@pytest.mark.parametrize("deed", ["login/facebook", "quota", "go-on", "disconnect", "sign-in"])
def test_nobody_else_does_anything_about_it(browse, cast, session, connected, deed):
    for person in (cast.amir, cast.zofia, cast.stranger):
        assert browse(person).post(f"{PAGE}/{deed}").status in (400, 403)
    assert session.scalars(select(Connection)).one().stopped_at is None


def test_an_administrator_comes_to_it_by_the_navigation(browse, cast, connected):
    page = browse(cast.ada).get("/people").follow("Accounts")

    assert page.path == PAGE
    assert page.says("Connected")


def test_without_an_account_the_lead_reads_that_posts_wait(lea):
    home = lea.get("/rota")

    assert home.says("Approved posts wait until the account is connected.")
    assert home.follow("Look at the account").path == PAGE


def test_the_leads_home_says_how_the_account_stands(lea, session, connected):
    home = lea.get("/rota")

    assert home.says("Connected")
    assert home.says("Access ends in 60 days")
    assert home.follow(f"@{ACCOUNT}").path == PAGE


def test_the_quota_is_asked_for_and_kept_with_its_time(lea, session, connected, meta):
    assert lea.get(PAGE).says("not asked yet")

    page = lea.get(PAGE).submit("Ask Instagram now")

    assert page.says("50 of 50 posts in 24 hours, as of Wed 25 Nov")
    assert connected.answered_at is not None
    assert lea.get("/rota").says("50 of 50 posts left today")


def test_room_that_instagram_says_there_is_lets_go_what_waited_for_it(
    lea, session, cast, connected, meta
):
    post = an_approved_post(session, cast, slot_at=NOW)
    held = Publication(
        post_id=post.id, handle={}, reason="quota", next_try_at=NOW + timedelta(hours=1)
    )
    session.add(held)
    session.commit()
    assert lea.get(f"/calendar/posts/{post.id}/now").says("as much as Instagram allows")

    lea.get(PAGE).submit("Ask Instagram now")

    assert held.next_try_at <= now()
    assert not lea.get(f"/calendar/posts/{post.id}/now").says("as much as Instagram allows")


def test_an_instagram_that_does_not_answer_is_told_and_changes_nothing(
    lea, session, connected, meta
):
    meta.wire.add(path="content_publishing_limit", status=503)

    page = lea.get(PAGE).submit("Ask Instagram now")

    assert page.says("Instagram gave no clear answer.")
    assert connected.stopped_at is None


def test_a_dead_key_that_is_found_out_by_asking_stops_the_account(lea, session, connected, meta):
    meta.accounts.expire("tokens")

    page = lea.get(PAGE).submit("Ask Instagram now")

    assert page.says("Our access to the account has ended. Connect the account again.")
    assert "I have looked" not in page.html
    assert [alarm.kind for alarm in session.scalars(select(Alarm))] == ["stopped"]
    assert page.says("made today; not good any more.")
    assert not page.says("It is renewed every week by itself.")
    assert "Ask Instagram now" not in page.html
    seen = connected.stopped_at.isoformat()
    assert lea.post(f"{PAGE}/go-on", seen=seen, **csrf(lea)).says("connect the account again")
    assert connected.stopped_at is not None


def test_an_account_that_was_stopped_goes_on_when_somebody_has_looked(
    lea, session, connected, cast
):
    stop(session, cast.programme, Reason.RESTRICTED)
    home = lea.get("/rota")
    assert home.says("Instagram has restricted the account")

    page = home.follow("Look at the account").submit("I have looked: go on")

    assert page.says("Noted: the account may go on.")
    assert connected.stopped_at is None
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.by_id) == ("account_looked_at", cast.lea.id)
    assert lea.get(PAGE).says("Instagram has restricted the account")  # the last trouble


def test_a_blocked_account_does_not_go_on_by_one_tap(lea, session, connected, cast):
    stop(session, cast.programme, Reason.SPAM_BLOCK)
    page = lea.get(PAGE)
    assert page.says("Do not let it go on before")
    assert "I have looked" not in page.html

    seen = connected.stopped_at.isoformat()
    assert lea.post(f"{PAGE}/go-on", seen=seen, **csrf(lea)).says(
        "Instagram blocks the account. Do not let it go on before"
    )
    assert connected.stopped_at is not None


def test_a_blocked_account_goes_on_as_any_other_after_a_day(lea, session, connected, cast, later):
    with later(hours=-24, minutes=-1):
        stop(session, cast.programme, Reason.SPAM_BLOCK)

    assert lea.get(PAGE).submit("I have looked: go on").says("Noted: the account may go on.")


def test_a_blocked_account_goes_on_before_that_for_who_says_so_twice(lea, session, connected, cast):
    stop(session, cast.programme, Reason.SPAM_BLOCK)

    page = lea.get(PAGE).submit("Go on all the same")

    assert page.says("Noted: the account may go on.")
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, "before" in entry.facts) == ("account_looked_at", True)


def test_an_account_that_is_left_alone_says_until_when(lea, session, connected, cast):
    until = now() + timedelta(hours=2)
    session.add(AccountHold(programme_id=cast.programme.id, wait_until=until, waits=2))
    session.commit()

    assert lea.get(PAGE).says("Instagram asked us to slow down. It is left alone until")


def test_to_disconnect_forgets_the_keys_and_is_on_the_record(lea, session, connected, cast):
    page = lea.get(PAGE).submit(f"Disconnect @{ACCOUNT}")

    assert page.says(f"@{ACCOUNT} is not connected any more.")
    assert session.scalars(select(Connection)).all() == []
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.by_id) == ("account_disconnected", cast.lea.id)


def test_connecting_again_ends_a_stop(sent, lea, session, connected, cast):
    stop(session, cast.programme, Reason.TOKEN)

    assert lea.get(say(sent())).says("is connected")
    assert session.scalars(select(Connection)).one().stopped_at is None


def test_with_several_programmes_each_account_leads_to_all_of_them(
    lea, browse, cast, session, connected
):
    assert "All accounts" not in lea.get(PAGE).links
    begin_programme(
        session,
        slug="night-shift",
        name="Night shift",
        account="night_shift",
        timezone="Europe/Paris",
        language="en",
        by=None,
        at=NOW,
    )
    session.commit()

    every = lea.get(PAGE).follow("All accounts")

    assert every.path == "/accounts"
    assert every.says("Night shift @night_shift Not connected")
    assert every.follow("A week in a life").path == PAGE
    assert "All accounts" not in browse(cast.amir).get(PAGE).links


def test_what_has_ended_is_not_about_to_end(lea, session, connected):
    connected.expires_at = NOW - timedelta(days=1)
    session.commit()

    page = lea.get(PAGE)

    assert page.says("Access has ended")
    assert page.says("; ended Tue 24 Nov")
    assert "ends in" not in page.text


def test_where_no_app_is_set_up_the_page_says_what_the_administrator_sets(
    database, app, session, cast, tmp_path, browse
):
    bare = create_app(settings_for(database.url, tmp_path, publisher="graph"))
    browser = Browser(bare, session)
    browser.client.set_cookie("takeover", browse(cast.lea).client.get_cookie("takeover").value)

    page = browser.get(PAGE)

    assert page.says("FACEBOOK_APP_ID and FACEBOOK_APP_SECRET")
    assert "http://localhost/account/back/facebook" in page.text.replace(" ", "")
    assert "Connect by Facebook" not in page.html
    with bare.app_context():
        db.engine.dispose()


def test_a_demo_without_a_stand_in_takes_no_passwords(
    database, app, session, cast, tmp_path, browse
):
    demo = create_app(settings_for(database.url, tmp_path, demo=True))
    browser = Browser(demo, session)
    browser.client.set_cookie("takeover", browse(cast.lea).client.get_cookie("takeover").value)

    assert "Sign in with a password" not in browser.get(PAGE).html
    assert browser.get(f"{PAGE}/sign-in").status == 404
    with demo.app_context():
        db.engine.dispose()


def tick(app, session, job):
    session.commit()
    run_once(app, job)
    session.expire_all()


def test_access_is_renewed_a_week_after_it_was_given_and_not_before(
    app, session, connected, meta, later
):
    before = unseal(connected.sealed_session)
    tick(app, session, "keep_accounts")
    assert unseal(connected.sealed_session) == before

    with later(days=8):
        tick(app, session, "keep_accounts")

    kept, old = json.loads(unseal(connected.sealed_session)), json.loads(before)
    assert kept["user_token"] != old["user_token"]
    assert kept["page_token"] == old["page_token"]
    assert connected.expires_at > NOW + timedelta(days=67)
    actions = [entry.action for entry in session.scalars(select(AuditEntry))]
    assert actions.count("account_renewed") == 1
    assert connected.facts["quota"] == [0, 50]


def test_instagrams_own_keys_are_renewed_too(app, sent, lea, session, meta, later):
    lea.get(say(sent("instagram")))
    connection = session.scalars(select(Connection)).one()
    before = json.loads(unseal(connection.sealed_session))["user_token"]

    with later(days=8):
        tick(app, session, "keep_accounts")

    assert json.loads(unseal(connection.sealed_session))["user_token"] != before
    assert connection.expires_at > NOW + timedelta(days=67)


def test_a_renewal_that_fails_is_tried_again_hours_later(app, session, connected, meta, later):
    meta.wire.add(path="/oauth/access_token$", status=503, times=1)
    with later(days=8):
        tick(app, session, "keep_accounts")
        tick(app, session, "keep_accounts")
    assert connected.expires_at == NOW + LONG

    with later(days=8, hours=7):
        tick(app, session, "keep_accounts")
    assert connected.expires_at > NOW + LONG


def test_access_that_is_not_renewed_is_seen_to_end(lea, connected, browse, cast, later):
    with later(days=51):
        home = browse(cast.lea).get("/rota")

    assert home.says("Access ends in 9 days. Connect the account again before then")
    assert not home.follow("Look at the account").says("renewed every week")


def test_two_weeks_before_access_ends_comms_are_told_once(app, session, connected, later):
    tick(app, session, "warn_of_expiry")
    assert session.scalars(select(Alarm)).all() == []

    with later(days=47):
        tick(app, session, "warn_of_expiry")
        tick(app, session, "warn_of_expiry")

    assert [alarm.kind for alarm in session.scalars(select(Alarm))] == ["expires"]


def csrf(browser):
    html = browser.get(PAGE).html
    return {"csrf_token": html.partition('name="csrf_token" value="')[2].partition('"')[0]}
