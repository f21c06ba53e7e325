"""Coming in by a link that works once."""

from datetime import timedelta

import pytest
import time_machine

from takeover.mail.models import Message
from takeover.people import mailing
from takeover.people.adding import take_role
from takeover.people.links import IN_A_MESSAGE, digest_of, make_link
from takeover.people.models import Person, Role, SignInLink
from tests.cast import NOW


@pytest.fixture
def new_link(session):
    def make(person, **facts):
        secret = make_link(session, person, by=None, at=NOW, **facts)
        session.commit()
        return f"/sign-in/link/{secret}"

    return make


def is_in(browser):
    return browser.get("/account").status == 200


def ask(browser, email):
    return browser.get("/sign-in").submit("Send me a sign-in link", email=email)


def test_an_ambassador_asks_for_a_link_and_comes_in_with_it(cast, browse, link_in):
    browser = browse()
    page = ask(browser, cast.zofia.email)
    assert page.says("Look in your mailbox")
    browser.get(link_in(cast.zofia)).submit("Sign in")
    assert is_in(browser)


def test_it_leads_on_to_the_page_that_was_asked_for(cast, browse, link_in):
    browser = browse()
    browser.get("/account").submit("Send me a sign-in link", email=cast.zofia.email)
    page = browser.get(link_in(cast.zofia)).submit("Sign in")
    assert page.path == "/account"


def test_the_message_is_in_their_language_and_says_how_long_it_works(cast, browse, letters):
    ask(browse(), cast.zofia.email)
    (letter,) = letters(cast.zofia)
    assert "Hello Zofia,\n" in letter.text
    assert "within 30 minutes" in letter.text
    assert letter.address == cast.zofia.email


def test_looking_at_it_uses_nothing_up(cast, browse, new_link):
    """A mail scanner opens every address, before the person does."""
    link = new_link(cast.zofia)
    scanner = browse()
    for _ in range(3):
        assert scanner.get(link).status == 200
        assert scanner.client.head(link).status_code == 200
    assert not is_in(scanner)
    browser = browse()
    browser.get(link).submit("Sign in")
    assert is_in(browser)


def test_it_works_once(cast, browse, new_link):
    link = new_link(cast.zofia)
    late = browse()
    opened_early = late.get(link)
    browse().get(link).submit("Sign in")
    page = opened_early.submit("Sign in")
    assert page.status == 410
    assert page.says("This link no longer works")
    assert not is_in(late)


def test_it_waits_for_half_an_hour(cast, browse, new_link):
    link = new_link(cast.zofia)
    with time_machine.travel(NOW + timedelta(minutes=29)):
        assert browse().get(link).status == 200
    with time_machine.travel(NOW + timedelta(minutes=31)):
        assert browse().get(link).status == 410


def test_one_in_a_message_waits_for_two_days(cast, browse, new_link):
    link = new_link(cast.zofia, lasts=IN_A_MESSAGE)
    with time_machine.travel(NOW + timedelta(hours=47)):
        assert browse().get(link).status == 200


def test_a_link_used_unknown_or_of_somebody_without_a_role_looks_the_same(
    cast, session, browse, new_link
):
    used, without_role = new_link(cast.zofia), new_link(cast.amir)
    browse().get(used).submit("Sign in")
    take_role(cast.amir, Role.APPROVER, by=None, at=NOW)
    session.commit()
    pages = [browse().get(path) for path in (used, without_role, "/sign-in/link/made-up")]
    assert {page.status for page in pages} == {410}
    assert len({page.text for page in pages}) == 1
    assert "Zofia" not in pages[0].html


def test_an_old_link_offers_a_new_one_to_the_same_mailbox(cast, browse, new_link, link_in):
    old = new_link(cast.zofia, goes_to="/account")
    with time_machine.travel(NOW + timedelta(days=90), tick=True):
        browser = browse()
        page = browser.get(old).submit("Send me a new link")
        assert page.says("Look in your mailbox")
        page = browser.get(link_in(cast.zofia)).submit("Sign in")
        assert page.path == "/account"


def test_a_made_up_link_is_offered_the_same_and_sends_nothing(cast, session, browse, letters):
    page = browse().get("/sign-in/link/made-up").submit("Send me a new link")
    assert page.says("Look in your mailbox")
    assert session.query(SignInLink).count() == 0


def test_an_old_link_cannot_flood_its_mailbox(cast, browse, new_link, letters):
    old = new_link(cast.zofia, lasts=timedelta(0))
    browser = browse()
    said = [browser.get(old).submit("Send me a new link").status for _ in range(7)]
    assert said == [200] * 6 + [429]
    assert len(letters(cast.zofia)) == 6


def test_the_same_message_opened_again_on_the_same_phone_just_goes_on(cast, browse, new_link):
    link = new_link(cast.zofia, goes_to="/account")
    browser = browse()
    browser.get(link).submit("Sign in")
    assert browser.get(link).path == "/account"
    assert browse(cast.lea).get(link).status == 410, "on anybody else's it does not"


