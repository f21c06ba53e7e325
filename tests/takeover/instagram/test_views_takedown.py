"""Taking a post down, as its author and comms see it."""

import re

import pytest
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.models import Connection, Takedown
from takeover.posts.models import PostState
from takeover.schedule import run_once
from tests.cast import NOW
from tests.preparing import an_approved_post


@pytest.fixture
def tick(app, session):
    def turn():
        session.commit()
        run_once(app, "publish")
        session.expire_all()

    return turn


@pytest.fixture
def published(session, cast, tick):
    post = an_approved_post(session, cast, caption="Sparks fly", slot_at=NOW)
    tick()
    return post


def test_comms_takes_a_post_down_and_sees_when_it_is_done(browse, session, cast, published, tick):
    amir = browse(cast.amir)
    page = amir.get(f"/queue/{published.id}").follow("Take it down from the account")
    assert page.says("It cannot be brought back.")

    page = page.submit("Take it down", reason="A face we may not show")
    assert page.says("It is being taken down")
    tick()
    page = amir.get(f"/posts/{published.id}/take-down")

    assert page.says("It is no longer on the account")
    assert page.says("A face we may not show")
    assert published.state is PostState.TAKEN_DOWN
    actions = select(AuditEntry.action).where(AuditEntry.object_kind == "posts")
    done = session.scalars(actions.order_by(AuditEntry.id)).all()
    assert done[-2:] == ["takedown_asked", "taken_down"]


def test_the_author_may_ask_for_their_own_and_reads_how_it_ended(browse, cast, published, tick):
    zofia = browse(cast.zofia)
    page = zofia.get(f"/posts/{published.id}").follow("Take it down from the account")
    page.submit("Take it down")
    tick()

    page = zofia.get(f"/posts/{published.id}")

    assert page.says("It is no longer on the account.")
    assert page.says("It was taken down from the account")


@pytest.mark.parametrize("who", ["hanna", "noe"])
def test_it_is_nobody_elses_business(browse, cast, published, who):
    page = browse(getattr(cast, who)).get(f"/posts/{published.id}/take-down")

    assert page.status == 404


def test_what_is_not_out_cannot_be_taken_down(browse, session, cast):
    post = an_approved_post(session, cast)

    assert browse(cast.amir).get(f"/posts/{post.id}/take-down").status == 404


def test_a_second_press_asks_for_nothing_more(browse, session, cast, published):
    amir, lea = browse(cast.amir), browse(cast.lea)
    pages = [one.get(f"/posts/{published.id}/take-down") for one in (amir, lea)]

    for page in pages:
        answer = page.submit("Take it down")

    assert answer.says("It is being taken down")
    assert len(session.scalars(select(Takedown)).all()) == 1


def test_what_a_person_has_to_do_is_said_and_ended_by_a_person(browse, session, cast, published):
    session.add(
        Connection(
            programme=cast.programme,
            publisher="graph",
            sealed_session=b"",
            connected_at=NOW,
            stopped_at=NOW,
        )
    )
    session.commit()
    amir = browse(cast.amir)
    page = amir.get(f"/posts/{published.id}/take-down").submit("Take it down")
    assert page.says("It has to be taken down by hand")
    assert browse(cast.zofia).get(f"/posts/{published.id}/take-down").says("Comms has been told.")

    page = page.submit("It is gone")

    assert page.says("It is no longer on the account")
    session.expire_all()
    assert published.state is PostState.TAKEN_DOWN
    assert session.get(Takedown, published.id).done_by_id == cast.amir.id


def test_its_author_cannot_say_that_it_is_gone(browse, session, cast, published):
    session.add(
        Takedown(post_id=published.id, asked_at=now(), asked_by_id=cast.amir.id, by_hand=True)
    )
    session.commit()
    zofia = browse(cast.zofia)
    page = zofia.get(f"/posts/{published.id}/take-down")
    assert "It is gone" not in page.html
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.html)[1]

    answer = zofia.post(f"/posts/{published.id}/taken-down", csrf_token=token)

    assert answer.status == 403
