"""A time that somebody writes for a post, also where the account's clock is put forward or back."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from takeover.audit import AuditEntry
from tests.preparing import an_approved_post

pytestmark = pytest.mark.each_database

EVENING = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)


def in_the_week_of(session, cast, monday):
    """Zofia's week is that one, and it is its Wednesday."""
    cast.week.starts_on = monday
    session.commit()
    return time_machine.travel(cast.week.begins + timedelta(days=2, hours=11), tick=True)


def test_a_time_that_the_clock_skips_is_not_taken(browse, cast, session):
    with in_the_week_of(session, cast, date(2027, 3, 22)):
        post = an_approved_post(session, cast)
        before = post.slot_at
        page = browse(cast.lea).get(f"/calendar/posts/{post.id}/move")

        page = page.submit("Move it to that time", day="2027-03-28", time="02:30")

        assert page.status == 422
        assert page.says("That night the clock is put forward: 02:30 is skipped.")
        assert post.slot_at == before
        page = page.submit("Move it to that time", day="2027-03-28", time="03:30")
        assert post.slot_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_is_its_first_and_a_second_tap_means_the_first(
    browse, cast, session
):
    with in_the_week_of(session, cast, date(2027, 10, 25)):
        post = an_approved_post(session, cast)
        page = browse(cast.lea).get(f"/calendar/posts/{post.id}/move")

        for _tap in range(2):
            answer = page.submit("Move it to that time", day="2027-10-31", time="02:30")
            assert answer.says("It goes out Sun 31 Oct, 02:30")

        assert post.slot_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_time_sent_by_another_clock_is_the_same_instant(browse, cast, session):
    post = an_approved_post(session, cast)
    page = browse(cast.lea).get(f"/calendar/posts/{post.id}/move")

    page.submit("Move it there", slot="2026-11-25T18:00:00+01:00")

    assert post.slot_at == EVENING
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "slot_moved"))
    assert entry.facts["slot_at"] == EVENING.isoformat()
