"""The pause as people see it: one tap, a reason, a word on every page, nothing sent after it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.people.adding import give_role
from takeover.people.models import Role
from takeover.posts.models import Post, PostState
from takeover.programmes.beginning import begin_programme
from takeover.programmes.models import Pause
from takeover.programmes.pausing import lock_programme, open_pause, pause, resume
from tests.cast import NOW
from tests.preparing import an_approved_post

KEPT = "Nothing goes out just now. What you sent is kept."
PAUSERS = ("lea", "amir", "olga", "ada")


def paused(session, cast, *, reason="", by=None, at=NOW - timedelta(hours=1)):
    programme = lock_programme(session, cast.programme.id)
    begun = pause(programme, session=session, reason=reason, by=by or cast.lea, at=at)
    session.commit()
    return begun


def resumed(session, cast):
    resume(lock_programme(session, cast.programme.id), session=session, by=cast.lea, at=now())
    session.commit()


def due(session, cast, *captions):
    """Posts whose time came a while ago, one after the other."""
    return [
        an_approved_post(
            session, cast, caption=caption, slot_at=NOW - timedelta(minutes=30 - place)
        )
        for place, caption in enumerate(captions)
    ]


def held(session, cast, *captions):
    paused(session, cast)
    posts = due(session, cast, *captions)
    resumed(session, cast)
    return posts


def token_of(page):
    return next(e.get("value") for e in page.tree.iter("input") if e.get("name") == "csrf_token")


def refused(browser, path, token):
    return browser.fetch(path, method="POST", data={"csrf_token": token}).status_code == 403


def at_once(browsers, path, fields):
    """Each sends the same form in the same instant, in a thread of their own."""
    together = threading.Barrier(len(browsers))

    def press(number):
        together.wait()
        token = {"csrf_token": fields[number][0]}
        return browsers[number].client.post(path, data=token | fields[number][1])

    with ThreadPoolExecutor(len(browsers)) as threads:
        return list(threads.map(press, range(len(browsers))))


def shown_plan(page):
    return [
        e.get("value")
        for e in page.tree.iter("input")
        if e.get("type") == "hidden" and e.get("name") == "place"
    ]


@pytest.mark.parametrize("who", PAUSERS)
def test_one_tap_on_any_page_pauses_everything(browse, cast, session, who):
    person = getattr(cast, who)

    page = browse(person).get("/account").submit("Pause everything")

    assert page.path == "/pause"
    assert page.says("It holds from this instant: nothing goes out.")
    assert page.says("Everything is paused")
    assert open_pause(session, cast.programme.id).begun_by_id == person.id
    assert "Pause everything" not in [e.get("aria-label") for e in page.tree.iter("button")]


def test_even_a_page_that_is_not_there_has_the_button(browse, cast, session):
    page = browse(cast.amir).get("/nothing-here")
    assert page.status == 404

    page.submit("Pause everything")

    assert open_pause(session, cast.programme.id) is not None


def test_the_reason_is_typed_after_it_holds(browse, cast, session):
    page = browse(cast.amir).get("/queue").submit("Pause everything")
    page = page.submit("Save the reason", reason="  A rumour about Lyon ")

    assert page.says("Saved.")
    assert open_pause(session, cast.programme.id).reason == "A rumour about Lyon"
    assert browse(cast.lea).get("/rota").says("A rumour about Lyon")
    page = page.submit("Save the reason", reason="x" * 2001)
    assert page.status == 422
    assert page.says("Shorten it to 2000 characters.")
    assert "x" * 2001 in page.html


def test_a_double_tap_pauses_once(browse, cast, session):
    page = browse(cast.amir).get("/queue")

    page.submit("Pause everything")
    again = page.submit("Pause everything")

    assert again.path == "/pause"
    assert again.says("It was paused already.")
    assert session.scalar(select(func.count()).select_from(Pause)) == 1


def test_people_who_tap_in_the_same_instant_pause_once(browse, cast, session):
    browsers = [browse(getattr(cast, who)) for who in PAUSERS]
    fields = [(token_of(browser.get("/account")), {}) for browser in browsers]
    session.commit()

    answers = at_once(browsers, "/pause", fields)

    assert [answer.status_code for answer in answers] == [303] * len(browsers)
    assert session.scalar(select(func.count()).select_from(Pause)) == 1


@pytest.mark.parametrize("who", ["hanna", "zofia", "stranger"])
def test_who_may_not_pause_has_no_button_and_no_page(browse, cast, session, who):
    browser = browse(getattr(cast, who))
    begun = paused(session, cast)

    account = browser.get("/account")
    token = token_of(account)
    assert "Pause everything" not in account.html
    assert browser.get("/pause").status == 403
    for path in (
        "/pause",
        f"/pause/{begun.id}/resume",
        f"/pause/{begun.id}/why",
        "/pause/place",
        "/pause/posts/1",
    ):
        assert refused(browser, path, token)
    assert open_pause(session, cast.programme.id) is begun


@pytest.mark.parametrize(("who", "reads_along"), [("olga", True), ("ada", False)])
def test_who_may_pause_but_not_decide_sees_what_waits_and_places_nothing(
    browse, cast, session, who, reads_along
):
    (post,) = held(session, cast, "Sparks")
    browser = browse(getattr(cast, who))

    page = browser.get("/pause")

    assert page.says("Sparks")
    assert ("Sparks" in page.links) is reads_along
    assert not page.says("Place again")
    assert browser.get("/pause/place").status == 403
    for path in (f"/pause/posts/{post.id}", "/pause/place", f"/posts/{post.id}/again"):
        assert refused(browser, path, token_of(page))


def test_every_page_says_who_paused_since_when_and_why(browse, cast, session):
    cast.hanna.timezone = "Asia/Tokyo"
    paused(session, cast, reason="A rumour")

    page = browse(cast.hanna).get("/nominations")
    assert page.says("Everything is paused. By Léa Martin, since Wed 25 Nov, 10:00 (18:00")
    assert not page.says("See what waits")
    page = browse(cast.amir).get("/queue")
    assert page.says("since Wed 25 Nov, 10:00 (09:00 on your clock).")
    assert page.follow("See what waits").path == "/pause"


def test_an_ambassador_reads_that_what_they_sent_is_kept(browse, cast, session):
    paused(session, cast, reason="A rumour")
    (post,) = due(session, cast, "Sparks")

    page = browse(cast.zofia).get("/my-week")
    assert page.says(KEPT)
    assert page.says("By Léa Martin, since Wed 25 Nov, 10:00. A rumour")  # in Warsaw
    assert page.says("Held up by a pause")
    assert not page.says("Going out now")
    resumed(session, cast)
    page = browse(cast.zofia).get(f"/posts/{post.id}")
    assert not page.says("since Wed")
    assert page.says("Waits for another time")
    assert not page.says("Nothing goes out just now")


def test_an_ambassador_does_not_hear_of_other_programmes(browse, cast, session):
    other = begin_programme(
        session,
        slug="plants",
        name="Plants",
        account="plants_at_nordwerk",
        timezone="Europe/Madrid",
        language="en",
        by=cast.lea,
        at=now(),
    )
    pause(other, session=session, reason="", by=cast.lea, at=now())
    session.commit()

    assert not browse(cast.zofia).get("/my-week").says(KEPT)
    page = browse(cast.amir).get("/queue")
    assert page.says("Paused: Plants.")
    page = page.submit("Pause everything")
    assert page.says("Everything is paused")
    assert open_pause(session, cast.programme.id) is not None


def test_nobody_who_is_not_signed_in_reads_of_it(browse, cast, session):
    paused(session, cast, reason="A rumour")

    assert "A rumour" not in browse().get("/sign-in").html


def test_the_page_shows_what_a_pause_holds_up(browse, cast, session):
    paused(session, cast)
    due(session, cast, "Sparks", "More sparks")
    an_approved_post(session, cast, caption="Tomorrow")

    page = browse(cast.amir).get("/pause")

    assert page.says("2 posts are due, and wait:")
    for words in ("Sparks", "More sparks", "Zofia Kowalczyk", "Was due Wed 25 Nov, 10:30"):
        assert page.says(words)
    assert page.says("Its week ends Sun 29 Nov 2026, 23:00 on your clock") or page.says(
        "Its week ends Sun 29 Nov, 23:00 on your clock"
    )
    assert not page.says("Tomorrow")
    assert page.says("Nothing is sent by resuming")
    assert not page.says("Place again")


def test_what_was_due_just_before_the_pause_waits_too_and_is_told_truly(browse, cast, session):
    due(session, cast, "Sparks")
    paused(session, cast, at=NOW - timedelta(minutes=5))

    page = browse(cast.amir).get("/pause")
    assert page.says("One post is due, and waits:")
    page = page.submit("Resume")
    assert page.says("Its time came before or during a pause. It does not go out by itself.")


def test_resuming_sends_nothing_and_says_what_waits(browse, cast, session):
    paused(session, cast)
    (post,) = due(session, cast, "Sparks")

    page = browse(cast.amir).get("/pause").submit("Resume")

    assert page.says("Resumed.")
    assert page.says("One post waits to be placed again")
    assert session.get(Post, post.id).state is PostState.APPROVED
    assert browse(cast.lea).get("/queue").says("One post waits to be placed again.")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "resumed")).one()
    assert (entry.object_id, entry.by_id) == (cast.programme.id, cast.amir.id)


def test_an_old_page_does_not_resume_a_newer_pause(browse, cast, session):
    paused(session, cast)
    page = browse(cast.amir).get("/pause")
    resumed(session, cast)
    newer = paused(session, cast, reason="Again", at=now())

    page = page.submit("Resume")

    assert page.status == 422
    assert page.says("Somebody has resumed it in the meantime.")
    assert open_pause(session, cast.programme.id) is newer


def test_one_is_placed_again_in_the_slot_that_is_chosen(browse, cast, session):
    (post,) = held(session, cast, "Sparks")

    page = browse(cast.amir).get("/pause")
    again = page.submit("Place again", slot="2026-11-25T17:00:00+00:00")
    twice = page.submit("Place again", slot="2026-11-25T17:00:00+00:00")

    assert again.says("It goes out Wed 25 Nov, 18:00 (17:00 on your clock).")
    assert twice.status == 200
    assert session.get(Post, post.id).slot_at.hour == 17
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "placed")).all()
    assert [entry.by_id for entry in entries] == [cast.amir.id]


def test_a_slot_that_was_taken_meanwhile_is_said_to_be(browse, cast, session):
    held(session, cast, "Sparks")
    page = browse(cast.amir).get("/pause")
    an_approved_post(session, cast, caption="Quicker")  # in the next free one

    page = page.submit("Place again")

    assert page.status == 422
    assert page.says("That time is taken or has passed: Sparks")


def test_all_are_placed_exactly_as_was_shown(browse, cast, session):
    held(session, cast, "First", "Second")

    page = browse(cast.lea).get("/pause").follow("Place 2 posts again")
    assert page.says("Place 2 posts again")
    assert page.says("Wed 25 Nov, 12:15 (11:15 on your clock)")
    plan = shown_plan(page)
    page = page.browser.post(
        "/pause/place",
        csrf_token=token_of(page),
        place=plan,
    )

    assert page.says("2 posts are placed again.")
    posts = session.scalars(select(Post).order_by(Post.slot_at)).all()
    assert [f"{post.id}@{post.slot_at.isoformat()}" for post in posts] == plan
    assert not page.says("wait to be placed again")


def test_two_who_place_the_same_plan_in_the_same_instant_place_it_once(browse, cast, session):
    held(session, cast, "First", "Second")
    browsers = [browse(cast.amir), browse(cast.lea)]
    pages = [browser.get("/pause/place") for browser in browsers]
    fields = [(token_of(page), {"place": shown_plan(page)}) for page in pages]
    session.commit()

    answers = at_once(browsers, "/pause/place", fields)

    assert [answer.status_code for answer in answers] == [303, 303]
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "placed")).all()
    assert len(entries) == 2
    assert len({entry.by_id for entry in entries}) == 1


def test_a_plan_that_changed_is_shown_anew_and_nothing_is_placed(browse, cast, session):
    held(session, cast, "First", "Second")
    page = browse(cast.lea).get("/pause/place")
    plan = shown_plan(page)
    an_approved_post(session, cast, caption="Quicker")

    page = page.browser.post("/pause/place", place=plan, csrf_token=token_of(page))

    assert page.status == 422
    assert page.says("Nothing was placed: something has changed since you looked")
    assert page.says("That time is taken or has passed: First")
    assert shown_plan(page) != plan
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "placed")).all() == []


def test_what_has_free_slots_may_go_at_any_other_time_too_or_now(browse, cast, session):
    held(session, cast, "First")
    page = browse(cast.lea).get("/pause")

    assert page.says("Place again")
    assert page.follow("Any other time").says("Move this post")
    assert page.follow("Publish now").says("Publish now?")


def test_what_no_longer_fits_its_week_says_so(browse, cast, session):
    cast.programme.slot_times = ["12:15"]
    cast.programme.slot_days = [2]
    session.commit()
    held(session, cast, "First", "Second")

    lea = browse(cast.lea)
    assert not lea.get("/pause").says("Place 2 posts again")
    page = lea.get("/pause/place")

    assert page.says("Place one post again")
    assert page.says("One finds no free slot in its week")
    assert not page.says("will be missed")
    assert len(shown_plan(page)) == 1
    assert page.follow("Any other time").says("Move this post")
    assert lea.get("/pause/place").follow("Publish now").says("Publish now?")


@pytest.mark.parametrize("nonsense", ["", "x", "1@", "1@noon", "1@2026-11-25T11:15:00", "²@x"])
def test_a_plan_that_nobody_showed_is_no_plan(browse, cast, session, nonsense):
    held(session, cast, "First")
    page = browse(cast.lea).get("/pause/place")

    answer = page.browser.post("/pause/place", place=nonsense, csrf_token=token_of(page))

    assert answer.status == 400
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "placed")).all() == []


@pytest.mark.parametrize(
    ("why", "words", "theirs"),
    [
        ("too late", "Missed: too late", "It could not go out in time."),
        ("", "Missed: week over", "Your week was over before it could go out."),
    ],
)
def test_a_missed_post_says_why_and_is_placed_again_while_its_week_runs(
    browse, cast, session, why, words, theirs
):
    (post,) = due(session, cast, "Sparks")
    post.move(PostState.MISSED, by=None, at=now(), why=why)
    session.commit()

    assert browse(cast.zofia).get(f"/posts/{post.id}").says(theirs)
    page = browse(cast.amir).get("/posts")
    assert page.says(words)
    page = page.submit("Place again")
    assert page.says("It goes out Wed 25 Nov, 12:15 (11:15 on your clock).")
    assert session.get(Post, post.id).state is PostState.APPROVED


def test_who_is_an_ambassador_and_an_approver_has_both(browse, cast, session):
    give_role(cast.zofia, Role.APPROVER, by=None, at=now())
    session.commit()
    paused(session, cast)

    page = browse(cast.zofia).get("/my-week")

    assert page.says("Everything is paused.")
    assert page.says("See what waits")
