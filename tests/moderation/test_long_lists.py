"""Lists that are too long for a page say so, and cost it no more than a page."""

from datetime import date, timedelta

import time_machine
from sqlalchemy import update

from moderation import all_posts, views_pausing
from takeover.instagram.models import Takedown
from takeover.posts.models import Post
from takeover.programmes.pausing import lock_programme, pause
from takeover.weeks.giving import give_week
from tests.cast import NOW
from tests.moderation.test_many_posts import a_pause_is_over, hidden_in, many
from tests.questions import questions_of


def of_week(session, ids, week):
    session.execute(update(Post).where(Post.id.in_(ids)).values(week_id=week.id))
    session.commit()


def the_week_before(session, cast):
    monday, then = date(2026, 11, 16), NOW - timedelta(days=20)
    return give_week(
        cast.programme, cast.zofia, session=session, starts_on=monday, by=cast.lea, at=then
    )


def test_the_page_of_the_posts_says_that_more_did_not_go_out_than_it_shows(
    browse, cast, session, monkeypatch
):
    monkeypatch.setattr(all_posts, "MOST_ROWS", 2)
    many(session, cast, 3, states=("failed",))

    page = browse(cast.amir).get("/posts")

    assert page.says("These are the first 2.")


def test_posts_of_a_week_that_is_over_take_no_place_of_those_that_run(
    browse, cast, session, monkeypatch
):
    monkeypatch.setattr(all_posts, "MOST_ROWS", 5)
    of_week(session, many(session, cast, 4, states=("submitted",)), the_week_before(session, cast))
    many(session, cast, 3, states=("submitted",), begin=4)

    with time_machine.travel(NOW - timedelta(days=1)):
        page = browse(cast.amir).get("/posts")

    assert [page.says(f"No {number}") for number in (4, 5, 6)] == [True] * 3
    assert not page.says("These are the first")


def test_tasks_of_an_older_week_ask_the_database_once(browse, cast, session):
    lea, week = browse(cast.lea), the_week_before(session, cast)

    def tasks(how_many, begin):
        ids = many(session, cast, how_many, states=("published",), begin=begin)
        of_week(session, ids, week)
        asked = {"asked_at": NOW, "asked_by_id": cast.lea.id, "reason": "", "by_hand": True}
        session.add_all([Takedown(post_id=id, **asked) for id in ids])
        session.commit()
        return questions_of(lambda: lea.get("/posts"))

    assert len(tasks(2, 0)) == len(tasks(6, 10))


def test_the_pause_shows_what_was_due_first_and_says_how_many_more_wait(
    browse, cast, session, monkeypatch
):
    monkeypatch.setattr(views_pausing, "MOST_HELD", 2)
    many(session, cast, 5, states=("approved",))
    since = NOW - timedelta(hours=3)
    pause(
        lock_programme(session, cast.programme.id),
        session=session,
        reason="",
        by=cast.lea,
        at=since,
    )
    session.commit()

    page = browse(cast.lea).get("/pause")

    assert page.says("5 posts are due, and wait:")
    assert [page.says(f"No {number}") for number in range(5)] == [False] * 3 + [True] * 2
    assert page.says("These were due first; 3 more wait.")


def test_as_many_are_placed_again_at_once_as_are_shown(browse, cast, session, monkeypatch):
    monkeypatch.setattr(views_pausing, "MOST_HELD", 2)
    many(session, cast, 5, states=("approved",))
    a_pause_is_over(session, cast)

    page = browse(cast.lea).get("/pause")

    assert page.says("5 posts wait to be placed again")
    assert page.says("These were due first; 3 more wait.")
    planned = page.follow("Place 2 posts again")
    placed = planned.submit("Place 2 posts", place=hidden_in(planned, "place"))
    assert placed.says("3 posts wait to be placed again")
