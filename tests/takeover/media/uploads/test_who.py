"""Who may send, and that nobody else's upload is there at all."""

import pytest
from sqlalchemy import select

from takeover.media.models import Media
from tests.takeover.media.uploads.speaking import CONTENT_TYPE, PLACE, a_file


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
def test_strangers_send_nothing(tus, cast, session, method):
    path = PLACE if method == "POST" else tus(cast.zofia).begin(10)
    answer = tus().ask(method, path, Upload_Length=10, Upload_Offset=0, Content_Type=CONTENT_TYPE)

    assert answer.status_code == 403
    assert len(session.scalars(select(Media)).all()) == (0 if method == "POST" else 1)


@pytest.mark.parametrize("person", ["noe", "lea", "amir", "ada", "stranger"])
def test_somebody_elses_upload_is_not_there(tus, cast, person):
    zofia, other = tus(cast.zofia), tus(getattr(cast, person))
    path = zofia.begin(100)

    assert other.ask("HEAD", path).status_code == 404
    assert other.patch(path, 0, a_file(100)).status_code == 404
    assert other.ask("DELETE", path).status_code == 404
    assert zofia.offset(path) == 0


@pytest.mark.parametrize("token", ["x", "A" * 43, "..%2F..%2Fetc%2Fpasswd"])
def test_an_address_of_nothing_is_not_there(tus, cast, token):
    zofia = tus(cast.zofia)

    assert zofia.ask("HEAD", PLACE + token).status_code == 404
    assert zofia.patch(PLACE + token, 0, b"x").status_code == 404


def test_whoever_is_not_welcome_is_told_why(tus, cast, roof, session, folder):
    roof.objection = "Your week is over."

    answer = tus(cast.zofia).create(10)

    assert (answer.status_code, answer.text) == (403, "Your week is over.")
    assert answer.mimetype == "text/plain"
    assert session.scalars(select(Media)).all() == []
    assert list(folder.glob("*")) == []


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://localhost.evil.example", "http://localhost:1"],
)
def test_no_page_but_ours_may_send(tus, cast, origin):
    zofia = tus(cast.zofia)
    path = zofia.begin(10)

    assert zofia.create(10, Origin=origin).status_code == 403
    assert zofia.patch(path, 0, a_file(10), Origin=origin).status_code == 403
    assert zofia.ask("DELETE", path, Origin=origin).status_code == 403
    assert zofia.offset(path) == 0


def test_our_own_page_may_send(tus, cast):
    assert tus(cast.zofia).create(10, Origin="http://localhost").status_code == 201


def test_a_page_elsewhere_is_given_no_leave_to_send(tus, cast):
    answer = tus().ask("OPTIONS", PLACE, Tus_Resumable=None, Origin="https://evil.example")

    assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118


def test_a_late_answer_brings_no_session_back(tus, cast, app):
    """Somebody may have signed out while the bytes were on their way."""
    zofia = tus(cast.zofia)
    path = zofia.begin(10)
    with zofia.browser.client.session_transaction() as mine:
        mine["seen"] -= 3600

    assert "Set-Cookie" not in zofia.patch(path, 0, a_file(10)).headers
