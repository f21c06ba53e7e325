"""What an administrator does about people."""

import pytest
from sqlalchemy import insert, select

from takeover.audit import AuditEntry
from takeover.people.adding import find_person, give_role
from takeover.people.administering import OwnAdministratorRole, take_away
from takeover.people.models import Person, Role
from tests.cast import NOW

NEW = {"name": "Inès Moreau", "email": "Ines@Nordwerk.example", "timezone": "Paris"}


@pytest.fixture
def desk(cast, browse):
    return browse(cast.ada)


@pytest.fixture
def five_thousand(session):
    session.execute(
        insert(Person),
        [
            {"name": f"Person {n:04}", "email": f"p{n:04}@nordwerk.example", "created_at": NOW}
            for n in range(5000)
        ],
    )
    session.commit()


@pytest.mark.parametrize("who", ["hanna", "lea", "amir", "olga", "zofia", "stranger", None])
@pytest.mark.parametrize("path", ["/people", "/people/1", "/people/1/roles/take"])
def test_only_administrators_come_here(cast, browse, who, path):
    browser = browse(getattr(cast, who) if who else None)
    answer = browser.get(path) if "take" not in path else browser.post(path)
    assert answer.status in {400, 403}, "400 for the missing token"
    assert not answer.says("nordwerk.example")


def test_everybody_is_listed_with_what_they_may_do(cast, desk):
    page = desk.get("/people")
    assert page.says("8 people")
    assert page.says("Hanna Vogel hanna@nordwerk.example HR nominator: France, Germany")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=haddad", {"Amir Haddad"}),
        ("q=NORDWERK+had", {"Amir Haddad"}),
        ("role=legal", {"Olga Petrova"}),
        ("q=amir&role=legal", set()),
        ("q=%25", set()),
        ("q=_", set()),
        ("q=%00", None),
        ("role=boss", None),
        ("page=999999999999999999999999", None),
        ("page=-1", None),
        ("page=x", None),
    ],
)
def test_searching(cast, desk, asked, found):
    """None: whatever was meant, everybody is shown."""
    page = desk.get(f"/people?{asked}")
    assert page.status == 200
    everybody = set(cast_names(cast))
    assert {name for name in everybody if any(name in link for link in page.links)} == (
        everybody if found is None else found
    )


def cast_names(cast):
    people = (cast.hanna, cast.lea, cast.amir, cast.olga, cast.ada, cast.zofia, cast.noe)
    return [person.name for person in (*people, cast.stranger)]


def test_five_thousand_people_are_turned_over_by_the_page(cast, desk, five_thousand):
    page = desk.get("/people")
    assert page.says("5008 people") or page.says("5,008 people")
    assert page.says("Page 1 of 101")
    page = page.follow("Next")
    assert page.says("Page 2 of 101")
    assert page.follow("Previous").says("Page 1 of 101")
    assert desk.get("/people?page=101").says("Zofia Kowalczyk")
    page = desk.get("/people?q=person&page=2")
    assert page.follow("Next").says("Page 3 of 100"), "the search goes along"


def test_adding_somebody_sends_them_a_link(cast, session, desk, browse, link_in):
    page = desk.get("/people").submit("Add this person", role="approver", **NEW)
    assert page.says("Inès Moreau is in.")
    person = find_person(session, NEW["email"])
    assert person.roles == {Role.APPROVER}
    assert person.timezone == "Europe/Paris"
    newcomer = browse()
    newcomer.get(link_in(person)).submit("Sign in")
    assert newcomer.get("/account").says("Comms approver")


def test_hr_needs_a_country(cast, session, desk):
    page = desk.get("/people").submit("Add this person", role="hr", **NEW)
    assert page.status == 422
    assert page.says("Choose the country this person nominates people of.")
    assert find_person(session, NEW["email"]) is None
    assert 'value="Inès Moreau"' in page.html
    page.submit("Add this person", role="hr", country="PL")
    assert find_person(session, NEW["email"]).nominates_for == {"PL"}


def test_an_address_belongs_to_one_person(cast, session, desk):
    typed = NEW | {"email": " AMIR@nordwerk.example"}
    page = desk.get("/people").submit("Add this person", role="lead", **typed)
    assert page.status == 422
    assert page.says("Somebody has this address already.")
    assert page.follow("Open Amir Haddad").title.startswith("Amir Haddad")
    assert cast.amir.roles == {Role.APPROVER}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Write a name."),
        ("email", "ines", "Write the whole e-mail address"),
        ("email", "x" * 250 + "@nordwerk.example", "Write the whole e-mail address"),
        ("timezone", "Nowhere", "Choose a time zone"),
        ("role", "boss", "Choose one from the list."),
        ("country", "ZZ", "Choose one from the list."),
        ("language", "xx", "Choose one from the list."),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(cast, session, desk, field, value, sentence):
    before = session.query(Person).count()
    typed = {"role": "lead", **NEW, field: value}
    page = desk.get("/people").submit("Add this person", **typed)
    assert page.status == 422
    assert page.says(sentence)
    assert f'value="{NEW["name"] if field != "name" else "ines@nordwerk.example"}"' in page.html
    assert session.query(Person).count() == before


