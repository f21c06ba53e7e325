"""What is written into the log, and what never is."""

import json
import logging
from io import StringIO

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from takeover import logs
from takeover.people.models import Person


@pytest.fixture
def logged(app, monkeypatch):
    """`logged()`: the events since the test began, each read from its line."""
    logs.init_app(app)
    [handler] = logging.getLogger("takeover").handlers
    written = StringIO()
    monkeypatch.setattr(handler, "stream", written)
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def test_an_event_is_one_line_with_what_it_is_about(logged):
    logging.getLogger("takeover.somewhere").warning("post not published", extra={"post_id": 7})

    [line] = logged()
    assert (line["event"], line["level"], line["logger"], line["post_id"]) == (
        "post not published",
        "WARNING",
        "takeover.somewhere",
        7,
    )
    assert line["timestamp"].endswith("+00:00")


@pytest.mark.parametrize("email", ["HANNA@home.example", "hanna@nordwerk.example"])
def test_what_a_database_refuses_is_logged_without_the_values(logged, session, cast, email):
    """One breaks a check, and PostgreSQL would tell the whole row; one is taken."""
    cast.noe.workplace = "Two lines\nHINT: of a secret place"
    session.flush()
    with pytest.raises(IntegrityError) as refused:
        session.execute(update(Person).where(Person.id == cast.noe.id).values(email=email))

    logging.getLogger("takeover.somewhere").error("a request failed", exc_info=refused.value)

    [line] = logged()
    assert "UPDATE people SET email=" in line["exception"]
    for personal in (email, "Noé", "secret place"):
        assert personal not in line["exception"]
