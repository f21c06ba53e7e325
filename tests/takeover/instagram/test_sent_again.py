"""The one thing that is sent a second time by itself is so after ten minutes, and not before."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from takeover.instagram import jobs
from takeover.instagram.models import Alarm
from takeover.instagram.publisher import OutcomeUnknown, Reason
from takeover.posts.models import PostState
from takeover.web import settings
from tests.cast import NOW
from tests.takeover.instagram.test_publishing import Door
from tests.takeover.instagram.test_waiting import SECOND, clock, posts_at, turn

__all__ = ["clock", "turn"]


@pytest.mark.parametrize("patience", [30, 590])
def test_who_has_less_patience_asks_a_person_before_that(
    session, cast, turn, clock, monkeypatch, patience
):
    chosen = replace(settings(), publish_patience=patience)
    monkeypatch.setattr(jobs, "settings", lambda: chosen)
    (post,) = posts_at(session, cast, NOW)
    door = Door(trouble=OutcomeUnknown("lost"), ready=True)

    turn(door)
    for _ in range(60):
        clock.shift(11 * SECOND)
        turn(door)

    assert (door.sent, post.state) == (1, PostState.UNCERTAIN)
    assert [alarm.kind for alarm in session.scalars(select(Alarm))] == ["uncertain"]


def test_with_as_much_or_more_the_same_is_sent_again(session, cast, turn, clock):
    (post,) = posts_at(session, cast, NOW)
    door = Door(trouble=OutcomeUnknown("lost"), ready=True)
    turn(door)
    clock.shift(timedelta(minutes=5))
    turn(door)
    door.trouble = None
    clock.shift(timedelta(minutes=5))
    turn(door)

    assert (door.sent, post.state) == (2, PostState.PUBLISHED)


def test_who_was_asked_may_have_posted_it_by_hand(session, cast, turn, clock):
    """Instagram answered that it wants to be left alone: nobody looked, and a person was asked."""
    (post,) = posts_at(session, cast, NOW)
    limit = timedelta(minutes=30)
    door = Door(trouble=OutcomeUnknown("slow down", reason=Reason.RATE_LIMITED, wait=limit))
    turn(door)
    clock.shift(timedelta(minutes=12))
    turn(door)
    assert session.scalars(select(Alarm.kind)).all() == ["uncertain"]

    door.trouble, door.ready = None, True
    clock.shift(limit)
    turn(door)

    assert (door.looked, door.sent, post.state) == (1, 1, PostState.UNCERTAIN)
