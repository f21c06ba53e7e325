"""How long somebody stays in."""

from datetime import timedelta

import pytest
import time_machine

from takeover.app import create_app
from takeover.media.addresses import media_url
from takeover.people.adding import give_role, take_role
from takeover.people.models import Role
from tests.cast import NOW, PASSWORD
from tests.conftest import settings_for
from tests.preparing import ready_media


def is_in(browser):
    return browser.get("/account").status == 200


def test_staff_are_out_after_an_hour_without_a_request(amir, browse):
    browser = browse(amir)
    with time_machine.travel(NOW + timedelta(minutes=59)):
        assert is_in(browser)
    with time_machine.travel(NOW + timedelta(minutes=117)):
        assert is_in(browser), "each request begins the hour anew"
    with time_machine.travel(NOW + timedelta(minutes=179)):
        assert not is_in(browser)


def test_a_page_that_looks_again_by_itself_keeps_nobody_in(amir, browse):
    browser = browse(amir)
    for minutes in (20, 40, 59):
        with time_machine.travel(NOW + timedelta(minutes=minutes)):
            browser.get("/account", headers={"Sec-Fetch-Dest": "empty"})
    with time_machine.travel(NOW + timedelta(minutes=61)):
        assert not is_in(browser)


def test_a_picture_that_arrives_late_brings_no_session_back(cast, session, browse):
    """Signed out while it was on its way, its answer must not hold the old cookie."""
    media = ready_media(session, cast.zofia)
    browser = browse(cast.zofia)
    with time_machine.travel(NOW + timedelta(minutes=30)):
        with browser.app.test_request_context():
            path = media_url(media, "preview")
        late = browser.fetch(path, headers={"Sec-Fetch-Dest": "image"})
    assert late.status_code == 200
    assert "Set-Cookie" not in late.headers


def test_an_ambassador_stays_in_for_their_week(cast, browse):
    browser = browse(cast.zofia)
    with time_machine.travel(NOW + timedelta(days=6)):
        assert is_in(browser)
    with time_machine.travel(NOW + timedelta(days=14)):
        assert not is_in(browser)


def test_who_also_has_another_role_is_out_after_an_hour(cast, session, browse):
    give_role(cast.zofia, Role.APPROVER, by=None, at=NOW)
    session.commit()
    browser = browse(cast.zofia)
    with time_machine.travel(NOW + timedelta(hours=2)):
        assert not is_in(browser)


def test_a_role_taken_away_ends_every_session(amir, session, browse):
    phone, desk = browse(amir), browse(amir)
    take_role(amir, Role.APPROVER, by=None, at=NOW)
    session.commit()
    assert not is_in(phone)
    assert not is_in(desk)


def test_a_session_begins_empty(amir, browse):
    """Nothing that was planted before signing in is there after it."""
    browser = browse()
    with browser.client.session_transaction() as before:
        before["planted"] = "by somebody else"
    page = browser.get("/sign-in")
    with browser.client.session_transaction() as before:
        token = before["csrf_token"]
    page.submit("Sign in", email=amir.email, password=PASSWORD)
    with browser.client.session_transaction() as after:
        assert "planted" not in after
        assert after.get("csrf_token") != token
        assert after["_user_id"].startswith(f"{amir.id}.")


@pytest.mark.parametrize(
    ("public_url", "secure"), [("https://t.example", True), ("http://localhost", False)]
)
def test_the_cookie_is_for_us_alone(database, tmp_path, public_url, secure):
    app = create_app(settings_for(database.url, tmp_path, public_url=public_url))
    cookie = app.test_client().get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("takeover=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is secure


def test_a_cookie_somebody_made_up_is_worth_nothing(cast, browse):
    browser = browse()
    browser.client.set_cookie("takeover", "eyJfdXNlcl9pZCI6IjEuMCJ9.aaaa.bbbb")
    assert not is_in(browser)
