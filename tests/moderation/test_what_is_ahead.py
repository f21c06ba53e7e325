"""What an approved post does next: the same on every page, for comms and for its author."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from takeover.clock import now
from takeover.instagram.models import AccountHold, Publication
from takeover.posts.events import note
from takeover.posts.models import PostState
from takeover.programmes.pausing import pause, resume
from tests.cast import NOW
from tests.moderation.test_calendar import PATH
from tests.preparing import a_connection, an_approved_post
from tests.questions import questions_of


def pages_of(browse, cast, post):
    """For comms: the posts, the post, the calendar; for its author: the post, and their week."""
    amir, zofia = browse(cast.amir), browse(cast.zofia)
    comms = [amir.get(path) for path in ("/posts", f"/queue/{post.id}", PATH)]
    return comms + [zofia.get(path) for path in (f"/posts/{post.id}", "/my-week")]


def all_say(pages, words):
    return [page.says(words) for page in pages] == [True] * len(pages)


def none_says(pages, *words):
    return not [(page.path, one) for page in pages for one in words if page.says(one)]


@pytest.fixture
def post(cast, session):
    return an_approved_post(session, cast)


def test_while_nothing_is_in_its_way_it_goes_out_at_its_time(browse, cast, post):
    comms_posts, comms_post, _calendar, *author = pages_of(browse, cast, post)

    assert all_say([comms_posts, comms_post, *author], "Goes out Wed 25 Nov")
    assert all_say(author, "Approved. It goes out by itself.")


def test_what_is_paused_is_nowhere_said_to_go_out(browse, cast, session, post):
    pause(cast.programme, session=session, reason="", by=cast.lea, at=now())
    session.commit()

    pages = pages_of(browse, cast, post)

    assert all_say(pages, "Paused")
    assert all_say(pages, ", if the pause is over by then.")
    assert none_says(pages, "It goes out by itself", "Publish now")


def test_what_a_pause_has_held_up_says_what_it_waits_for(browse, cast, session, post):
    pause(cast.programme, session=session, reason="", by=cast.lea, at=now())
    session.commit()
    with time_machine.travel(NOW + timedelta(hours=2)):
        assert all_say(pages_of(browse, cast, post), "Held up by a pause")

        resume(cast.programme, session=session, by=cast.lea, at=now())
        session.commit()

        pages = pages_of(browse, cast, post)
        assert all_say(pages, "Waits for another time")
        assert none_says(pages, "Goes out Wed 25 Nov")


@pytest.mark.parametrize("facts", [{"stopped_at": NOW}, {"expires_at": NOW}, None])
def test_of_an_account_that_is_shut_nothing_is_said_to_go_out(
    app, browse, cast, session, post, monkeypatch, facts
):
    if facts is None:
        changed = replace(app.extensions["settings"], publisher="graph")
        monkeypatch.setitem(app.extensions, "settings", changed)
    else:
        a_connection(session, cast.programme, **facts)

    pages = pages_of(browse, cast, post)

    assert all_say(pages, "Waits for the account")
    assert none_says(pages, "Goes out Wed 25 Nov", "It goes out by itself", "Publish now")
    assert all_say(pages[:2], "Look at the account")
    assert pages[0].says("Nothing goes out to @a_week_at_nordwerk")
    assert all_say(pages[3:], "Comms sees to the account; you need do nothing.")


def just_after_another(session, cast):
    """Due ten seconds after one that has gone out."""
    before = an_approved_post(session, cast, caption="Before", slot_at=NOW - timedelta(minutes=1))
    before.move(PostState.PUBLISHING, by=None, at=now())
    before.published_at = NOW - timedelta(minutes=1)
    before.move(PostState.PUBLISHED, by=None, at=now())
    return an_approved_post(session, cast, slot_at=NOW - timedelta(seconds=50))


def test_what_waits_for_the_post_before_it_says_until_when(browse, cast, session):
    cast.programme.spacing = 20
    post = just_after_another(session, cast)

    pages = pages_of(browse, cast, post)

    assert all_say(pages, "20 minutes after the post before it.")
    assert none_says(pages, "Going out now", "in a moment", "Goes out Wed 25 Nov, 09:59")


def test_what_is_due_too_soon_after_the_last_one_is_not_said_to_go_out_at_its_time(
    browse, cast, session
):
    cast.programme.spacing = 20
    before = an_approved_post(session, cast, caption="Before", slot_at=NOW - timedelta(minutes=1))
    before.move(PostState.PUBLISHING, by=None, at=now())
    before.published_at = NOW - timedelta(minutes=1)
    before.move(PostState.PUBLISHED, by=None, at=now())
    post = an_approved_post(session, cast, slot_at=NOW + timedelta(minutes=5))

    pages = pages_of(browse, cast, post)

    assert all_say(pages, "20 minutes after the post before it.")
    assert none_says(pages, "It goes out by itself", "Less than 20 minutes from another")


def test_what_instagram_asks_to_leave_alone_says_until_when(browse, cast, session, post):
    a_connection(session, cast.programme)
    session.add(AccountHold(programme_id=cast.programme.id, wait_until=NOW + timedelta(hours=3)))
    session.commit()

    assert all_say(pages_of(browse, cast, post), "Instagram asked us to slow down.")


@pytest.mark.parametrize(
    ("hours", "for_comms", "for_author"),
    [
        (9, "it will be missed unless it gets another time.", "Comms may give it another time;"),
        (24 * 5, "it cannot go out in this week.", "Your week is over by then,"),
    ],
)
def test_what_will_be_missed_before_its_account_may_be_asked_says_so(
    browse, cast, session, post, hours, for_comms, for_author
):
    a_connection(session, cast.programme)
    until = NOW + timedelta(hours=hours)
    session.add(AccountHold(programme_id=cast.programme.id, wait_until=until))
    session.commit()

    pages = pages_of(browse, cast, post)

    assert all_say(pages, "Waits too long")
    assert all_say(pages, "Instagram asked us to slow down until")
    assert all_say(pages[:3], for_comms)
    assert all_say(pages[3:], for_author)
    assert none_says(pages, "Goes out Wed", "Goes out Mon", "It goes out by itself")
    account = browse(cast.lea).get("/programmes/a-week-in-a-life/account")
    assert account.says("but for what is too late by then")


def test_what_will_be_missed_before_its_turn_comes_says_so(browse, cast, session):
    cast.programme.spacing, cast.programme.grace = 60, 30
    post = just_after_another(session, cast)

    pages = pages_of(browse, cast, post)

    assert all_say(pages[:3], "60 minutes after the post before it. That is too late:")
    assert none_says(pages, "Goes out Wed")


def test_its_author_who_has_the_page_open_reads_of_a_pause(browse, cast, session, post):
    zofia = browse(cast.zofia)
    opened = zofia.get(f"/posts/{post.id}")
    again = next(e.get("hx-get") for e in opened.tree.iter() if e.get("hx-get"))
    looks = {"headers": {"HX-Request": "true"}}
    assert zofia.fetch(again, **looks).status_code == 204

    pause(cast.programme, session=session, reason="", by=cast.lea, at=now())
    session.commit()

    assert "if the pause is over by then" in zofia.fetch(again, **looks).get_data(as_text=True)


def test_an_author_of_many_posts_asks_the_database_as_often_as_of_two(browse, cast, session):
    zofia = browse(cast.zofia)

    def asked():
        return questions_of(lambda: zofia.get("/my-week"))

    for caption in ("One", "Two"):
        an_approved_post(session, cast, caption=caption)
    few = asked()
    for number in range(6):
        due = NOW - timedelta(minutes=number)
        an_approved_post(session, cast, caption=f"No {number}", slot_at=due)

    many = asked()
    assert len(many) == len(few), "\n".join(many)


def test_the_next_try_is_one_minute_everywhere(browse, cast, session):
    until = NOW + timedelta(minutes=12, seconds=48)
    post = an_approved_post(session, cast, slot_at=NOW - timedelta(minutes=5))
    session.add(Publication(post_id=post.id, reason="network", next_try_at=until))
    note(post, "waits", at=NOW, reason="network", until=until.isoformat())
    session.commit()

    page = browse(cast.amir).get(f"/queue/{post.id}")

    assert page.says("trying again Wed 25 Nov, 11:12 (10:12 on your clock)")
    assert page.says("not tried again before Wed 25 Nov, 11:12 (10:12 on your clock)")
