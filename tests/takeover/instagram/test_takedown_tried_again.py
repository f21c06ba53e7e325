"""A takedown that the app tries again: what is said meanwhile, and when it fails once more."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from takeover.clock import now
from takeover.instagram.models import Alarm, Takedown
from takeover.instagram.publisher import Reason, TheirsForNow
from takeover.instagram.sandbox import SandboxPublisher
from takeover.instagram.taking_down import let_app_try
from takeover.mail.models import Message
from takeover.posts.finding import lock_post
from takeover.posts.models import PostState
from tests.cast import NOW
from tests.takeover.instagram.test_taking_down import ask

TROUBLE = TheirsForNow("500", reason=Reason.TEMPORARY)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def refused(monkeypatch):
    """The account refuses to delete anything."""

    def refuse(self, on):
        raise TROUBLE

    monkeypatch.setattr(SandboxPublisher, "take_down", refuse)


def asked_by_amir(browse, cast, post, tick):
    amir = browse(cast.amir)
    amir.get(f"/posts/{post.id}/take-down").submit("Take it down")
    tick()
    return amir


def letters(session):
    return session.scalars(select(Message.id).where(Message.kind == "alarm")).all()


def fail_for_good(session, post, tick, clock):
    for _ in range(5):
        clock.shift(timedelta(minutes=5))
        tick()
    session.expire_all()
    assert session.get(Takedown, post.id).by_hand


def test_comms_reads_what_happened_when_it_is_tried_again_and_may_do_it_now(
    browse, session, cast, published, tick, refused, monkeypatch
):
    published.permalink = "https://www.instagram.com/p/C/"
    session.commit()
    amir = asked_by_amir(browse, cast, published, tick)

    page = amir.get(f"/posts/{published.id}/take-down")

    assert page.says("It is not taken down yet")
    assert page.says("Instagram had trouble of its own. The app tries again")
    assert "https://www.instagram.com/p/C/" in page.html
    monkeypatch.setattr(SandboxPublisher, "still_shows", lambda self, on: False)
    page = page.submit("It is gone")
    assert page.says("It is no longer on the account")
    session.expire_all()
    assert published.state is PostState.TAKEN_DOWN


def test_what_the_sandbox_still_shows_is_not_gone(browse, session, cast, published, tick, refused):
    asked_by_amir(browse, cast, published, tick)

    page = browse(cast.amir).get(f"/posts/{published.id}/take-down").submit("It is gone")

    assert page.says("It is still on the account")
    session.expire_all()
    assert published.state is PostState.PUBLISHED


def test_its_author_reads_that_it_is_still_there_and_tried_again(
    browse, cast, published, tick, refused
):
    asked_by_amir(browse, cast, published, tick)
    zofia = browse(cast.zofia)

    page = zofia.get(f"/posts/{published.id}/take-down")
    assert page.says("It is not taken down yet")
    assert "It is gone" not in page.html

    page = zofia.get(f"/posts/{published.id}")
    assert page.says("To be taken down")
    assert not page.says("Everybody can see it.")
    assert page.says("Asked to be taken down from the account")
    assert page.says("Taking it down failed: Instagram had trouble of its own; trying again")


@pytest.mark.parametrize("path", ["/posts", "/queue/{id}"])
def test_comms_sees_on_its_pages_that_it_is_to_go(browse, cast, published, tick, refused, path):
    amir = asked_by_amir(browse, cast, published, tick)

    page = amir.get(path.format(id=published.id))

    assert page.says("To be taken down")
    assert not page.says("On the account")
    assert not page.says("Take it down from the account")
    assert page.follow("How it is being taken down").says("It is not taken down yet")


def test_the_calendar_says_that_it_is_to_go(browse, cast, published, tick, refused):
    amir = asked_by_amir(browse, cast, published, tick)

    assert amir.get("/calendar").says("To be taken down")


def test_its_timeline_says_that_it_was_asked_for_and_left_to_a_person(
    browse, session, cast, published, tick, clock, refused
):
    amir = asked_by_amir(browse, cast, published, tick)
    fail_for_good(session, published, tick, clock)

    zofia = browse(cast.zofia)
    for page in (amir.get(f"/queue/{published.id}"), zofia.get(f"/posts/{published.id}")):
        assert page.says("Asked to be taken down from the account")
        assert page.says("A person has to take it down: Instagram had trouble of its own.")


def test_what_the_app_has_just_failed_at_it_does_not_claim_to_be_able_to(
    browse, session, cast, published, tick, clock, refused
):
    amir = asked_by_amir(browse, cast, published, tick)
    fail_for_good(session, published, tick, clock)

    page = amir.get(f"/posts/{published.id}/take-down")

    assert not page.says("The app may be able to, now")
    assert page.says("Let the app try")


def test_what_no_worker_has_taken_up_for_long_comms_may_do(browse, cast, published, clock):
    amir, path = browse(cast.amir), f"/posts/{published.id}/take-down"
    page = amir.get(path).submit("Take it down")
    assert "It is gone" not in page.html

    clock.shift(timedelta(minutes=2))

    assert "It is gone" in amir.get(path).html


def test_a_page_that_looks_again_is_left_alone_until_something_has_changed(
    browse, session, cast, published, tick, refused
):
    amir = asked_by_amir(browse, cast, published, tick)
    page = amir.get(f"/posts/{published.id}/take-down")
    again = page.tree.find(".//div[@hx-get]").get("hx-get")

    assert amir.fetch(again, headers={"HX-Request": "true"}).status_code == 204
    say = session.get(Takedown, published.id)
    say.tries += 1
    session.commit()
    assert amir.fetch(again, headers={"HX-Request": "true"}).status_code == 200


def test_a_second_failure_reaches_comms_again_and_once(
    session, cast, published, tick, clock, refused
):
    ask(session, cast, published)
    fail_for_good(session, published, tick, clock)
    before = letters(session)
    assert before

    let_app_try(lock_post(session, published.id), session=session, by=cast.amir, at=now())
    session.commit()
    fail_for_good(session, published, tick, clock)
    for _ in range(3):
        clock.shift(timedelta(minutes=5))
        tick()

    assert len(letters(session)) == 2 * len(before)
    still_open = select(Alarm).where(Alarm.kind == "take_down", Alarm.ended_at.is_(None))
    assert len(session.scalars(still_open).all()) == 1


def test_while_the_app_tries_again_nobody_is_asked_to(
    session, cast, published, tick, clock, refused
):
    ask(session, cast, published)
    fail_for_good(session, published, tick, clock)
    let_app_try(lock_post(session, published.id), session=session, by=cast.amir, at=now())
    tick("turn_away")

    still_open = select(Alarm).where(Alarm.kind == "take_down", Alarm.ended_at.is_(None))
    assert session.scalars(still_open).all() == []
