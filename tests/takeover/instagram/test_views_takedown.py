"""Taking a post down, as its author and comms see it."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.belonging import SETTLED_BY_PERSON
from takeover.instagram.graph.publisher import GraphPublisher
from takeover.instagram.models import AccountHold, Connection, Publication, Takedown
from takeover.instagram.publisher import CannotTakeDown, Reason
from takeover.instagram.sealing import seal
from takeover.mail.models import Message
from takeover.posts.models import PostState
from tests.cast import NOW
from tests.preparing import a_connection, an_approved_post


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
    a_connection(session, cast.programme, stopped_at=NOW)
    amir = browse(cast.amir)
    page = amir.get(f"/posts/{published.id}/take-down").submit("Have it taken down")
    assert page.says("It has to be taken down by hand")
    assert browse(cast.zofia).get(f"/posts/{published.id}/take-down").says("Comms has been told")

    page = page.submit("It is gone").submit("Yes, it is gone")

    assert page.says("Amir Haddad says that it is gone")
    session.expire_all()
    assert published.state is PostState.TAKEN_DOWN
    assert session.get(Takedown, published.id).done_by_id == cast.amir.id


WHY_BY_HAND = {
    "stopped": "The account is stopped until somebody has looked after it.",
    "limited": "Instagram asked us to slow down.",
    "another door": "It went out by another way than the account is connected by now.",
    "found by a person": "Only a person has seen where it is.",
    "no way to delete": "Our way to the account cannot do that.",
}


def make_it_impossible(session, cast, post, why):
    published_officially(session, post)
    host = "instagram" if why == "no way to delete" else "facebook"
    connection = connect(session, cast, host)
    publication = session.get(Publication, post.id)
    if why == "stopped":
        connection.stopped_at = NOW
    elif why == "limited":
        hold = session.get(AccountHold, cast.programme.id)
        hold.wait_until = now() + timedelta(hours=1)
    elif why == "another door":
        publication.door = "instagrapi"
    elif why == "found by a person":
        publication.handle = {**publication.handle, SETTLED_BY_PERSON: True}
    session.commit()


@pytest.mark.parametrize("why", WHY_BY_HAND)
def test_why_it_is_taken_down_by_hand_is_told_truly_to_its_author_and_to_comms(
    browse, session, cast, published, why
):
    make_it_impossible(session, cast, published, why)
    zofia, amir, path = browse(cast.zofia), browse(cast.amir), f"/posts/{published.id}/take-down"
    zofia.get(path).submit("Have it taken down by hand")

    words = WHY_BY_HAND[why]
    assert zofia.get(path).says(f"{words} Comms has been told, and takes it down by hand.")
    assert amir.get(path).says(f"{words} Open it on Instagram, delete it there")
    assert amir.get("/posts").says(words)
    letters = session.scalars(select(Message.text).where(Message.kind == "alarm")).all()
    assert letters
    assert all(f"and we cannot do it. {words}" in text for text in letters)


def test_why_the_app_gave_up_is_told_as_it_was_the_last_time(
    browse, session, cast, published, tick, monkeypatch
):
    make_it_impossible(session, cast, published, "stopped")
    amir, path = browse(cast.amir), f"/posts/{published.id}/take-down"
    amir.get(path).submit("Have it taken down by hand")
    session.scalars(select(Connection)).one().stopped_at = None
    session.commit()

    def refuse(self, on):
        raise CannotTakeDown("no", reason=Reason.PERMISSION)

    monkeypatch.setattr(GraphPublisher, "take_down", refuse)
    amir.get(path).submit("Let the app try")
    tick()

    assert amir.get(path).says("Our access to the account lacks a permission. Open it on Instagram")


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


def connect(session, cast, host="facebook", **facts):
    keys = json.dumps({"host": host, "ig_user_id": "1", "user_token": "t"})
    found = session.scalar(select(Connection).where(Connection.programme_id == cast.programme.id))
    connection = found or Connection(programme=cast.programme, publisher="graph", connected_at=NOW)
    connection.sealed_session, connection.facts = seal(keys), {"host": host, **facts}
    session.add(connection)
    session.commit()
    return connection


def published_officially(session, post):
    publication = session.get(Publication, post.id)
    publication.door, publication.handle = "graph", {"ig_user": "1"}
    session.commit()


@pytest.mark.parametrize(
    ("host", "facts", "may"),
    [
        ("facebook", {}, True),
        ("facebook", {"lacks": ["instagram_manage_contents"]}, False),
        ("instagram", {}, False),
    ],
)
def test_what_only_a_person_can_do_is_said_beforehand(
    browse, session, cast, published, host, facts, may
):
    published_officially(session, published)
    connect(session, cast, host, **facts)

    page = browse(cast.zofia).get(f"/posts/{published.id}/take-down")

    assert page.says("It goes from @a_week_at_nordwerk, with its likes and comments.") is may
    assert page.says("a person has to, on Instagram") is not may
    page = page.submit("Take it down" if may else "Have it taken down by hand")
    assert page.says("It is being taken down now.") is may


def test_the_app_tries_once_it_can(browse, session, cast, published):
    published_officially(session, published)
    connect(session, cast, "instagram")
    page = browse(cast.amir).get(f"/posts/{published.id}/take-down")
    page = page.submit("Have it taken down by hand")
    assert not page.says("Let the app try")

    connect(session, cast, "facebook")
    page = browse(cast.amir).get(f"/posts/{published.id}/take-down").submit("Let the app try")

    assert page.says("It is being taken down")
    session.expire_all()
    assert not session.get(Takedown, published.id).by_hand
    assert not browse(cast.zofia).get(f"/posts/{published.id}/take-down").says("Let the app try")
    done = select(AuditEntry.by_id).where(AuditEntry.action == "takedown_tried_again")
    assert session.scalars(done).all() == [cast.amir.id]


def test_no_app_tries_where_our_access_has_ended(browse, session, cast, published):
    published_officially(session, published)
    connect(session, cast, "facebook")
    page = browse(cast.amir).get(f"/posts/{published.id}/take-down")
    session.scalars(select(Connection)).one().expires_at = now()
    session.commit()

    page = page.submit("Take it down", reason="x" * 2001)
    assert page.says("a person has to, on Instagram")
    assert page.html.count("autofocus") == 1
    page = page.submit("Have it taken down by hand", reason="A face")

    assert page.says("Our access to the account has ended.")
    assert not page.says("Let the app try")


def test_what_is_to_be_taken_down_by_hand_stands_first_among_the_posts(
    browse, session, cast, published
):
    published_officially(session, published)
    connect(session, cast, "instagram")
    ask = browse(cast.zofia).get(f"/posts/{published.id}/take-down")
    ask.submit("Have it taken down by hand", reason="A face we may not show")

    page = browse(cast.amir).get("/posts")

    assert page.says("One post needs you")
    assert page.says("Take it down from @a_week_at_nordwerk by hand")
    assert page.says("Asked for by Zofia Kowalczyk")
    assert page.says("A face we may not show")
    page = page.submit("It is gone").submit("Yes, it is gone")
    assert page.says("Said to be gone from the account")
    assert not browse(cast.amir).get("/posts").says("by hand")


def test_who_says_that_it_is_gone_is_told_where_it_is_not(
    browse, session, cast, published, monkeypatch
):
    published_officially(session, published)
    connect(session, cast, "instagram")
    monkeypatch.setattr(GraphPublisher, "still_shows", lambda self, on: True)
    page = browse(cast.amir).get(f"/posts/{published.id}/take-down")
    page = page.submit("Have it taken down by hand")

    page = page.submit("It is gone")
    assert page.says("It is still on the account")
    session.expire_all()
    assert published.state is PostState.PUBLISHED

    page = page.submit("It is gone all the same")
    assert page.says("When the app looked, Instagram still showed it.")
    session.expire_all()
    assert published.state is PostState.TAKEN_DOWN


def test_where_the_account_does_not_show_it_a_person_is_believed(
    browse, session, cast, published, monkeypatch
):
    published_officially(session, published)
    connect(session, cast, "instagram")
    monkeypatch.setattr(GraphPublisher, "still_shows", lambda self, on: False)
    page = browse(cast.amir).get(f"/posts/{published.id}/take-down")

    page = page.submit("Have it taken down by hand").submit("It is gone")

    assert page.says("It is no longer on the account")


def test_what_was_taken_down_is_not_linked_any_more(browse, session, cast, published, tick):
    amir, zofia = browse(cast.amir), browse(cast.zofia)
    assert zofia.get(f"/posts/{published.id}").says("See it on the account")
    amir.get(f"/posts/{published.id}/take-down").submit("Take it down")
    tick()

    assert published.permalink
    assert not zofia.get(f"/posts/{published.id}").says("See it on the account")
    page = amir.get(f"/queue/{published.id}")
    assert page.says("Went out as")
    assert not page.says("Goes out as")
    assert amir.get(f"/calendar/posts/{published.id}/move").says("was taken down")
