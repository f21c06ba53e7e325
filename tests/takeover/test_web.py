"""Addresses that are no addresses, and what an answer carries besides its page."""

import pytest

from takeover.web import own_path


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "//[", ""],
)
def test_nobody_is_sent_elsewhere(elsewhere):
    assert own_path(elsewhere, otherwise="/home") == "/home"


@pytest.mark.parametrize(
    "path",
    ["/sandbox/a%00b", "/rota/a%00b/2026-11-23", "/programmes/a%00b/settings", "/static/a%00b"],
)
def test_a_name_that_no_database_can_hold_is_nothing(browse, cast, path):
    assert browse(cast.lea).fetch(path).status_code == 404


def test_an_address_that_is_no_address_leads_home(browse, cast):
    assert browse(cast.amir).fetch("/sign-in?next=//[").headers["Location"] == "/queue"


def test_a_file_that_everybody_gets_carries_nobodys_session(browse, cast):
    """A cache on the way may keep it, cookies and all, and hand it to the next person."""
    with browse(cast.amir).fetch("/static/css/pages.css") as answer:
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
