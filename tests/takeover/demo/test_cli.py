"""`flask demo`: what it prints."""

from flask import Flask
from sqlalchemy.orm import Session

from takeover.demo.doors import DOORS
from tests.pages import Browser


def test_it_prints_a_link_for_each_role_that_lets_one_in_once(
    filled: Flask, visitor: Browser, session: Session
) -> None:
    result = filled.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 0
    links = dict(line.rsplit(None, 1) for line in result.output.splitlines())
    assert list(links) == [str(door.label) for door in DOORS]
    way_in = links["Approver"].removeprefix("http://localhost")
    assert visitor.get(way_in).submit("Sign in").path == "/queue"
    assert Browser(filled, session).get(way_in).submit("Send me a new link").status == 200
