"""Coming in with a password."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from takeover.audit import AuditEntry
from takeover.people.adding import take_role
from takeover.people.models import Attempt, Role
from tests.cast import NOW, PASSWORD

WRONG = "not the password at all"


def sign_in(browser, email, password=PASSWORD):
    return browser.get("/sign-in").submit("Sign in", email=email, password=password)


def is_in(browser):
    return browser.get("/account").status == 200


def test_staff_come_in_with_address_and_password(amir, browse):
    browser = browse()
    sign_in(browser, " Amir@Nordwerk.example ")
    assert is_in(browser)


def test_a_wrong_password_is_answered_with_what_to_do_and_keeps_the_address(amir, browse):
    browser = browse()
    page = sign_in(browser, amir.email, WRONG)
    assert page.status == 422
    assert page.says("let us send you a sign-in link")
    assert f'value="{amir.email}"' in page.html
    assert WRONG not in page.html
    assert not is_in(browser)


def test_the_answer_does_not_tell_who_is_known(amir, cast, browse):
    """Not for a wrong address, a wrong password, or somebody who never set one."""
    said = [
        sign_in(browse(), address, WRONG).text
        for address in (amir.email, cast.lea.email, "nobody@nordwerk.example")
    ]
    assert len(set(said)) == 1


def test_who_has_no_role_any_more_does_not_come_in(amir, session, browse):
    take_role(amir, Role.APPROVER, by=None, at=NOW)
    session.commit()
    assert sign_in(browse(), amir.email).status == 422


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("", PASSWORD, "Write your e-mail address."),
        ("amir", PASSWORD, "Write the whole e-mail address"),
        ("amir@nordwerk.example@\x00", "", "Write the whole e-mail address"),
        ("a" * 300 + "@nordwerk.example", PASSWORD, "Write the whole e-mail address"),
        ("", "", "Write your e-mail address."),
        ("amir@nordwerk.example", "x" * 100_000, "do not belong together"),
        ("amir@nordwerk.example", "\x00\ud83d", "do not belong together"),
    ],
)
def test_bad_input_gets_a_sentence(amir, browse, email, password, sentence):
    page = sign_in(browse(), email, password.encode("utf-8", "replace").decode())
    assert page.status == 422
    assert page.says(sentence)


def test_it_leads_on_to_the_page_that_was_asked_for(amir, browse):
    browser = browse()
    page = browser.get("/account?tab=1")
    assert page.status == 403
    assert page.says("Please sign in")
    page = page.submit("Sign in", email=amir.email, password=PASSWORD)
    assert page.path == "/account"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "javascript:alert(1)",
        "\\\\evil.example",
    ],
)
def test_it_never_leads_elsewhere(amir, browse, elsewhere):
    browser = browse()
    page = browser.get("/sign-in")
    token = page.html.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.client.post(
        "/sign-in",
        data={"email": amir.email, "password": PASSWORD, "next": elsewhere, "csrf_token": token},
    )
    assert answer.status_code == 303
    where = answer.headers["Location"]
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\", "/\t"))


def test_whoever_is_in_is_not_asked_again(amir, browse):
    assert browse(amir).get("/sign-in?next=/account").path == "/account"


def test_a_form_without_our_token_is_refused(amir, browse):
    browser = browse()
    page = browser.post("/sign-in", email=amir.email, password=PASSWORD)
    assert page.status == 400
    assert page.says("load the page again")
    assert not is_in(browser)


def test_signing_out_ends_it(amir, browse):
    browser = browse(amir)
    page = browser.get("/account").submit("Sign out")
    assert page.says("You are signed out.")
    assert not is_in(browser)


def test_signing_out_by_a_mere_link_is_not_possible(amir, browse):
    browser = browse(amir)
    assert browser.get("/sign-out").status == 405
    assert browser.post("/sign-out").status == 400
    assert is_in(browser)


def test_after_six_wrong_passwords_even_the_right_one_has_to_wait(amir, browse):
    browser = browse()
    for _ in range(6):
        assert sign_in(browser, amir.email, WRONG).status == 422
    page = sign_in(browser, amir.email)
    assert page.status == 429
    assert page.response.headers["Retry-After"] == "900"
    assert page.says("Let us send you a sign-in link")
    with time_machine.travel(NOW + timedelta(minutes=16)):
        sign_in(browser, amir.email)
        assert is_in(browser)


def test_an_address_nobody_has_is_limited_alike(amir, browse):
    said = [sign_in(browse(), "nobody@nordwerk.example", WRONG).status for _ in range(7)]
    assert said == [422] * 6 + [429]


def test_guessing_at_many_mailboxes_from_one_place_is_limited_too(amir, browse, monkeypatch):
    monkeypatch.setattr("takeover.people.knocking.MOST_PER_ORIGIN", 3)
    said = [sign_in(browse(), f"{n}@nordwerk.example", WRONG).status for n in range(4)]
    assert said == [422, 422, 422, 429]


def test_coming_in_forgives_the_slips_before(amir, session, browse):
    for _ in range(2):
        browser = browse()
        for _ in range(5):
            sign_in(browser, amir.email, WRONG)
        sign_in(browser, amir.email)
        assert is_in(browser)


def test_whoever_guesses_a_password_does_not_keep_the_owner_from_a_link(amir, browse, letters):
    for _ in range(7):
        sign_in(browse(), amir.email, WRONG)
    page = browse().get("/sign-in").submit("Send me a sign-in link", email=amir.email)
    assert page.says("Look in your mailbox")
    assert len(letters(amir)) == 1


def test_what_is_counted_names_nobody(amir, session, browse):
    sign_in(browse(), amir.email, WRONG)
    knockers = session.scalars(select(Attempt.knocker)).all()
    assert len(knockers) == 2
    assert not any("amir" in one or "127" in one for one in knockers)


def test_coming_in_is_on_the_record(amir, session, browse):
    sign_in(browse(), amir.email)
    said = select(func.count()).where(
        AuditEntry.action == "signed_in_by_password", AuditEntry.by_id == amir.id
    )
    assert session.scalar(said) == 1


def test_nothing_personal_or_secret_is_logged(amir, browse, capfd, caplog):
    sign_in(browse(), amir.email)
    for _ in range(7):
        sign_in(browse(), amir.email, WRONG)
    browse().get("/sign-in").submit("Send me a sign-in link", email=amir.email)
    said = "".join(capfd.readouterr()) + caplog.text
    assert "sign-in refused" in said, "the log says that something was refused"
    for secret in (amir.email, "amir", "Amir", PASSWORD, WRONG, "127.0.0.1", "/sign-in/link/"):
        assert secret not in said


def press_enter(browser, email, **fields):
    """A browser then presses the first button of the form."""
    page = browser.get("/sign-in")
    first = page.html.split("<button", 1)[1]
    assert "Sign in" in first.split("</button>")[0]
    return page.submit("Sign in", email=email, **fields)


def test_enter_without_a_password_sends_a_link(amir, browse, letters):
    browser = browse()
    page = press_enter(browser, amir.email, next="/account")
    assert page.path == "/sign-in/sent"
    assert len(letters(amir)) == 1
    assert not is_in(browser)


def test_without_a_password_it_does_not_tell_who_is_known_either(amir, browse):
    known, unknown = (press_enter(browse(), one) for one in (amir.email, "nobody@nordwerk.example"))
    assert known.status == unknown.status == 200
    assert known.text == unknown.text


def test_links_sent_for_want_of_a_password_are_counted_as_links(amir, browse, letters):
    said = [press_enter(browse(), amir.email).status for _ in range(7)]
    assert said == [200] * 6 + [429]
    assert len(letters(amir)) == 6
    browser = browse()
    sign_in(browser, amir.email)
    assert is_in(browser)


FRENCH = {"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"}


def lang_of(page):
    return page.tree.get("lang")


@pytest.mark.parametrize(("asked", "language"), [(FRENCH, "fr"), ({"Accept-Language": "de"}, "en")])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/sent", "/my-week"])
def test_a_stranger_reads_the_language_their_browser_asks_for(cast, browse, asked, language, path):
    assert lang_of(browse().get(path, headers=asked)) == language


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/sent", "/my-week"])
def test_a_stranger_chooses_another_language(cast, browse, path):
    page = browse().get(path).follow("Français")
    assert lang_of(page) == "fr"
    assert lang_of(page.follow("English")) == "en"


def test_a_language_we_do_not_speak_is_not_chosen(cast, browse):
    assert lang_of(browse().get("/sign-in?language=xx", headers=FRENCH)) == "fr"


def test_what_was_chosen_holds_for_the_answers_too_and_leads_on(amir, browse):
    browser = browse()
    page = browser.get("/account?tab=1").follow("Français")
    page = page.submit("Se connecter", email=amir.email, password=WRONG)
    assert page.status == 422
    assert lang_of(page) == "fr"
    sent = page.submit("lien", email=amir.email)
    assert sent.path == "/sign-in/sent"
    assert lang_of(sent) == "fr"
    assert page.submit("Se connecter", email=amir.email, password=PASSWORD).path == "/account"


@pytest.mark.parametrize("button", ["Se déconnecter", "Se déconnecter partout"])
def test_who_signs_out_stays_in_their_language(cast, session, browse, button):
    cast.zofia.language = "fr"
    session.commit()
    page = browse(cast.zofia).get("/account").submit(button)
    assert page.path == "/sign-in"
    assert lang_of(page) == "fr"
