"""What the pages say of a post whose week is over or was taken back."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from moderation.reviewing import request_changes
from moderation.with_post import WithPost, add_and_approve, add_to
from rota.planning import take_week_back
from takeover.clock import now
from takeover.instagram.models import Alarm, Publication
from takeover.instagram.turning_away import turn_away, turned_away
from takeover.instagram.wording import link_of, words_of
from takeover.posts.digest import digest_of
from takeover.posts.models import PostState, Surface
from takeover.posts.rules import WeekHasEnded
from takeover.programmes.pausing import pause
from takeover.weeks.giving import give_week
from tests.cast import NOW
from tests.preparing import a_draft, a_submitted_post, an_approved_post

THIS_WEEK = "/calendar/2026-11-23"


@pytest.fixture
def over(cast):
    """Everything that happens in it happens once the week of Zofia has ended."""
    return lambda: time_machine.travel(cast.week.ends + timedelta(hours=1))


def missed(session, cast, *, why=""):
    post = an_approved_post(session, cast, slot_at=NOW)
    post.move(PostState.MISSED, by=None, at=NOW, why=why)
    session.commit()
    return post


def on_account(session, cast, **facts):
    post = an_approved_post(session, cast, slot_at=NOW - timedelta(minutes=5))
    for name, fact in facts.items():
        setattr(post, name, fact)
    post.move(PostState.PUBLISHING, by=None, at=NOW)
    post.published_at = NOW
    post.move(PostState.PUBLISHED, by=None, at=NOW)
    session.commit()
    return post


def test_a_week_that_was_taken_back_was_not_taken_out_by_its_author(browse, cast, session):
    following = give_week(
        cast.programme,
        cast.zofia,
        session=session,
        starts_on=date(2026, 11, 30),
        by=cast.lea,
        at=NOW,
    )
    post = an_approved_post(session, cast, week=following)
    asked = browse(cast.amir).get(f"/queue/{post.id}")
    take_week_back(following, session=session, by=cast.lea, at=now())
    session.commit()

    page = browse(cast.zofia).get(f"/posts/{post.id}")
    assert page.says("Your week was taken back")
    assert not page.says("You took it out")
    for page in (
        browse(cast.amir).get(f"/queue/{post.id}"),
        asked.submit("Stop this post", reason="No"),
    ):
        assert page.says("Its week was taken back")
        assert not page.says("author has taken it out")


def test_who_stepped_down_has_not_taken_each_post_out(browse, cast, session):
    post = an_approved_post(session, cast, slot_at=NOW)
    cast.consent.withdrawn_at = now()
    turned_away(post, at=now())
    session.commit()

    page = browse(cast.zofia).get(f"/posts/{post.id}")
    assert page.says("You have stepped down")
    assert not page.says("You took it out")
    page = browse(cast.amir).get(f"/queue/{post.id}")
    assert page.says("The author has stepped down")
    assert not page.says("taken it out")


def test_what_was_missed_with_its_week_is_led_to_where_it_is(browse, cast, session, over):
    post = an_approved_post(session, cast, slot_at=NOW + timedelta(days=4))
    with over():
        turn_away(session, post.id, at=now())
        alarm = session.scalars(select(Alarm)).one()
        amir = browse(cast.amir)

        assert "another time" not in words_of(alarm, cast.amir).what_to_do
        for page in (amir.get(link_of(alarm)), amir.get(THIS_WEEK).follow("What to do")):
            assert page.says("Missed: week over")
            assert page.says("Take it out")
            for words in ("With the post", "Approve it like this"):
                assert not page.says(words)


def test_several_that_were_missed_with_their_week_are_found_in_its_calendar(
    app, browse, cast, session, over
):
    posts = [
        an_approved_post(session, cast, caption=name, slot_at=NOW + timedelta(days=4, hours=hours))
        for hours, name in enumerate(["One", "Two"])
    ]
    with over():
        turn_away(session, posts[0].id, at=now())
        alarm = session.scalars(select(Alarm)).one()

        assert "another time" not in words_of(alarm, cast.amir).what_to_do
        page = browse(cast.amir).get(link_of(alarm))

        assert page.says("One")
        assert page.says("Two")
        assert page.path == THIS_WEEK


def test_nothing_is_added_to_a_post_whose_week_is_over(cast, session, over):
    post = missed(session, cast)
    with over():
        for verb in (add_to, add_and_approve):
            with pytest.raises(WeekHasEnded):
                verb(
                    post,
                    WithPost(first_comment="Hi"),
                    session=session,
                    digest_seen=digest_of(post),
                    by=cast.amir,
                    at=now(),
                )


def test_what_waits_from_a_week_that_is_over_can_only_be_rejected(browse, cast, session, over):
    post = a_submitted_post(session, cast)
    with over():
        amir = browse(cast.amir)
        page = amir.get(f"/queue/{post.id}")
        assert page.says("Its week is over")
        assert page.says("Reject this post")
        for words in ("No free slot", "add slots", "Request changes"):
            assert not page.says(words)
        inputs = {one.get("name"): one.get("value") for one in page.tree.iter("input")}
        seen = {name: inputs[name] for name in ("csrf_token", "digest")}
        for verb, facts in (("approve", {}), ("changes", {"reason": "Crop it"})):
            refused = amir.post(f"/queue/{post.id}/{verb}", **seen, **facts)
            assert refused.status == 422
            assert refused.says("Its week is over: it cannot go out any more.")
    assert post.state is PostState.SUBMITTED


@pytest.mark.parametrize("stage", ["draft", "submitted", "sent back", "too late"])
def test_its_author_hopes_for_nothing_once_their_week_is_over(browse, cast, session, over, stage):
    if stage == "too late":
        post = missed(session, cast, why="too late")
    else:
        post = (a_draft if stage == "draft" else a_submitted_post)(session, cast)
    if stage == "sent back":
        request_changes(
            post,
            session=session,
            digest_seen=digest_of(post),
            reason="Crop it",
            by=cast.amir,
            at=now(),
        )
        session.commit()
    with over():
        page = browse(cast.zofia).get(f"/posts/{post.id}")

    assert page.says("Your week was over before it could go out.")
    for words in ("Comms looks at it next", "Submit it when", "another time", "Changes asked"):
        assert not page.says(words)
    assert page.says("Crop it") == (stage == "sent back")


def test_the_page_of_the_posts_tells_of_what_waits_from_a_week_that_is_over(
    browse, cast, session, over
):
    a_submitted_post(session, cast)
    with over():
        page = browse(cast.amir).get("/posts")

    assert page.says("One waits in the queue")
    assert not page.says("No posts yet")


def test_what_is_said_not_to_be_there_is_not_tried_again_after_its_week(
    browse, cast, session, over
):
    post = an_approved_post(session, cast, slot_at=NOW)
    for state in (PostState.PUBLISHING, PostState.UNCERTAIN):
        post.move(state, by=None, at=NOW)
    session.add(Publication(post_id=post.id, door="graph", handle={}, sent_at=NOW, doubted_at=NOW))
    session.commit()
    with over():
        page = browse(cast.amir).get("/posts").submit("It is not there")

    assert page.says("Noted: it is not on the account.")
    assert not page.says("try it again")


@pytest.mark.parametrize("is_gone", ["week", "consent"])
def test_what_can_get_no_other_time_is_offered_none(browse, cast, session, over, is_gone):
    post = missed(session, cast, why="too late")
    if is_gone == "consent":
        cast.consent.withdrawn_at = now()
        session.commit()
    with over() if is_gone == "week" else time_machine.travel(NOW):
        page = browse(cast.amir).get(f"/calendar/posts/{post.id}/move")
        author = browse(cast.zofia).get(f"/posts/{post.id}")

    assert page.says("Its week is over" if is_gone == "week" else "The author has stepped down")
    for words in ("Choose when", "Any other time", "Move it"):
        assert words not in page.html.split("<main", 1)[1].replace("Move this post", "")
    assert not author.says("another time")


def test_a_story_is_on_the_account_for_a_day(browse, cast, session):
    post = on_account(session, cast, surface=Surface.STORY, permalink="https://instagram.com/x/")
    assert browse(cast.zofia).get(f"/posts/{post.id}").says("Everybody can see it.")
    with time_machine.travel(NOW + timedelta(hours=24)):
        amir, zofia = browse(cast.amir), browse(cast.zofia)
        for page in (
            zofia.get(f"/posts/{post.id}"),
            zofia.get("/my-week"),
            amir.get(f"/queue/{post.id}"),
            amir.get("/posts"),
            amir.get(THIS_WEEK),
        ):
            assert page.says("Was on the account")
            for words in ("Everybody can see it", "1 is on the account", "Take it down", "See it"):
                assert not page.says(words)


def test_nobody_is_led_where_they_may_not_go_from_the_page_of_the_pause(browse, cast, session):
    an_approved_post(session, cast, slot_at=NOW - timedelta(minutes=1))
    pause(cast.programme, session=session, reason="", by=cast.lea, at=now())
    session.commit()
    ada = browse(cast.ada)

    page = ada.get("/pause")

    assert page.says("Sparks fly")
    for path in page.links.values():
        assert not path.startswith("/") or ada.get(path).status == 200
