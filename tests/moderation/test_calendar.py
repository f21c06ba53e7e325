"""The calendar of a week as approvers and leads see it, and how they steer by its pages."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from moderation.calendar import Entry, Free, plan_of
from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.posts.models import PostState
from takeover.posts.words import last_change
from takeover.programmes.pausing import pause
from tests.cast import NOW, THIS_MONDAY
from tests.moderation.test_many_posts import many
from tests.preparing import a_connection, a_draft, a_submitted_post, an_approved_post

NOON, EVENING, MORNING = (
    datetime(2026, 11, 25, 11, 15, tzinfo=UTC),
    datetime(2026, 11, 25, 17, 0, tzinfo=UTC),
    datetime(2026, 11, 26, 7, 30, tzinfo=UTC),
)
PATH = "/calendar/2026-11-23"


def plan(session, cast, *, monday=THIS_MONDAY, at=NOW):
    return plan_of(cast.programme, monday, session=session, at=at)


def entries(found):
    return [line for day in found.days for line in day.lines if isinstance(line, Entry)]


def amiss(session, cast, **options):
    return [entry.amiss for entry in entries(plan(session, cast, **options))]


def test_a_week_shows_its_posts_and_free_slots_on_the_accounts_clock(app, cast, session):
    an_approved_post(session, cast)
    a_submitted_post(session, cast, caption="Not approved")
    a_draft(session, cast, caption="A draft")

    with app.test_request_context():
        found = plan(session, cast)

    wednesday = found.days[2]
    assert wednesday.place == "today"
    assert [(type(line), line.time) for line in wednesday.lines] == [
        (Entry, "12:15"),
        (Free, "18:00"),
    ]
    assert (found.posts, found.free) == (1, 13)
    assert found.week.person is cast.zofia


def test_a_post_stands_in_the_calendar_in_every_state_it_has_on_its_way(app, cast, session):
    post = an_approved_post(session, cast, slot_at=NOW - timedelta(minutes=5))
    seen = []
    for state in ("publishing", "uncertain", "failed", "missed"):
        post.move(PostState(state), by=None, at=now())
        session.commit()
        with app.test_request_context():
            seen.append([entry.word for entry in entries(plan(session, cast))])

    doubt = "Look whether it is there"  # nothing is known of it, and nobody looks for it
    assert seen == [["Going out now"], [doubt], ["Did not go out"], ["Missed"]]


def test_a_published_post_stands_where_it_went_out(app, cast, session):
    post = an_approved_post(session, cast)
    post.move(PostState.PUBLISHING, by=None, at=now())
    post.published_at = NOON + timedelta(minutes=2)
    post.move(PostState.PUBLISHED, by=None, at=now())
    session.commit()

    with app.test_request_context():
        (entry,) = entries(plan(session, cast, at=EVENING))

    assert (entry.word, entry.time, entry.may_be_moved) == ("On the account", "12:17", False)


def test_days_of_somebodys_week_without_a_post_are_gaps(app, cast, session):
    an_approved_post(session, cast)

    with app.test_request_context():
        running = plan(session, cast)
        nobodys = plan(session, cast, monday=THIS_MONDAY + timedelta(days=7))

    gaps = [(day.gap, day.is_urgent) for day in running.days]
    assert gaps[0] == ("Nothing went out", False)
    assert gaps[2] == ("", False)
    assert gaps[3] == ("No post yet", True)
    assert not any(day.gap for day in nobodys.days)


def test_a_day_on_which_something_went_out_and_was_taken_down_is_no_gap(app, cast, session):
    post = an_approved_post(session, cast)
    post.move(PostState.PUBLISHING, by=None, at=now())
    post.published_at = NOW - timedelta(days=1)
    post.move(PostState.PUBLISHED, by=None, at=now())
    post.move(PostState.TAKEN_DOWN, by=None, at=now())
    session.commit()

    with app.test_request_context():
        gaps = [day.gap for day in plan(session, cast).days]

    assert gaps[:3] == ["Nothing went out", "", "No post yet"]


def test_what_does_not_fit_is_said_in_words(app, cast, session):
    cast.programme.spacing = 20
    cast.programme.quiet_from, cast.programme.quiet_until = "22:00", "07:00"
    an_approved_post(session, cast, caption="One", slot_at=NOON)
    an_approved_post(session, cast, caption="Two", slot_at=NOON + timedelta(minutes=19))
    an_approved_post(session, cast, caption="Three", slot_at=datetime(2026, 11, 26, 1, tzinfo=UTC))
    an_approved_post(session, cast, caption="Four", slot_at=NOW - timedelta(minutes=40))

    with app.test_request_context():
        assert amiss(session, cast) == [
            ["Its time has passed"],
            ["Less than 20 minutes from another"],
            ["Less than 20 minutes from another"],
            ["In the quiet hours"],
        ]


def test_posts_near_the_edge_of_the_week_clash_with_those_beyond_it(app, cast, session):
    cast.programme.spacing = 60
    an_approved_post(session, cast, caption="One", slot_at=cast.week.ends - timedelta(minutes=10))
    an_approved_post(session, cast, caption="Two", slot_at=cast.week.ends + timedelta(minutes=10))

    with app.test_request_context():
        assert amiss(session, cast) == [["Less than 60 minutes from another"]]
        beyond = amiss(session, cast, monday=THIS_MONDAY + timedelta(days=7))
    assert beyond == [["Outside its author’s week", "Less than 60 minutes from another"]]


def test_a_pause_is_said_at_every_post_that_it_may_hold_up(app, cast, session):
    an_approved_post(session, cast, slot_at=NOON)
    held = an_approved_post(session, cast, caption="Due", slot_at=NOW - timedelta(minutes=5))
    pause(cast.programme, session=session, reason="", by=cast.lea, at=NOW - timedelta(hours=1))
    session.commit()

    with app.test_request_context():
        due, coming = entries(plan(session, cast))

    assert (due.post.id, due.word, due.amiss) == (held.id, "Held up by a pause", [])
    assert (coming.word, coming.amiss) == ("Paused", [])
    assert coming.kept.endswith(", if the pause is over by then.")


@pytest.mark.parametrize("count", [0, 1, 21, 60])
def test_any_number_of_posts_is_shown(browse, cast, session, count):
    if count:
        an_approved_post(session, cast)
    if count > 1:
        many(session, cast, count - 2, states=("approved",))
    cast.programme.slot_times = []
    session.commit()

    page = browse(cast.lea).get(PATH)

    assert page.status == 200
    assert page.says(f"{count} post")
    assert page.html.count('class="cal-post ') == count
    assert ("Thu 26" in page.links) is (count > 14)
    assert page.html.count('id="on-2026-11-26"') == page.html.count('id="today"') == 1


def test_the_readers_clock_stands_beside_the_accounts_where_it_is_another(browse, cast, session):
    an_approved_post(session, cast, slot_at=EVENING)
    cast.lea.timezone = "Asia/Tokyo"
    session.commit()

    page = browse(cast.lea).get(PATH)

    assert page.says("Thu 02:00 for you")
    assert page.says("Times are those of Paris, the account’s clock")
    cast.lea.timezone = "Europe/Berlin"
    session.commit()
    assert not browse(cast.lea).get(PATH).says("for you")


def test_the_weeks_before_and_after_are_a_step_away(browse, cast, session):
    page = browse(cast.amir).get("/queue").follow("Calendar")

    assert page.says("Zofia Kowalczyk has the account.")
    later = page.follow("Later")
    assert later.path == "/calendar/2026-11-30"
    assert later.says("Nobody has the account this week.")
    assert later.follow("This week").path == "/calendar"
    assert page.follow("Earlier").path == "/calendar/2026-11-16"


@pytest.mark.parametrize("day", ["2026-11-24", "yesterday", "0001-01-01", "9999-12-27"])
def test_what_is_no_monday_anybody_plans_for_is_not_there(browse, cast, day):
    assert browse(cast.lea).get(f"/calendar/{day}").status == 404


@pytest.mark.parametrize("who", ["hanna", "olga", "ada", "zofia", "stranger"])
def test_only_approvers_and_leads_steer(browse, cast, session, who):
    post = an_approved_post(session, cast)
    browser = browse(getattr(cast, who))

    for path in (PATH, f"/calendar/posts/{post.id}/move", f"/calendar/posts/{post.id}/now"):
        assert browser.get(path).status == 403
    for path in ("move", "now", f"swap/{post.id}"):
        assert browser.post(f"/calendar/posts/{post.id}/{path}").status in {400, 403}
    assert post.slot_at == NOON


def test_what_was_never_submitted_is_not_there(browse, cast, session):
    post = a_draft(session, cast)

    for path in ("move", "now"):
        assert browse(cast.lea).get(f"/calendar/posts/{post.id}/{path}").status == 404


def test_a_post_is_moved_to_a_free_slot_or_to_any_minute(browse, cast, session):
    post = an_approved_post(session, cast)

    page = browse(cast.lea).get(PATH).follow("Move")
    page = page.submit("Move it there", slot=EVENING.isoformat())
    assert page.says("It goes out Wed 25 Nov, 18:00")
    assert post.slot_at == EVENING
    page = page.follow("Move").submit("Move it to that time", day="2026-11-27", time="14:07")

    assert page.says("It goes out Fri 27 Nov, 14:07")
    assert post.slot_at == datetime(2026, 11, 27, 13, 7, tzinfo=UTC)
    hers = browse(cast.zofia).get(f"/posts/{post.id}")
    assert hers.says("Goes out Fri 27 Nov, 14:07")
    assert hers.says("Comms gave it another time: Fri 27 Nov, 14:07")


def test_its_author_who_has_the_page_open_is_shown_the_new_time(browse, cast, session):
    post = an_approved_post(session, cast)
    before = f"/posts/{post.id}?seen={last_change(post)}"
    hers = browse(cast.zofia)
    assert hers.fetch(before, headers={"HX-Request": "true"}).status_code == 204

    browse(cast.lea).get(PATH).follow("Move").submit("Move it there", slot=EVENING.isoformat())

    answer = hers.fetch(before, headers={"HX-Request": "true"})
    assert "18:00" in answer.get_data(as_text=True)


def test_without_a_time_nothing_is_moved(browse, cast, session):
    post = an_approved_post(session, cast)

    page = browse(cast.lea).get(f"/calendar/posts/{post.id}/move")
    page = page.submit("Move it to that time", day="2026-11-27", time="")

    assert page.status == 422
    assert page.says("Choose a day and write a time.")
    assert post.slot_at == NOON


def test_what_clashes_is_asked_about_once(browse, cast, session):
    cast.programme.quiet_from, cast.programme.quiet_until = "22:00", "07:00"
    post = an_approved_post(session, cast)

    page = browse(cast.lea).get(f"/calendar/posts/{post.id}/move")
    page = page.submit("Move it to that time", day="2026-11-27", time="23:00")
    assert page.says("That is in the quiet hours, from 22:00 to 07:00.")
    assert post.slot_at == NOON
    page = page.submit("Place it all the same")

    assert page.says("It goes out Fri 27 Nov, 23:00")
    assert page.says("In the quiet hours")


def test_on_an_occupied_slot_both_can_be_swapped(browse, cast, session):
    post, other = (an_approved_post(session, cast, caption=word) for word in ("One", "Two"))

    page = browse(cast.lea).get(f"/calendar/posts/{post.id}/move")
    page = page.submit("Move it there", slot=EVENING.isoformat())
    assert page.says("Another post has that time")
    assert page.submit("Swap both").says("They have changed places.")

    assert (post.slot_at, other.slot_at) == (EVENING, NOON)


@pytest.mark.parametrize(
    ("hour", "question"),
    [
        (EVENING, "Another post has that time"),
        (NOON + timedelta(minutes=5), "less than 20 minutes"),
    ],
)
def test_what_is_asked_about_a_time_has_an_address_of_its_own(
    browse, cast, session, hour, question
):
    cast.programme.spacing = 20
    post, _other = (an_approved_post(session, cast, caption=word) for word in ("One", "Two"))
    an_approved_post(session, cast, slot_at=NOON + timedelta(minutes=10))
    page = browse(cast.lea).get(f"/calendar/posts/{post.id}/move")
    token = next(e.get("value") for e in page.tree.iter("input") if e.get("name") == "csrf_token")
    facts = {"slot": hour.isoformat(), "seen": NOON.isoformat(), "csrf_token": token}

    asked = page.browser.fetch(page.path, method="POST", data=facts)

    assert asked.status_code == 303  # Back and a reload send nothing
    assert page.browser.get(asked.location).says(question)
    assert post.slot_at == NOON


def test_a_post_changes_places_with_another_only(browse, cast, session):
    post = an_approved_post(session, cast)
    page = browse(cast.lea).get(f"/calendar/posts/{post.id}/move")
    token = next(e.get("value") for e in page.tree.iter("input") if e.get("name") == "csrf_token")

    answer = page.browser.post(f"/calendar/posts/{post.id}/swap/{post.id}", csrf_token=token)

    assert answer.status == 404
    assert post.slot_at == NOON


def test_who_comes_second_is_told_by_whom_and_where_to(browse, cast, session):
    post = an_approved_post(session, cast)
    late = browse(cast.lea).get(f"/calendar/posts/{post.id}/move")
    quick = browse(cast.amir).get(f"/calendar/posts/{post.id}/move")
    quick.submit("Move it there", slot=EVENING.isoformat())

    page = late.submit("Move it there", slot=MORNING.isoformat())

    assert page.status == 422
    assert page.says("Amir Haddad has moved it in the meantime. It goes out Wed 25 Nov, 18:00")
    assert post.slot_at == EVENING


def test_publish_now_asks_once_and_says_when_and_where(browse, cast, session):
    post = an_approved_post(session, cast)

    page = browse(cast.amir).get(f"/queue/{post.id}").follow("Publish now")
    assert page.says("It goes out to @a_week_at_nordwerk at once.")
    assert page.says("Wed 25 Nov, 12:15")
    assert post.slot_at == NOON
    page = page.submit("Publish now")

    assert page.says("It is on its way to @a_week_at_nordwerk.")
    assert NOW <= post.slot_at <= now()
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "slot_moved"))
    assert entry.by_id == cast.amir.id


def test_publish_now_says_why_not(browse, cast, session):
    post = an_approved_post(session, cast)
    page = browse(cast.amir).get(f"/calendar/posts/{post.id}/now")
    pause(cast.programme, session=session, reason="", by=cast.lea, at=now())

    late = page.submit("Publish now")

    assert late.status == 422
    assert late.says("Everything of this programme is paused. Resume it first.")
    assert post.slot_at == NOON
    again = browse(cast.amir).get(f"/calendar/posts/{post.id}/now")
    assert again.says("Not now")
    assert "Publish now" not in again.links


def test_after_its_authors_week_it_is_not_published_now(browse, cast, session):
    post = an_approved_post(session, cast)

    with time_machine.travel(cast.week.ends + timedelta(hours=1)):
        page = browse(cast.amir).get(f"/calendar/posts/{post.id}/now")

    assert page.says("The account is its author’s in their own week only.")


# --- what has to wait


@pytest.fixture
def just_out(cast, session):
    """A post that went out a minute ago; twenty minutes lie between two."""
    cast.programme.spacing = 20
    post = an_approved_post(session, cast, caption="Before", slot_at=NOW - timedelta(minutes=1))
    post.move(PostState.PUBLISHING, by=None, at=now())
    post.published_at = NOW - timedelta(minutes=1)
    post.move(PostState.PUBLISHED, by=None, at=now())
    session.commit()
    return post


def test_what_goes_out_as_soon_as_it_may_is_not_put_behind_others_by_publish_now(
    browse, cast, session, just_out
):
    first, second = (
        an_approved_post(session, cast, caption=word, slot_at=NOW - timedelta(seconds=ago))
        for word, ago in (("First", 50), ("Second", 40))
    )
    amir, path = browse(cast.amir), f"/calendar/posts/{first.id}/now"
    second_now = amir.get(f"/calendar/posts/{second.id}/now")

    page = amir.get(path)
    assert page.says("Not now")
    assert page.says("Was due Wed 25 Nov, 10:59")
    assert page.says("Goes out Wed 25 Nov, 11:19 (10:19 on your clock), 20 minutes after")
    assert second_now.says("Goes out Wed 25 Nov, 11:39")

    token = next(e.get("value") for e in page.tree.iter("input") if e.get("name") == "csrf_token")
    old = amir.post(path, csrf_token=token, seen=first.slot_at.isoformat())
    assert old.status == 422
    assert first.slot_at < second.slot_at


def test_publish_now_says_when_it_really_goes_out(browse, cast, session, just_out):
    post = an_approved_post(session, cast)

    page = browse(cast.amir).get(f"/calendar/posts/{post.id}/now")
    assert page.says("Goes out Wed 25 Nov, 11:19 (10:19 on your clock), 20 minutes after")
    assert not page.says("It goes out to @a_week_at_nordwerk at once.")

    page = page.submit("Publish as soon as it may")
    assert page.says("Goes out Wed 25 Nov, 11:19 (10:19 on your clock), 20 minutes after")
    assert not page.says("It is on its way")


def test_of_two_that_wait_the_second_goes_out_after_the_first(app, cast, session, just_out):
    for number in range(2):
        due = NOW - timedelta(seconds=50 - number)
        an_approved_post(session, cast, caption=f"Number {number}", slot_at=due)

    with app.test_request_context():
        found = [entry.ahead for entry in entries(plan(session, cast)) if entry.ahead]

    gone = NOW - timedelta(minutes=1)
    assert [one.until for one in found] == [gone + timedelta(minutes=m) for m in (20, 40)]


def test_a_late_post_that_waits_says_why_and_is_not_published_now(browse, cast, session, just_out):
    post = an_approved_post(session, cast, slot_at=NOW - timedelta(seconds=50))

    page = browse(cast.amir).get(PATH)

    assert page.says("Waits")
    assert not page.says("Publish now")
    assert browse(cast.amir).get(f"/queue/{post.id}").says("20 minutes after the post before it.")


def test_of_a_stopped_account_calendar_and_post_say_that_nothing_goes_out(browse, cast, session):
    an_approved_post(session, cast)
    late = an_approved_post(session, cast, slot_at=NOW - timedelta(minutes=5))
    a_connection(session, cast.programme, stopped_at=NOW)
    amir = browse(cast.amir)

    page = amir.get(PATH)
    assert page.says("Nothing goes out to @a_week_at_nordwerk until somebody looks")
    assert page.says("A programme lead or an administrator looks at it")
    assert not page.says("Publish now")
    page = amir.get(f"/queue/{late.id}")
    assert page.says("Waits until somebody has looked at the account.")
    assert not page.says("Publish now")
    assert page.follow("Look at the account").says("How it stands")
    assert amir.get("/rota").says("@a_week_at_nordwerk: Stopped")


def test_what_was_done_is_said_at_the_moved_post_which_has_the_focus(browse, cast, session):
    post = an_approved_post(session, cast)
    page = browse(cast.amir).get(f"/calendar/posts/{post.id}/move").submit("Move it there")

    card = page.html[page.html.index(f'id="post-{post.id}"') :]
    assert "It goes out Wed 25 Nov" in card
    assert f'href="/queue/{post.id}" autofocus' in card
    assert page.html.count("It goes out Wed 25 Nov") == 1


def looks_again(page):
    """Where the page looks, and how often, by all that does."""
    return [(e.get("hx-get"), e.get("hx-trigger")) for e in page.tree.iter() if e.get("hx-get")]


def card_of(page, post):
    card = next(e for e in page.tree.iter("li") if e.get("id") == f"post-{post.id}")
    return " ".join(card.itertext())


def test_what_goes_out_now_is_looked_at_again_until_it_has_settled(browse, cast, session):
    post = an_approved_post(session, cast)
    amir, hx = browse(cast.amir), {"headers": {"HX-Request": "true"}}
    page = amir.get(f"/calendar/posts/{post.id}/now").submit("Publish now")

    [(where, every)], words = looks_again(page), card_of(page, post)
    assert every == "every 2s"
    assert "Going out now" in words
    assert "Move" not in words
    assert "Publish now" not in words
    assert amir.fetch(where, **hx).status_code == 204

    post.move(PostState.PUBLISHING, by=None, at=now())
    session.commit()
    answer = amir.fetch(where, **hx)
    assert f'id="post-{post.id}"' in answer.get_data(as_text=True)

    post.published_at = now()
    post.move(PostState.PUBLISHED, by=None, at=now())
    session.commit()
    settled = amir.get(PATH)
    assert looks_again(settled) == []
    assert "On the account" in card_of(settled, post)


def test_a_calendar_looks_once_for_all_that_goes_out(browse, cast, session):
    cast.programme.spacing = 0
    for number in range(3):
        slot = NOW - timedelta(milliseconds=number)
        an_approved_post(session, cast, caption=f"No {number}", slot_at=slot)

    page = browse(cast.amir).get(PATH)

    assert page.text.count("Going out now") == 3
    assert [every for _where, every in looks_again(page)] == ["every 2s"]


def test_what_is_late_can_be_moved_and_is_looked_at_again_less_often(browse, cast, session):
    post = an_approved_post(session, cast, slot_at=NOW - timedelta(minutes=5))

    page = browse(cast.amir).get(PATH)

    assert [every for _where, every in looks_again(page)] == ["every 15s"]
    assert "Move" in card_of(page, post)


def test_what_is_to_come_or_settled_is_not_looked_at_again(browse, cast, session, just_out):
    an_approved_post(session, cast)

    page = browse(cast.amir).get(PATH)

    assert [page.says(words) for words in ("On the account", "Approved")] == [True, True]
    assert looks_again(page) == []


def test_a_shut_account_hides_no_clash_of_what_is_to_come(app, cast, session):
    cast.programme.spacing = 20
    for minutes in (0, 5):
        an_approved_post(
            session, cast, caption=f"At {minutes}", slot_at=EVENING + timedelta(minutes=minutes)
        )
    a_connection(session, cast.programme, stopped_at=NOW)

    with app.test_request_context():
        assert amiss(session, cast) == [["Less than 20 minutes from another"]] * 2


def test_only_slots_that_keep_the_spacing_are_called_free(app, cast, session):
    cast.programme.spacing = 60
    an_approved_post(session, cast, slot_at=EVENING - timedelta(minutes=30))

    with app.test_request_context():
        free = [
            line.at
            for day in plan(session, cast).days
            for line in day.lines
            if isinstance(line, Free)
        ]

    assert EVENING not in free
    assert MORNING in free


def test_where_posts_go_out_at_any_time_no_free_slots_are_counted(browse, cast, session):
    cast.programme.slot_times = []
    an_approved_post(session, cast)

    page = browse(cast.amir).get(PATH)

    assert page.says("1 post.")
    assert not page.says("free slot")
