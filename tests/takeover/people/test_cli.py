"""Letting people in from the command line."""

import pytest
from sqlalchemy import select

from takeover.app import create_app
from takeover.people.adding import find_person
from takeover.people.models import Person, Role
from tests.conftest import settings_for


@pytest.fixture
def run(app, session):
    def invoke(*words):
        session.commit()
        result = app.test_cli_runner().invoke(args=["people", *words])
        session.expire_all()
        return result

    return invoke


def test_the_first_administrator_comes_in_this_way(run, session, browse):
    result = run("add", "Ada.Byrne@nordwerk.example", "--role", "administrator")
    assert result.exit_code == 0
    person = find_person(session, "ada.byrne@nordwerk.example")
    assert person.name == "Ada Byrne"
    assert person.roles == {Role.ADMINISTRATOR}

    result = run("sign-in-link", "ada.byrne@nordwerk.example")
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert line.startswith("http://localhost/sign-in/link/")
    browser = browse()
    browser.get(line.removeprefix("http://localhost")).submit("Sign in")
    assert browser.get("/account").says("Administrator")


def test_everything_about_them_can_be_said(run, session):
    roles = ("--role", "hr", "--role", "lead", "--country", "fr", "--country", "DE")
    about = ("--name", "Hanna  Vogel", "--language", "fr", "--timezone", "Paris")
    result = run("add", "h@nordwerk.example", *roles, *about)
    assert result.exit_code == 0
    person = find_person(session, "h@nordwerk.example")
    assert (person.name, person.language, person.timezone) == ("Hanna Vogel", "fr", "Europe/Paris")
    assert person.nominates_for == {"FR", "DE"}
    assert person.roles == {Role.HR, Role.LEAD}


def test_it_may_be_said_twice(run, session):
    for _ in range(2):
        assert run("add", "a@nordwerk.example", "--role", "lead").exit_code == 0
    assert len(session.scalars(select(Person)).all()) == 1
    assert len(find_person(session, "a@nordwerk.example").grants) == 1


def test_somebody_known_gets_the_role_and_stays_who_they_are(run, cast):
    result = run("add", "AMIR@nordwerk.example", "--role", "lead", "--name", "Somebody Else")
    assert result.exit_code == 0
    assert "was known" in result.stdout
    assert cast.amir.roles == {Role.APPROVER, Role.LEAD}
    assert cast.amir.name == "Amir Haddad"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ("add amir --role lead", 2, "Write a whole e-mail address"),
        ("add a@b.example", 2, "Missing option '--role'"),
        ("add a@b.example --role boss", 2, "'boss' is not one of"),
        ("add a@b.example --role hr", 2, "The role hr needs at least one country"),
        ("add a@b.example --role hr --country ZZ", 2, "ZZ is no country"),
        ("add a@b.example --role lead --timezone Mars", 2, "Mars is no time zone"),
        ("add a@b.example --role lead --language tlh", 2, "'tlh' is not one of"),
        ("add a@b.example --role lead --name=", 2, "Write a name"),
        ("sign-in-link nobody@nordwerk.example", 1, "Nobody has the address"),
        ("sign-in-link sam@elsewhere.example", 1, "has no role"),
        ("sign-in-link nobody", 2, "Write a whole e-mail address"),
    ],
)
def test_bad_input_gets_a_sentence_and_no_traceback(run, cast, words, code, sentence):
    result = run(*words.split())
    assert result.exit_code == code
    assert sentence in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


@pytest.mark.parametrize("words", ["add a@b.example --role lead", "sign-in-link a@b.example"])
def test_a_database_that_is_not_ready_gets_a_sentence(tmp_path, words):
    new = create_app(settings_for(f"sqlite:///{tmp_path}/new.db", tmp_path))
    result = new.test_cli_runner().invoke(args=["people", *words.split()])
    assert result.exit_code == 1
    assert "flask --app wsgi db upgrade" in result.stderr
    assert "Traceback" not in result.output
