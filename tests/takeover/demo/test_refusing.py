"""Where the demo must not be: in an ordinary application."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from takeover.db import db
from takeover.demo.company import SLUG
from takeover.demo.filling import NotTheDemo, fill
from takeover.media.store import open_store
from takeover.people.models import Person
from takeover.programmes.models import Programme
from takeover.web import settings
from tests.cast import NOW, Cast
from tests.pages import Browser

Browse = Callable[[Person | None], Browser]


@pytest.fixture
def session(app: Flask) -> Session:
    return db.session


def test_the_command_runs_only_where_demo_is_set(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 1
    assert "DEMO=1" in result.output


def test_a_programme_of_somebody_else_is_left_alone(cast: Cast, session: Session) -> None:
    session.commit()
    people = session.scalar(select(func.count()).select_from(Person))
    session.rollback()
    with pytest.raises(NotTheDemo) as found:
        fill(open_store(settings().media_url), at=NOW)
    assert found.value.name == cast.programme.name
    assert session.scalar(select(func.count()).select_from(Person)) == people


def test_a_demo_with_a_programme_besides_is_started_again(cast: Cast, session: Session) -> None:
    cast.programme.slug = SLUG
    besides = Programme(name="Besides", slug="besides", account="besides", created_at=NOW)
    besides.timezone, besides.language = "Europe/Paris", "en"
    besides.slot_days = besides.slot_times = []
    session.add(besides)
    session.commit()
    assert fill(open_store(settings().media_url), at=NOW) is False


@pytest.mark.parametrize("path", ["/demo", "/demo/mailbox", "/demo/mailbox/1/html"])
def test_its_pages_do_not_exist_without_demo(browse: Browse, path: str) -> None:
    assert browse(None).get(path).status == 404


def test_nobody_signs_in_by_a_button_without_demo(browse: Browse) -> None:
    assert browse(None).post("/demo/sign-in", role="hr").status in {400, 404}


def test_the_first_page_says_what_this_is_and_leads_to_signing_in(browse: Browse) -> None:
    page = browse(None).get("/")
    assert page.says("One company account")
    assert page.follow("Sign in").path == "/sign-in"
    assert not page.says("Come in as")


def test_who_is_signed_in_goes_from_the_first_page_to_their_own(cast: Cast, browse: Browse) -> None:
    assert browse(cast.hanna).get("/").path == "/nominations"
    assert browse(cast.lea).get("/").path == "/rota"
