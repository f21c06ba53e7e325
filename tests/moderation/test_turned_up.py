"""A post that was taken back and is on the account all the same: said first until it is settled."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.alarms import end_alarms
from takeover.instagram.models import Alarm, Publication
from takeover.instagram.recording import tell_turned_up
from takeover.posts.drafting import take_back, withdraw
from tests.cast import NOW
from tests.preparing import an_approved_post


def turned_up(session, cast, verb, *, sent="What was sent"):
    """It was sent with those words, and taken back by its author before it was found."""
    post = an_approved_post(session, cast, slot_at=NOW)
    verb(post, by=cast.zofia, at=now())
    handle = {"sent_as": {"door": "graph", "kind": "photo", "caption": sent}}
    session.add(Publication(post_id=post.id, door="graph", handle=handle))
    tell_turned_up(post, session=session, at=now())
    post.caption = "What nobody sent"
    session.commit()
    return post


@pytest.mark.parametrize("verb", [take_back, withdraw])
def test_what_turned_up_is_said_first_until_somebody_says_that_it_is_gone(
    browse, cast, session, verb
):
    post = turned_up(session, cast, verb)
    amir, zofia = browse(cast.amir), browse(cast.zofia)

    page = zofia.get(f"/posts/{post.id}")
    assert page.says("On the account all the same")
    assert not page.says("It does not go out.")
    assert not page.says("It will not go out")
    assert zofia.get("/my-week").says("On the account all the same")
    for page in (amir.get("/posts"), amir.get(f"/queue/{post.id}")):
        assert page.says("It is on @a_week_at_nordwerk all the same")
        assert page.says("What was sent")
        assert not page.says("What nobody sent")
        assert page.links["Look at @a_week_at_nordwerk"].endswith("/a_week_at_nordwerk/")
    assert amir.get(f"/queue/{post.id}").says("It is on Instagram after all")

    page = page.submit("It is gone")

    assert page.path == "/posts"
    assert not page.says("all the same")
    assert not zofia.get(f"/posts/{post.id}").says("On the account all the same")
    assert zofia.get(f"/posts/{post.id}").says("Comms said that it is gone from the account")
    assert not amir.get(f"/queue/{post.id}").says("all the same")
    entries = select(AuditEntry).where(AuditEntry.action == "turned_up_gone")
    assert session.scalars(entries).one().by_id == cast.amir.id


def test_what_turned_up_and_may_stay_needs_nobody_any_more(browse, cast, session):
    post = turned_up(session, cast, withdraw)
    alarm = session.scalars(select(Alarm)).one()
    with time_machine.travel(cast.week.ends + timedelta(hours=1)):
        end_alarms(session, at=now())
        assert alarm.ended_at is None
        amir = browse(cast.amir)
        page = amir.get("/posts")
        assert page.says("One post needs you")

        page.submit("It may stay there")

        assert not amir.get("/posts").says("all the same")
        assert browse(cast.zofia).get(f"/posts/{post.id}").says("On the account all the same")
        again = page.submit("It is gone")
        assert again.says("Somebody was faster")
        end_alarms(session, at=now())
        assert alarm.ended_at is not None