def test_it_signs_in_over_whoever_was_in(cast, browse, new_link):
    browser = browse(cast.lea)
    browser.get(new_link(cast.zofia)).submit("Sign in")
    assert browser.get("/account").says(cast.zofia.email)


def test_a_link_needs_our_token(cast, browse, new_link):
    link = new_link(cast.zofia)
    browser = browse()
    assert browser.post(link).status == 400
    assert browser.post(f"{link}/again").status == 400
    assert not is_in(browser)
    assert browser.get(link).status == 200, "and nothing was used up"


@pytest.mark.parametrize("fate", ["fresh", "used"])
def test_no_other_page_is_told_the_secret(cast, browse, new_link, fate):
    link = new_link(cast.zofia, lasts=timedelta(hours=1 if fate == "fresh" else 0))
    page = browse().get(link)
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="referrer" content="no-referrer">' in page.html
    assert page.response.headers["Cache-Control"] == "private, no-store"


def test_its_button_works_without_a_referer_over_https(cast, browse, new_link):
    """A page that tells nobody where it was sends no Referer, and must not be refused for it."""
    link, browser = new_link(cast.zofia), browse()
    page = browser.client.get(link, base_url="https://localhost")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.client.post(link, base_url="https://localhost", data={"csrf_token": token})
    assert answer.status_code == 303


def test_we_keep_only_a_digest_of_the_secret(cast, session, new_link):
    secret = new_link(cast.zofia).rpartition("/")[2]
    link = session.query(SignInLink).one()
    assert link.digest == digest_of(secret)
    assert secret not in repr(vars(link))


def test_asking_does_not_tell_who_is_known(cast, session, browse, letters):
    known, unknown, without_role = (
        ask(browse(), address)
        for address in (cast.zofia.email, "nobody@nordwerk.example", cast.noe.email)
    )
    assert known.status == unknown.status == without_role.status == 200
    assert known.text == unknown.text == without_role.text
    assert session.query(SignInLink).count() == 1
    assert len(letters(cast.zofia)) == 1


def test_asking_does_as_much_for_an_address_nobody_has(cast, session, browse, monkeypatch):
    """What takes time is writing the message and the database; both are done, then forgotten."""
    write, written = mailing.write, []

    def watch(*facts, **more):
        written.append(more["to"])
        return write(*facts, **more)

    monkeypatch.setattr(mailing, "write", watch)
    kept = {Person: session.query(Person).count(), Message: session.query(Message).count()}
    ask(browse(), "nobody@nordwerk.example")
    assert len(written) == 1
    assert {model: session.query(model).count() for model in kept} == kept


def test_a_mailbox_gets_six_links_in_a_quarter_of_an_hour(cast, browse, letters):
    said = [ask(browse(), cast.zofia.email) for _ in range(7)]
    assert [page.status for page in said] == [200] * 6 + [429]
    assert said[-1].says("look in its mailbox")
    assert len(letters(cast.zofia)) == 6
    unknown = [ask(browse(), "nobody@nordwerk.example") for _ in range(7)]
    assert unknown[-1].text.replace("nobody@nordwerk.example", "") == said[-1].text.replace(
        cast.zofia.email, ""
    )


def test_a_way_with_what_no_database_keeps_is_taken_without_it(cast, session, browse):
    page = browse().get("/sign-in")
    page.submit("Send me a sign-in link", email=cast.zofia.email, next="/account\x00")
    assert session.query(SignInLink).one().goes_to == "/account"


def test_a_way_too_long_to_keep_is_left_out(cast, session, browse):
    browser = browse()
    browser.get("/account?" + "x" * 500).submit("Send me a sign-in link", email=cast.zofia.email)
    assert session.query(SignInLink).one().goes_to == ""


def lang_of(page):
    return page.tree.get("lang")


@pytest.fixture
def french(cast, session):
    cast.zofia.language = "fr"
    session.commit()
    return cast.zofia


def test_the_page_behind_a_link_is_in_the_language_of_its_person(french, browse, new_link):
    assert lang_of(browse().get(new_link(french))) == "fr"
    assert lang_of(browse().get("/sign-in/link/made-up")) == "en"


def test_an_old_link_is_too_and_so_is_what_follows(french, browse, new_link):
    page = browse().get(new_link(french, lasts=timedelta(0)))
    assert page.status == 410
    assert lang_of(page) == "fr"
    page = page.submit("lien")
    assert page.path == "/sign-in/sent"
    assert lang_of(page) == "fr"


def test_somebody_else_may_read_it_in_another_language(french, browse, new_link):
    browser = browse()
    page = browser.get(new_link(french)).follow("English")
    assert lang_of(page) == "en"
    assert page.says("One tap, and you are in.")
    page.submit("Sign in")
    assert is_in(browser)


def test_an_old_link_in_another_language_still_sends_a_new_one(french, browse, new_link, letters):
    page = browse().get(new_link(french, lasts=timedelta(0))).follow("English")
    assert page.submit("Send me a new link").says("Look in your mailbox")
    assert len(letters(french)) == 1
