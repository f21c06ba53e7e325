"""HR nominates people of their own countries, and follows what becomes of them."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from rota.answering import accept, consent_words, decline, step_down
from rota.inviting import invite
from rota.models import Nomination, NominationState
from takeover.people.models import Person
from takeover.weeks.giving import consent_of, give_week
from tests.cast import NOW, THIS_MONDAY

NEXT_MONDAY = THIS_MONDAY + timedelta(weeks=1)

GRETA = {
    "name": "Greta Meier",
    "email": "greta@home.example",
    "country": "DE",
    "language": "en",
    "job": "Electrician",
    "workplace": "Kiel",
    "reason": "She restores old radios.",
}


def nominate(browser, **changed):
    page = browser.get("/nominations/new")
    return page.submit("Nominate", **GRETA | changed)


def test_hr_nominates_somebody_and_reads_what_happens_next(browse, cast):
    page = nominate(browse(cast.hanna))
    assert page.status == 200
    assert page.says("Greta Meier is nominated.")
    assert page.says("The communications team reads it and decides whether to invite them.")
    assert page.says("She restores old radios.")


def test_nobody_hears_of_a_nomination(browse, cast, session, outbox):
    nominate(browse(cast.hanna))
    greta = session.scalars(select(Person).where(Person.email == "greta@home.example")).one()
    assert outbox("invitation", greta) == []
    assert not greta.roles


def test_hr_may_choose_only_their_own_countries(browse, cast):
    page = browse(cast.hanna).get("/nominations/new")
    assert page.says("France")
    assert page.says("Germany")
    assert not page.says("Poland")


def test_a_country_that_is_not_theirs_is_refused_even_when_forged(browse, cast, session):
    before = session.scalar(select(func.count()).select_from(Nomination))
    page = nominate(browse(cast.hanna), country="PL")
    assert page.status == 422
    assert page.says("Choose one of your countries from the list.")
    assert session.scalar(select(func.count()).select_from(Nomination)) == before


def test_hr_sees_their_own_countries_and_the_lead_sees_all(browse, cast):
    assert browse(cast.hanna).get("/nominations").says("Noé Lambert")
    assert not browse(cast.hanna).get("/nominations").says("Zofia Kowalczyk")
    assert browse(cast.lea).get("/nominations").says("Zofia Kowalczyk")


def test_a_nomination_of_another_country_is_nowhere_to_be_found(browse, cast, session):
    hers = session.scalars(select(Nomination).where(Nomination.country == "PL")).one()
    browser = browse(cast.hanna)
    assert browser.get(f"/nominations/{hers.id}").status == 404
    form = browser.get("/nominations/new")
    token = next(f.get("value") for f in form.tree.iter("input") if f.get("name") == "csrf_token")
    answer = browser.post(f"/nominations/{hers.id}/withdraw", csrf_token=token)
    assert answer.status == 404


@pytest.mark.parametrize("who", ["amir", "olga", "ada", "zofia", "stranger"])
def test_nominations_are_for_hr_and_the_lead_alone(browse, cast, who):
    browser = browse(getattr(cast, who))
    for path in ("/nominations", "/nominations/new", f"/nominations/{cast.nomination.id}"):
        assert browser.get(path).status == 403


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "  ", "Write their name."),
        ("name", "x" * 121, "Shorten the name to 120 characters."),
        ("email", "", "Write their e-mail address: the invitation goes there."),
        ("email", "greta at home", "Check the e-mail address"),
        ("country", "", "Choose their country."),
        ("job", "", "Write what they do"),
        ("workplace", " \t ", "Write where they work"),
        ("language", "tlh", "Choose a language of the list."),
        ("programme", "another", "Choose a programme of the list."),
        ("reason", "y" * 2001, "Shorten the reason to 2,000 characters."),
    ],
)
def test_bad_input_gives_a_sentence_and_loses_nothing(browse, cast, field, value, sentence):
    page = nominate(browse(cast.hanna), **{field: value})
    assert page.status == 422
    assert page.says(sentence)
    for name, typed in GRETA.items():
        if name not in (field, "country", "language"):
            assert typed in page.html
    if field != "country":
        assert '<option selected value="DE">' in page.html


def test_what_is_no_text_is_left_out(browse, cast):
    page = nominate(browse(cast.hanna), name="Greta\0  Meier", reason="\0yes")
    assert page.says("Greta Meier is nominated.")


def test_nominating_somebody_already_nominated_says_so(browse, cast, session):
    page = nominate(browse(cast.hanna), email="NOE@home.example", country="FR", name="N. L.")
    assert page.status == 422
    assert page.says("This person is nominated already.")
    assert "She restores old radios." in page.html
    assert session.scalar(select(func.count()).where(Nomination.person_id == cast.noe.id)) == 1


def test_whom_we_know_keeps_the_record_they_have(browse, cast, session):
    cast.stranger.job = "Night watch"
    session.commit()
    page = nominate(browse(cast.hanna), email="sam@elsewhere.example", name="Samuel Other")
    assert page.says("What we knew was kept as it was.")
    assert cast.stranger.name == "Sam Stranger"
    assert cast.stranger.job == "Night watch"


def test_somebody_of_another_country_is_left_to_their_own_hr(browse, cast, session):
    cast.stranger.country = "PL"
    session.commit()
    page = nominate(browse(cast.hanna), email="sam@elsewhere.example")
    assert page.status == 422
    assert page.says("We know this address in another country.")
    assert not page.says("Sam Stranger")


def test_a_no_and_a_stepping_down_look_the_same(browse, cast, session, invited):
    decline(invited, at=NOW)
    session.commit()
    a_no = browse(cast.hanna).get(f"/nominations/{invited.id}")
    invited.state = NominationState.ACCEPTED
    invited.move(NominationState.STEPPED_DOWN, by=cast.noe, at=NOW)
    session.commit()
    stepped_down = browse(cast.hanna).get(f"/nominations/{invited.id}")
    assert a_no.text == stepped_down.text
    assert a_no.says("Not taking part")
    for word in ("declined", "Declined", "stepped", "said no", "refused"):
        assert word not in a_no.html


def test_hr_follows_it_to_the_week(browse, cast, session, invited):
    browser = browse(cast.hanna)
    page = f"/nominations/{invited.id}"
    assert browser.get(page).says("They answer for themselves, in their own time.")
    words = consent_words(cast.programme, "fr")
    accept(invited, session=session, words=words, language="fr", at=NOW)
    assert browser.get(page).says("The communications team gives them a week.")
    week = give_week(
        cast.programme, cast.noe, session=session, starts_on=NEXT_MONDAY, by=cast.lea, at=NOW
    )
    session.commit()
    assert browser.get(page).says("Has the week of 30 Nov – 6 Dec 2026")
    for path in (page, "/nominations"):
        assert browser.get(path).says("They have the week of 30 Nov – 6 Dec 2026.")
    with time_machine.travel(week.ends - timedelta(minutes=1), tick=True):
        assert browse(cast.hanna).get(page).says("They have the week of")
    with time_machine.travel(week.ends, tick=True):
        later = browse(cast.hanna)
        assert later.get(page).says("Had the week of 30 Nov – 6 Dec 2026")
        for path in (page, "/nominations"):
            assert later.get(path).says("They had the week of 30 Nov – 6 Dec 2026.")


def test_the_list_narrows_to_a_state_and_to_words(browse, cast):
    browser = browse(cast.lea)
    to_invite = browser.get("/nominations?state=to-invite")
    assert to_invite.says("Noé Lambert")
    assert not to_invite.says("Zofia Kowalczyk")
    assert browser.get("/nominations?search=welder+zofia").says("Zofia Kowalczyk")
    assert browser.get("/nominations?search=welder+noé").says("Nobody matches")
    assert browser.get("/nominations?search=%25").says("Nobody matches")
    assert browser.get("/nominations?state=no-such&page=abc&search=%00").status == 200


def test_five_thousand_nominations_are_a_page_at_a_time(browse, cast, session):
    session.execute(
        Person.__table__.insert(),
        [
            {
                "id": 1000 + n,
                "name": f"Person {n:04}",
                "email": f"p{n}@home.example",
                "created_at": NOW,
                "language": "en",
                "timezone": "UTC",
                "country": "FR",
                "job": "Welder",
                "workplace": "",
                "session_epoch": 0,
            }
            for n in range(5000)
        ],
    )
    session.execute(
        Nomination.__table__.insert(),
        [
            {
                "programme_id": cast.programme.id,
                "person_id": 1000 + n,
                "by_id": cast.hanna.id,
                "state": "nominated",
                "country": "FR",
                "reason": "",
                "created_at": NOW - timedelta(seconds=n),
            }
            for n in range(5000)
        ],
    )
    session.commit()
    browser = browse(cast.hanna)
    page = browser.get("/nominations")
    assert page.says("Person 0000")
    assert not page.says("Person 0050")
    assert page.says("Page 1 of 101")
    assert page.follow("Next").says("Person 0050")
    assert browser.get("/nominations?page=999999999999").status == 200
    assert browser.get("/nominations?search=4711").says("1 nomination")


def test_hr_withdraws_before_an_answer(browse, cast, invited, recorded):
    page = browse(cast.hanna).get(f"/nominations/{invited.id}").submit("Withdraw")
    assert page.says("The nomination is withdrawn.")
    assert invited.state is NominationState.WITHDRAWN
    assert [entry.by_id for entry in recorded("withdrawn")] == [cast.hanna.id]


def test_after_an_answer_nobody_withdraws(browse, cast, session, invited, recorded):
    page = browse(cast.hanna).get(f"/nominations/{invited.id}")
    decline(invited, at=NOW)
    page = page.submit("Withdraw")
    assert page.status == 422
    assert page.says("it cannot be withdrawn any more")
    assert recorded("withdrawn") == []


def test_whoever_said_no_may_be_nominated_once_more(browse, cast, session, invited):
    decline(invited, at=NOW)
    session.commit()
    page = nominate(browse(cast.hanna), email="noe@home.example", country="FR")
    assert page.says("Noé Lambert is nominated.")


def test_every_nomination_is_on_the_record_with_nothing_personal(browse, cast, recorded):
    nominate(browse(cast.hanna))
    entry = recorded("nominated")[-1]
    assert (entry.by_id, entry.from_state, entry.to_state) == (cast.hanna.id, None, "nominated")
    assert "Greta" not in str(entry.facts)
    assert len(recorded("person_added")) > 0


def test_taking_a_yes_back_frees_the_person_for_another_nomination(browse, cast, session, invited):
    words = consent_words(cast.programme, "fr")
    accept(invited, session=session, words=words, language="fr", at=NOW)
    yes = consent_of(session, cast.noe, cast.programme)
    assert yes
    step_down(yes, session=session, by=cast.noe, at=NOW)
    session.commit()
    page = nominate(browse(cast.hanna), email="noe@home.example", country="FR")
    assert page.says("Noé Lambert is nominated.")


def test_an_expired_invitation_shows_the_lead_what_to_do(browse, cast, session):
    invite(cast.nomination, session=session, by=cast.lea, at=NOW - timedelta(days=22))
    session.commit()
    assert browse(cast.lea).get("/nominations?state=unanswered").says("No answer in time")
    assert browse(cast.lea).get("/nominations?state=invited").says("Nobody matches")
