"""What is said as a post gets its time is what its own page says a second later, and no button is
offered that would be refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from takeover.clock import now
from takeover.instagram.models import AccountHold, Publication
from takeover.posts.models import PostState
from takeover.programmes.pausing import pause, resume
from takeover.weeks.giving import give_week
from tests.cast import NOW
from tests.moderation.test_calendar import PATH
from tests.preparing import a_connection, a_submitted_post, an_approved_post


def pause_it(session, cast, *, at=NOW):
    pause(cast.programme, session=session, reason="", by=cast.lea, at=at)
    session.commit()


def held_up_and_resumed(session, cast, **facts):
    post = an_approved_post(session, cast, slot_at=NOW - timedelta(hours=1), **facts)
    pause_it(session, cast, at=NOW - timedelta(hours=3))
    resume(cast.programme, session=session, by=cast.lea, at=NOW)
    session.commit()
    return post


def test_who_approves_for_a_shut_account_reads_before_and_after_that_it_waits(
    browse, cast, session
):
    a_connection(session, cast.programme, stopped_at=NOW)
    post = a_submitted_post(session, cast)
    asked = browse(cast.amir).get(f"/queue/{post.id}")

    told = asked.submit("Approve")

    words = "Waits until somebody has looked at the account."
    assert [page.says(words) for page in (asked, told)] == [True, True]
    assert told.says("The post of Zofia Kowalczyk is approved.")
    assert not told.says("goes out")


def test_who_gives_a_time_during_a_pause_reads_that_it_goes_out_if_that_is_over(
    browse, cast, session
):
    post = a_submitted_post(session, cast)
    failed = an_approved_post(session, cast, caption="Failed", slot_at=NOW - timedelta(hours=1))
    failed.move(PostState.FAILED, by=None, at=now())
    pause_it(session, cast)
    amir = browse(cast.amir)

    pages = [
        amir.get(f"/queue/{post.id}"),
        amir.get(f"/queue/{post.id}").submit("Approve"),
        amir.get(f"/queue/{post.id}").submit("Approve it like this", first_comment="Look"),
        amir.get(f"/calendar/posts/{post.id}/move").submit("Move it there"),
        amir.get("/posts").submit("Place again"),
    ]

    said = [page.says("if the pause is over by then.") for page in pages]
    assert said == [True] * 5
    assert not [page.path for page in pages if page.says("It goes out")]


def test_in_the_calendar_it_is_said_once_what_a_moved_post_waits_for(browse, cast, session):
    post = an_approved_post(session, cast)
    pause_it(session, cast)

    asked = browse(cast.amir).get(f"/calendar/posts/{post.id}/move")
    told = asked.submit("Move it there")

    words = "if the pause is over by then."
    assert [page.text.count(words) for page in (asked, told)] == [1, 1]


def test_a_pause_hides_no_later_time_that_instagram_asked_for(browse, cast, session):
    cast.programme.grace = 24 * 60
    a_connection(session, cast.programme)
    hold = AccountHold(programme_id=cast.programme.id, wait_until=NOW + timedelta(hours=12))
    session.add(hold)
    post = an_approved_post(session, cast, slot_at=NOW + timedelta(minutes=10))
    pause_it(session, cast)

    page = browse(cast.zofia).get(f"/posts/{post.id}")

    assert page.says("Goes out Wed 25 Nov, 23:00")
    assert page.says(", if the pause is over by then.")


def next_week(session, cast):
    monday = date(2026, 11, 30)
    week = give_week(
        cast.programme, cast.zofia, session=session, starts_on=monday, by=cast.lea, at=NOW
    )
    session.commit()
    return an_approved_post(session, cast, week=week)


def of_a_stopped_account(session, cast):
    post = held_up_and_resumed(session, cast)
    a_connection(session, cast.programme, stopped_at=NOW)
    return post


def of_a_quota_used_up(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW - timedelta(minutes=2))
    a_connection(session, cast.programme)
    again = NOW + timedelta(hours=1)
    session.add(
        Publication(post_id=post.id, door="graph", handle={}, reason="quota", next_try_at=again)
    )
    session.commit()
    return post


@pytest.mark.parametrize("a_post", [next_week, of_a_stopped_account, of_a_quota_used_up])
def test_publish_now_is_not_offered_where_it_would_be_refused(browse, cast, session, a_post):
    post = a_post(session, cast)
    amir = browse(cast.amir)
    week = "/calendar/2026-11-30" if a_post is next_week else PATH

    pages = [amir.get(week), amir.get(f"/queue/{post.id}")]

    assert [page.says("Move") for page in pages] == [True, True]
    assert [page.says("Publish now") for page in pages] == [False, False]


def a_failed_one(session, cast):
    post = an_approved_post(session, cast, caption="Failed", slot_at=NOW - timedelta(hours=1))
    post.move(PostState.FAILED, by=None, at=now())
    session.commit()
    return post


@pytest.mark.parametrize("a_post", [a_failed_one, held_up_and_resumed])
def test_no_swap_is_offered_that_would_be_refused(browse, cast, session, a_post):
    other = an_approved_post(session, cast, caption="Other", slot_at=NOW + timedelta(hours=7))
    post = a_post(session, cast)
    page = browse(cast.amir).get(f"/calendar/posts/{post.id}/move")

    page = page.submit("Move it to that time", day=["2026-11-25"], time="18:00")

    assert other.slot_at == datetime(2026, 11, 25, 17, tzinfo=UTC)
    assert page.says("Another post has that very time")
    assert not page.says("Swap both")


def test_of_next_week_too_the_calendar_says_why_its_posts_wait_for_the_account(
    browse, cast, session
):
    next_week(session, cast)
    a_connection(session, cast.programme, stopped_at=NOW)

    page = browse(cast.lea).get("/calendar/2026-11-30")

    assert page.says("Nothing goes out to @a_week_at_nordwerk until somebody looks")


def test_a_week_in_which_the_accounts_clock_moves_away_says_whose_times_these_are(
    browse, cast, session
):
    cast.programme.timezone = "Europe/London"
    cast.week.starts_on = date(2027, 3, 22)
    with time_machine.travel(datetime(2027, 3, 22, 9, tzinfo=UTC)):
        an_approved_post(session, cast, slot_at=datetime(2027, 3, 28, 17, tzinfo=UTC))

        page = browse(cast.amir).get("/calendar/2027-03-22")

    assert page.says("for you")
    assert page.says("Times are those of London")


def test_nothing_is_said_to_go_out_to_an_account_that_is_stopped(browse, cast, session):
    a_connection(session, cast.programme, stopped_at=NOW)

    page = browse(cast.lea).get("/pause")

    assert page.says("Nothing is paused")
    assert not page.says("Approved posts go out at their time.")
    assert page.says("Nothing goes out until somebody looks at the account")
    assert page.follow("Look at the account").path == "/programmes/a-week-in-a-life/account"
    assert "Look at the account" not in browse(cast.ada).get("/pause").links


def test_what_was_published_at_once_is_told_as_that(browse, cast, session):
    post = an_approved_post(session, cast)
    amir = browse(cast.amir)

    amir.get(f"/calendar/posts/{post.id}/now").submit("Publish now")

    for page in (amir.get(f"/queue/{post.id}"), browse(cast.zofia).get(f"/posts/{post.id}")):
        assert page.says("Comms published it at once")
        assert not page.says("Comms gave it another time")


def test_comms_page_of_a_post_looks_again_while_it_goes_out(browse, cast, session):
    post = an_approved_post(session, cast, slot_at=NOW)
    amir, asks = browse(cast.amir), {"headers": {"HX-Request": "true"}}
    (address,) = amir.get(f"/queue/{post.id}").tree.xpath("//*[@id='page']/@hx-get")
    assert amir.fetch(address, **asks).status_code == 204

    post.move(PostState.PUBLISHING, by=None, at=now())
    session.commit()

    answer = amir.fetch(address, **asks)
    assert answer.status_code == 200
    assert "Going out now" in answer.get_data(as_text=True)


def test_comms_page_of_a_post_that_waits_for_them_stays_as_it_is(browse, cast, session):
    post = a_submitted_post(session, cast)

    assert browse(cast.amir).get(f"/queue/{post.id}").tree.xpath("//@hx-get") == []
