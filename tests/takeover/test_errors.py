"""What a person reads when something goes wrong, and what they never read."""

import logging
import re

import pytest
from flask import abort
from sqlalchemy.exc import OperationalError

from takeover.app import create_app
from takeover.db import db
from takeover.people.guards import anyone, signed_in
from tests.conftest import settings_for

SECRET = "a secret that must not show"


@pytest.fixture(scope="module")
def odd(database, tmp_path_factory):
    """An application with pages that go wrong, each in its own way."""
    odd = create_app(settings_for(database.url, tmp_path_factory.mktemp("odd")))

    def page(path, view, guard=anyone, **options):
        view.__name__ = re.sub(r"\W", "_", path.strip("/"))
        odd.add_url_rule(path, view_func=guard(view), **options)

    def breaks():
        raise RuntimeError(SECRET)

    def loses_the_database():
        raise OperationalError(SECRET, {}, Exception(SECRET))

    page("/breaks", breaks)
    page("/database", loses_the_database)
    page("/breaks/<secret>", lambda secret: breaks())
    page("/private", lambda: "what is theirs", guard=signed_in, methods=["GET", "POST"])
    page("/unguarded", lambda: "what is theirs", guard=lambda view: view)
    for status in (400, 404, 405, 409, 413, 415, 429, 503):
        page(f"/says/{status}", lambda status=status: abort(status))
    yield odd
    with odd.app_context():
        db.engine.dispose()


@pytest.fixture
def broken(odd, app):
    return odd.test_client()


@pytest.mark.parametrize("path", ["/breaks", "/database"])
def test_a_fault_of_ours_shows_a_page_and_no_trace(broken, path):
    answer = broken.get(path)
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "Takeover" in answer.text
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text


def test_it_says_so_even_where_no_page_can_be_made(broken, monkeypatch):
    monkeypatch.setattr(broken.application.jinja_env, "loader", None)
    broken.application.jinja_env.cache.clear()
    answer = broken.get("/breaks")
    assert answer.status_code == 500
    assert "Try again in a minute." in answer.text
    assert answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "We did not understand that"),
        (404, "There is nothing here"),
        (405, "That cannot be done here"),
        (409, "We did not understand that"),
        (413, "That is too large"),
        (415, "We did not understand that"),
        (429, "Too many tries"),
        (503, "Something broke on our side"),
    ],
)
def test_every_error_has_a_sentence_and_a_way_on(broken, status, words):
    answer = broken.get(f"/says/{status}")
    assert answer.status_code == status
    assert words in answer.text
    assert "Go to the start" in answer.text


def test_the_wrong_method_says_which_are_right(broken):
    answer = broken.delete("/sign-in")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_an_address_that_is_not_there_is_a_404(browse, cast):
    for browser in (browse(), browse(cast.zofia)):
        page = browser.get("/no/such/page")
        assert page.status == 404
        assert page.says("There is nothing here")


def test_a_stranger_is_asked_to_sign_in_and_taken_on_from_there(broken):
    answer = broken.get("/private?week=3")
    assert answer.status_code == 403
    assert "Please sign in" in answer.text
    assert 'value="/private?week=3"' in answer.text
    assert "what is theirs" not in answer.text


def test_after_a_form_one_is_taken_back_to_the_page_it_was_on(broken):
    broken.application.config["WTF_CSRF_ENABLED"] = False
    for referrer, back in (
        ("http://localhost/private/form?x=1", "/private/form"),
        ("http://evil.example/private", ""),
        ("http://[", ""),
    ):
        answer = broken.post("/private", headers={"Referer": referrer})
        assert answer.status_code == 403
        assert f'name="next" type="hidden" value="{back}"' in answer.text


def test_a_page_that_names_no_guard_is_closed_to_everybody(broken):
    assert broken.get("/unguarded").status_code == 403


def test_whoever_is_in_but_may_not_is_told_so_plainly(cast, browse):
    page = browse(cast.zofia).get("/record")
    assert page.status == 403
    assert page.says("This page is not for you")


def test_htmx_gets_only_the_part_it_shows(broken):
    text = broken.get("/says/413", headers={"HX-Request": "true"}).text
    assert "That is too large" in text
    assert "<html" not in text


def test_a_fault_is_logged_by_its_routes_name_not_by_its_path(broken, caplog):
    """A path may hold a link that signs somebody in."""
    logging.getLogger("takeover").addHandler(caplog.handler)

    broken.get("/breaks/some-secret-of-a-link")

    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert line.endpoint == "breaks__secret_"
    assert "some-secret-of-a-link" not in caplog.text
