"""The person reads, and answers for themselves."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

import rota.answering
from rota.answering import VERSION, consent_words
from rota.models import NominationState
from takeover.audit import AuditEntry
from takeover.people.models import Role
from takeover.weeks.giving import give_week
from takeover.weeks.models import Consent
from tests.cast import NOW, THIS_MONDAY


def entries(session):
    return session.scalar(select(func.count()).select_from(AuditEntry))


def test_looking_changes_nothing(browse, session, invited, path):
    before = entries(session)
    for _ in range(3):
        assert browse().get(path).status == 200
        assert browse().client.head(path).status_code == 200
    assert invited.state is NominationState.INVITED
    assert entries(session) == before


def test_the_page_names_nobody_but_by_their_first_name(browse, cast, path):
    page = browse().get(path + "?language=en")
    assert page.says("Noé, would you show a week of your work?")
    for private in ("Lambert", "noe@home.example", "Lyon", "Apprentice", "Hanna", "France"):
        assert private not in page.html


def test_the_page_tells_no_other_site_its_address(browse, path):
    page = browse().get(path)
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="referrer" content="no-referrer">' in page.html
    assert page.response.headers["Cache-Control"] == "private, no-store"


def test_it_says_what_it_is_what_nobody_asks_and_that_a_no_costs_nothing(browse, path):
    page = browse().get(path + "?language=en")
    for words in (
        "What your week would be",
        "What nobody will ask of you",
        "A no costs you nothing",
        "Nobody has to do this.",
    ):
        assert page.says(words)


def test_the_consent_is_shown_word_for_word_and_stored_as_shown(browse, cast, session, path):
    page = browse().get(path + "?language=en")
    words = consent_words(cast.programme, "en")
    assert page.says(" ".join(words.split()))
    page.submit("Yes")
    stored = session.scalars(select(Consent).where(Consent.person_id == cast.noe.id)).one()
    assert stored.words == words
    assert (stored.version, stored.language) == (VERSION, "en")
    assert NOW <= stored.given_at < NOW + timedelta(minutes=1)


def test_the_same_link_tells_later_that_there_is_a_week(browse, cast, session, path):
    browse().get(path + "?language=en").submit("Yes")
    assert browse().get(path + "?language=en").says("We find a week for you")
    next_week = THIS_MONDAY + timedelta(days=7)
    give_week(cast.programme, cast.noe, session=session, starts_on=next_week, by=cast.lea, at=NOW)
    session.commit()

    page = browse().get(path + "?language=en")

    assert page.says("You have a week")
    assert not page.says("We find a week for you")
    assert page.follow("Sign in").says("Sign in")


def test_it_speaks_their_language_and_another_by_a_link(browse, cast, path):
    page = browse().get(path)
    assert page.tree.get("lang") == "fr"
    english = page.follow("English")
    assert english.tree.get("lang") == "en"
    assert browse().get(path + "?language=tlh").tree.get("lang") == "fr"


def test_whoever_says_yes_in_a_language_is_written_to_in_it(browse, cast, path):
    browse().get(path + "?language=en").submit("Yes")
    assert cast.noe.language == "en"


def test_a_yes_makes_an_ambassador_and_says_what_happens_next(browse, cast, path, invited):
    page = browse().get(path + "?language=en").submit("Yes")
    assert page.says("Thank you, Noé. You said yes.")
    assert page.says("We find a week for you")
    assert invited.state is NominationState.ACCEPTED
    assert cast.noe.roles == {Role.AMBASSADOR}


def test_a_no_is_thanked_for_and_asked_nothing(browse, cast, session, path, invited, outbox):
    page = browse().get(path + "?language=en").submit("No")
    assert page.says("Thank you for your answer, Noé.")
    assert list(page.tree.iter("textarea")) == []
    assert invited.state is NominationState.DECLINED
    assert invited.history[-1].why == ""
    assert not cast.noe.roles
    assert session.scalar(select(func.count()).where(Consent.person_id == cast.noe.id)) == 0


@pytest.mark.parametrize(("first", "second"), [("Yes", "No"), ("No", "Yes"), ("Yes", "Yes")])
def test_the_first_answer_counts(browse, session, path, invited, recorded, first, second):
    page = browse().get(path + "?language=en")
    answered = page.submit(first)
    again = page.submit(second)
    assert again.status == 200
    assert again.text == answered.text
    assert len(invited.history) == 3  # nominated, invited, answered


def test_words_that_changed_meanwhile_are_shown_again(browse, cast, session, path, invited):
    page = browse().get(path + "?language=en")
    cast.programme.account = "another_account"
    page = page.submit("Yes")
    assert page.status == 422
    assert page.says("The words below have changed since you opened this page")
    assert page.says("@another_account")
    assert invited.state is NominationState.INVITED
    page.submit("Yes")
    stored = session.scalars(select(Consent).where(Consent.person_id == cast.noe.id)).one()
    assert "@another_account" in stored.words


def test_a_new_version_of_the_words_is_read_before_it_is_agreed_to(
    browse, monkeypatch, path, invited
):
    page = browse().get(path + "?language=en")
    monkeypatch.setattr(rota.answering, "VERSION", "2027-01")
    assert page.submit("Yes").status == 422
    assert invited.state is NominationState.INVITED


def test_what_was_read_in_one_language_is_not_agreed_to_in_another(browse, path, invited):
    page = browse().get(path + "?language=en")
    assert page.submit("Yes", language="fr", seal="").status == 422
    assert invited.state is NominationState.INVITED


def test_an_answer_that_is_neither_changes_nothing(browse, path, invited):
    browser = browse()
    form = browser.get(path + "?language=en")
    token = next(f.get("value") for f in form.tree.iter("input") if f.get("name") == "csrf_token")
    assert browser.post(path, csrf_token=token, answer="perhaps").status == 400
    assert browser.post(path, answer="no").status == 422  # not from our page
    assert invited.state is NominationState.INVITED


def test_a_page_that_lay_open_for_days_asks_for_the_answer_once_more(browse, path, invited):
    page = browse().get(path + "?language=en")
    with time_machine.travel(NOW + timedelta(days=8), tick=True):
        page = page.submit("No")
        assert page.status == 422
        assert page.says("Please answer once more")
        assert invited.state is NominationState.INVITED
        page.submit("No")
    assert invited.state is NominationState.DECLINED


def test_it_works_over_https_though_the_page_sends_no_referer(app, browse, cast, path, invited):
    client = app.test_client()
    page = client.get(path, base_url="https://localhost")
    token = page.get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = client.post(
        path, data={"csrf_token": token, "answer": "no"}, base_url="https://localhost"
    )
    assert answer.status_code == 303


def test_an_unknown_link_is_a_kind_page(browse):
    page = browse().get("/invitations/no-such-secret?language=en")
    assert page.status == 404
    assert page.says("This link leads nowhere")


def test_an_expired_link_is_a_kind_page_and_answers_nothing(browse, path, invited):
    page = browse().get(path + "?language=en")
    with time_machine.travel(NOW + timedelta(days=21, minutes=1), tick=True):
        assert browse().get(path + "?language=en").status == 410
        late = page.submit("Yes")
    assert late.status == 410
    assert late.says("This invitation has run out")
    assert invited.state is NominationState.INVITED


def test_the_day_it_names_is_one_they_have(browse, path):
    page = browse().get(path + "?language=en")
    assert page.says("until Tue 15 Dec 2026")  # sent on 25 November, for 21 days


def test_a_withdrawn_nomination_closes_the_link(browse, cast, session, path, invited):
    page = browse().get(path + "?language=en")
    invited.move(NominationState.WITHDRAWN, by=cast.hanna, at=NOW)
    late = page.submit("Yes")
    assert late.status == 410
    assert late.says("This invitation is closed")
    assert not cast.noe.roles


def test_a_yes_is_on_the_record_in_the_same_moment(browse, cast, session, path, recorded):
    browse().get(path + "?language=en").submit("Yes")
    (given,) = [e for e in recorded("consent_given") if e.by_id == cast.noe.id]
    assert given.facts == {"version": VERSION, "language": "en"}
    assert recorded("accepted")[-1].by_id == cast.noe.id
    assert recorded("role_given")[-1].by_id == cast.noe.id


def test_the_words_of_this_version_are_these(app, cast):
    """Whoever changes them gives them a new VERSION, and this list its sum."""
    known = {"2026-11": "cdd7f4", "2026-11.2": "a32eac"}
    words = consent_words(cast.programme, "en")
    assert rota.answering.seal(words, language="en")[:6] == known[VERSION]
