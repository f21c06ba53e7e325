"""What everybody may change about themselves."""

import pytest

from takeover.people.passwords import password_is
from tests.cast import PASSWORD

ANOTHER = "seven green bicycles"


def is_in(browser):
    return browser.get("/account").status == 200


def test_a_stranger_is_asked_to_sign_in(cast, browse):
    page = browse().get("/account")
    assert page.status == 403
    assert page.says("Please sign in")


def test_anybody_changes_name_language_and_time_zone(cast, session, browse):
    page = browse(cast.zofia).get("/account")
    page = page.submit("Save", name="  Zofia\tK. ", language="en", timezone="Europe/Warsaw")
    assert page.status == 200
    assert page.says("Saved.")
    assert (cast.zofia.name, cast.zofia.timezone) == ("Zofia K.", "Europe/Warsaw")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Warsaw", "Europe/Warsaw"),
        ("new york", "America/New_York"),
        ("asia/kolkata", "Asia/Kolkata"),
        ("utc", "UTC"),
    ],
)
def test_a_city_is_enough_to_find_its_time_zone(cast, browse, said, meant):
    browse(cast.zofia).get("/account").submit("Save", timezone=said)
    assert cast.zofia.timezone == meant


def test_the_time_zones_can_be_searched_without_script(cast, browse):
    html = browse(cast.zofia).get("/account").html
    assert 'list="zones"' in html
    assert '<option value="Europe/Warsaw">' in html


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Write a name."),
        ("name", "x" * 121, "at most 120 characters"),
        ("timezone", "Mars/Olympus", "Choose a time zone from the list"),
        ("timezone", "../../etc/passwd", "Choose a time zone from the list"),
        ("timezone", "", "Choose a time zone from the list"),
        ("language", "tlh", "Choose one from the list."),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing_typed(cast, browse, field, value, sentence):
    typed = {"name": "Zofia Nowak", "timezone": "Europe/Berlin", "language": "en", field: value}
    page = browse(cast.zofia).get("/account").submit("Save", **typed)
    assert page.status == 422
    assert page.says(sentence)
    kept = "Europe/Berlin" if field == "name" else "Zofia Nowak"
    assert f'value="{kept}"' in page.html
    assert cast.zofia.name == "Zofia Kowalczyk"


def test_an_ambassador_may_set_a_password_and_needs_none_before(cast, browse):
    browser = browse(cast.zofia)
    page = browser.get("/account").submit("Set password", new=ANOTHER)
    assert page.says("Your password is set.")
    assert is_in(browser), "and stays in where they are"
    assert password_is(cast.zofia, ANOTHER)


def test_whoever_has_a_password_is_asked_for_it(amir, browse):
    browser = browse(amir)
    page = browser.get("/account").submit("Change password", current="wrong", new=ANOTHER)
    assert page.status == 422
    assert page.says("This is not the password you have now.")
    assert password_is(amir, PASSWORD)
    page = page.submit("Change password", current=PASSWORD, new=ANOTHER)
    assert page.says("Your password is set.")
    assert password_is(amir, ANOTHER)


def test_the_current_password_cannot_be_left_out(amir, browse):
    browser = browse(amir)
    token = browser.get("/account").html.split('name="csrf_token" value="')[1].split('"')[0]
    assert browser.post("/account/password", new=ANOTHER, csrf_token=token).status == 422
    assert password_is(amir, PASSWORD)


def test_nobody_guesses_the_current_password_in_an_open_session(amir, browse):
    browser = browse(amir)
    for _ in range(6):
        page = browser.get("/account").submit("Change password", current="guess", new=ANOTHER)
        assert page.status == 422
    page = page.submit("Change password", current=PASSWORD, new=ANOTHER)
    assert page.status == 429
    assert password_is(amir, PASSWORD)


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("", "Write the password you would like."),
        ("short", "at least 10 characters"),
        ("x" * 201, "at most 200 characters"),
        ("password123", "everybody tries first"),
        ("Zofia Kowalczyk", "everybody tries first"),
        ("aaaaaaaaaaaa", "everybody tries first"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(cast, browse, new, sentence):
    page = browse(cast.zofia).get("/account").submit("Set password", new=new)
    assert page.status == 422
    assert page.says(sentence)
    assert cast.zofia.password_hash is None
    assert not new or f'value="{new}"' not in page.html.replace('value="Zofia Kowalczyk"', "", 1)


def test_a_new_password_ends_the_sessions_elsewhere(amir, browse):
    here, elsewhere = browse(amir), browse(amir)
    here.get("/account").submit("Change password", current=PASSWORD, new=ANOTHER)
    assert is_in(here)
    assert not is_in(elsewhere)


def test_signing_out_everywhere_ends_every_session(cast, browse):
    here, elsewhere = browse(cast.zofia), browse(cast.zofia)
    page = here.get("/account").submit("Sign out everywhere")
    assert page.says("You are signed out everywhere.")
    assert not is_in(here)
    assert not is_in(elsewhere)


def test_it_says_what_one_may_do(cast, browse):
    page = browse(cast.hanna).get("/account")
    assert page.says("HR nominator: France, Germany")
    assert browse(cast.stranger).get("/account").says("You have no role at the moment.")


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/sign-out-everywhere"])
def test_nothing_changes_without_our_token(cast, browse, path):
    browser = browse(cast.zofia)
    assert browser.post(path, name="Mallory", new=ANOTHER).status == 400
    assert is_in(browser)
    assert cast.zofia.name == "Zofia Kowalczyk"
    assert cast.zofia.password_hash is None