def test_a_role_is_given(cast, desk):
    page = desk.get(f"/people/{cast.stranger.id}").submit("Give this role", role="legal")
    assert page.says("Sam Stranger now has the role: Legal approver.")
    assert cast.stranger.roles == {Role.LEGAL}


def test_hr_is_given_a_country_at_a_time(cast, desk):
    page = desk.get(f"/people/{cast.hanna.id}")
    assert page.submit("Give this role", role="hr").says("Choose the country")
    page.submit("Give this role", role="hr", country="PL")
    assert cast.hanna.nominates_for == {"DE", "FR", "PL"}


def test_taking_a_role_signs_them_out_everywhere_at_once(cast, desk, browse):
    phone = browse(cast.amir)
    assert phone.get("/account").status == 200
    page = desk.get(f"/people/{cast.amir.id}").submit("Take away")
    assert page.says("signed out everywhere")
    assert cast.amir.roles == frozenset()
    assert phone.get("/account").status == 403


def test_one_country_of_hr_is_taken_and_the_other_stays(cast, desk):
    page = desk.get(f"/people/{cast.hanna.id}")
    page.submit("Take away", role="hr", country="FR")
    assert cast.hanna.nominates_for == {"DE"}


def test_nobody_takes_their_own_administrator_role_away(cast, session, desk):
    page = desk.get(f"/people/{cast.ada.id}").submit("Take away")
    assert page.status == 422
    assert page.says("Ask another administrator to do this")
    assert cast.ada.roles == {Role.ADMINISTRATOR}
    with pytest.raises(OwnAdministratorRole):
        take_away(cast.ada, Role.ADMINISTRATOR, country="", by=cast.ada, at=NOW)


def test_another_administrator_may(cast, session, desk):
    give_role(cast.lea, Role.ADMINISTRATOR, by=None, at=NOW)
    session.commit()
    desk.get(f"/people/{cast.lea.id}").submit("Take away", role="administrator", country="")
    assert cast.lea.roles == {Role.LEAD}


def test_giving_up_another_role_of_ones_own_keeps_one_in(cast, session, desk):
    give_role(cast.ada, Role.LEAD, by=None, at=NOW)
    session.commit()
    page = desk.get(f"/people/{cast.ada.id}").submit("Take away", role="lead", country="")
    assert page.status == 200
    assert cast.ada.roles == {Role.ADMINISTRATOR}


def test_they_are_sent_a_link_for_two_days(cast, desk, browse, letters, link_in):
    page = desk.get(f"/people/{cast.olga.id}").submit("Send a sign-in link")
    assert page.says("A sign-in link is on its way to olga@nordwerk.example.")
    (letter,) = letters(cast.olga)
    assert "within 48 hours" in letter.text
    assert "you asked" not in letter.text
    assert browse().get(link_in(cast.olga)).status == 200


def test_somebody_without_a_role_is_sent_none(cast, desk, letters):
    page = desk.get(f"/people/{cast.stranger.id}").submit("Send a sign-in link")
    assert page.status == 422
    assert page.says("Give Sam Stranger a role first")
    assert letters(cast.stranger) == []


def test_it_is_all_on_the_record(cast, session, desk):
    desk.get(f"/people/{cast.stranger.id}").submit("Give this role", role="legal")
    desk.get(f"/people/{cast.stranger.id}").submit("Send a sign-in link")
    desk.get(f"/people/{cast.stranger.id}").submit("Take away")
    said = session.scalars(
        select(AuditEntry.action).where(AuditEntry.by_id == cast.ada.id).order_by(AuditEntry.id)
    )
    assert list(said) == ["role_given", "sign_in_link_made", "role_taken"]


@pytest.mark.parametrize("number", ["0", "999", "2147483647", "99999999999999999999", "x"])
def test_somebody_who_is_not_there_is_a_404(cast, desk, number):
    assert desk.get(f"/people/{number}").status == 404


@pytest.mark.parametrize("path", ["", "/1/roles", "/1/roles/take", "/1/sign-in-link"])
def test_nothing_changes_without_our_token(cast, desk, path):
    assert desk.post(f"/people{path}", role="administrator").status == 400
