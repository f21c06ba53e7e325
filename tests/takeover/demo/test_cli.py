"""`flask demo`: what it prints."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.demo.doors import DOORS
from takeover.posts.models import Post, PostState
from tests.cast import NOW
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


def test_trial_posts_say_when_they_are_due(filled: Flask, session: Session) -> None:
    due = (NOW + timedelta(days=2)).isoformat()

    words = ["demo", "posts", "--approved", "2", "--due", due, "--apart", "60"]
    result = filled.test_cli_runner().invoke(args=words)

    assert result.exit_code == 0
    assert "2 approved posts of a-week-at-halbrane are due from" in result.output
    assert "from Fri 27 Nov, 11:00 to Fri 27 Nov, 11:01 (Europe/Paris)" in result.output
    assert "in the week 23–29 Nov 2026, which Ambassador of a-week-at-halbrane has" in (
        result.output.replace("\u2009", "")
    )
    now = ["demo", "posts", "--approved", "1", "--due", "now"]
    assert "is due now" in filled.test_cli_runner().invoke(args=now).output


def test_trial_posts_outside_the_week_they_would_be_put_in_are_refused(
    filled: Flask, session: Session
) -> None:
    before = session.scalars(select(Post.id).where(Post.state == PostState.APPROVED)).all()
    for due, apart in (
        (NOW + timedelta(days=6), "0"),
        (NOW - timedelta(days=4), "0"),
        (NOW, str(3 * 24 * 3600)),
    ):
        words = ["demo", "posts", "--approved", "3", "--due", due.isoformat(), "--apart", apart]

        result = filled.test_cli_runner().invoke(args=words)

        assert result.exit_code == 2
        assert "outside the week" in result.output
    session.expire_all()
    after = session.scalars(select(Post.id).where(Post.state == PostState.APPROVED)).all()
    assert len(after) == len(before)
