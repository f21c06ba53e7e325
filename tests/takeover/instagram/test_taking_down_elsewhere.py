"""Taking down what went out by another door, or on another account, than the programme has now; and
where none opens: a person's task, at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from takeover.clock import now
from takeover.instagram.doors import publisher_for
from takeover.instagram.due import accounts_with_work
from takeover.instagram.models import Alarm, Connection, Publication
from takeover.instagram.publisher import EARLIER, CannotTakeDown, OnAccount, TheirsForGood
from takeover.instagram.taking_down import take_down
from takeover.posts.models import PostState
from tests.cast import NOW
from tests.takeover.instagram.test_taking_down import Door, ask, work_of


def connected(session, cast, **facts):
    connection = Connection(
        programme=cast.programme,
        publisher="graph",
        sealed_session=b"unreadable",
        connected_at=NOW,
        **facts,
    )
    session.add(connection)
    session.flush()
    return connection


def went_out_by(session, post, door, handle=None):
    publication = session.get(Publication, post.id)
    publication.door, publication.handle = door, handle or {}
    publication.media_id = "17895695668004550"
    session.commit()


def alarms(session):
    return session.scalars(select(Alarm.kind).order_by(Alarm.id)).all()


def test_a_stopped_account_leaves_it_to_a_person_at_once(session, cast, published):
    went_out_by(session, published, "graph")
    connected(session, cast, stopped_at=NOW)

    assert ask(session, cast, published).by_hand


@pytest.mark.parametrize("door", ["graph", "instagrapi"])
def test_what_went_out_by_a_door_that_is_there_no_more_is_left_to_a_person_at_once(
    session, cast, published, tick, door
):
    went_out_by(session, published, door)
    if door == "instagrapi":
        connected(session, cast)

    asked = ask(session, cast, published)
    tick()

    assert asked.by_hand
    assert published.state is PostState.PUBLISHED
    assert "take_down" in alarms(session)


def test_what_went_out_on_another_account_is_not_looked_for_on_this_one(session, cast, published):
    session.get(Publication, published.id).handle = {"ig_user": "17841400000000001"}
    asked, door = ask(session, cast, published), Door()
    door.account = "17841400000000002"

    take_down(work_of(session, published, door), published.id)

    session.expire_all()
    assert door.asked == []
    assert (asked.by_hand, published.state) == (True, PostState.PUBLISHED)
    assert alarms(session) == ["take_down"]


def test_what_was_found_from_an_earlier_try_belongs_to_the_account_of_that_try(
    session, cast, published
):
    session.get(Publication, published.id).handle = {EARLIER: {"account_pk": "42"}}
    asked, door = ask(session, cast, published), Door()
    door.account = "42"

    take_down(work_of(session, published, door), published.id)

    session.expire_all()
    assert (asked.by_hand, published.state) == (False, PostState.TAKEN_DOWN)


def test_an_account_that_is_stopped_after_somebody_asked_leaves_it_to_a_person(
    session, cast, published, tick
):
    went_out_by(session, published, "graph")
    connection = connected(session, cast)
    asked = ask(session, cast, published)
    assert not asked.by_hand

    connection.stopped_at = now()
    tick()

    assert asked.by_hand
    assert alarms(session) == ["take_down"]


def test_an_account_that_is_disconnected_after_somebody_asked_leaves_it_to_a_person(
    session, cast, published, tick
):
    went_out_by(session, published, "graph")
    connection = connected(session, cast)
    asked = ask(session, cast, published)

    session.delete(connection)
    tick()

    assert asked.by_hand
    assert alarms(session) == ["take_down"]
    assert accounts_with_work(session, at=now() + timedelta(days=1)) == []


def test_keys_that_cannot_be_read_leave_it_to_a_person(session, cast, published, tick):
    went_out_by(session, published, "graph")
    connected(session, cast)
    asked = ask(session, cast, published)

    tick()
    tick()

    assert asked.by_hand
    assert sorted(alarms(session)) == ["stopped", "take_down"]


@pytest.mark.parametrize("media_id", ["12_34", "17895695668004550", "sandbox-x", ""])
def test_the_sandbox_takes_nothing_down_that_it_did_not_publish(session, published, media_id):
    sandbox = publisher_for(session, published.programme_id)[1]
    session.commit()

    with pytest.raises(CannotTakeDown):
        sandbox.take_down(OnAccount(media_id=media_id, permalink=""))
    with pytest.raises(TheirsForGood):
        sandbox.comment(OnAccount(media_id=media_id, permalink=""), "Hello")
