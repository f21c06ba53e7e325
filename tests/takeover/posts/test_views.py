"""What an ambassador does with a post, on their own pages."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from moderation.reviewing import approve, reject, request_changes
from rota.answering import step_down
from takeover.clock import now
from takeover.i18n import in_language_of
from takeover.mail.models import Message
from takeover.media.models import Media
from takeover.media.preparing import prepare_media
from takeover.media.refusals import Incomplete
from takeover.media.uploads.protocol import MOST_BYTES
from takeover.people.adding import give_role
from takeover.people.models import Role
from takeover.posts.digest import digest_of
from takeover.posts.models import Post, PostState
from takeover.posts.submitting import fulfil_waiting, prepare_for_posts
from takeover.posts.views import MOST_REQUEST_BYTES
from takeover.weeks.giving import give_week
from tests.cast import NOW, THIS_MONDAY
from tests.preparing import a_draft, a_photo, a_submitted_post, an_approved_post

SHELF = Path(__file__).parents[2] / "media" / "files"
WORDS = {"caption": "Sparks fly before six"}


def photo(text="hello", name="IMG_1.jpg", **options):
    return {"photos": (BytesIO(a_photo(text, **options)), name)}


def the_post(session):
    return session.scalars(select(Post)).one()


@pytest.fixture
def busy_workers(app, monkeypatch):
    """Work is handed out, and nobody has come to do it yet."""
    monkeypatch.setattr(app.extensions["work"], "run", lambda *_: None)


def test_an_ambassador_sends_a_photo_and_comms_has_it(browse, cast, session):
    page = browse(cast.zofia).get("/my-week").follow("New post")

    page = page.submit("Submit", **photo(), **WORDS)

    assert page.status == 200
    assert page.says("Waiting for comms")
    assert page.says("Sparks fly before six")
    assert the_post(session).state is PostState.SUBMITTED
    assert browse(cast.amir).get("/queue").says("Sparks fly before six")


def test_a_draft_is_kept_without_a_caption_and_without_telling_comms(browse, cast, session):
    page = browse(cast.zofia).get("/my-week/new").submit("Keep as draft", **photo())

    assert page.says("Draft")
    assert the_post(session).state is PostState.DRAFT
    assert browse(cast.amir).get("/queue").says("Nothing waits")


def test_the_wish_to_submit_outlives_the_request_and_comms_sees_only_what_is_ready(
    browse, cast, session, busy_workers
):
    zofia = browse(cast.zofia)
    page = zofia.get("/my-week/new").submit("Submit", **photo(), **WORDS)

    assert page.says("On its way to comms")
    assert the_post(session).state is PostState.DRAFT
    assert browse(cast.amir).get("/queue").says("Nothing waits")
    assert browse(cast.amir).get(page.path.replace("posts", "queue")).status == 404

    prepare_for_posts(session.scalars(select(Media.id)).one())
    session.expire_all()

    assert the_post(session).state is PostState.SUBMITTED
    assert zofia.get(page.path).says("Waiting for comms")


def test_a_wish_that_a_dead_worker_left_is_fulfilled_by_the_clock(
    browse, cast, session, busy_workers
):
    browse(cast.zofia).get("/my-week/new").submit("Submit", **photo(), **WORDS)
    from_elsewhere = session.scalars(select(Media.id)).one()
    session.commit()
    # Somebody else made the picture ready, and died before the post was submitted.
    prepare_media(from_elsewhere)
    assert the_post(session).state is PostState.DRAFT
    session.commit()

    fulfil_waiting()
    fulfil_waiting()

    session.expire_all()
    assert the_post(session).state is PostState.SUBMITTED


def test_the_wish_can_be_called_off(browse, cast, session, busy_workers):
    page = browse(cast.zofia).get("/my-week/new").submit("Submit", **photo(), **WORDS)

    page.submit("Keep as draft")
    prepare_for_posts(session.scalars(select(Media.id)).one())

    session.expire_all()
    assert the_post(session).state is PostState.DRAFT


def test_a_wish_is_not_fulfilled_after_the_week_or_without_consent(
    browse, cast, session, busy_workers
):
    browse(cast.zofia).get("/my-week/new").submit("Submit", **photo(), **WORDS)
    session.commit()
    with time_machine.travel(NOW + timedelta(days=7)):
        prepare_for_posts(session.scalars(select(Media.id)).one())

    session.expire_all()
    assert the_post(session).state is PostState.DRAFT
    assert the_post(session).submit_asked_at is None


def test_a_refused_file_says_why_and_keeps_every_word(browse, cast, session):
    page = browse(cast.zofia).get("/my-week/new")

    page = page.submit("Submit", photos=(BytesIO(b"MZ not a picture"), "holiday.jpg"), **WORDS)

    assert page.status == 422
    assert page.says("Choose one that your phone took")
    assert "Sparks fly before six" in page.html
    assert session.scalar(select(func.count()).select_from(Media)) == 0


def test_a_file_too_large_gets_its_sentence_too(browse, cast):
    zofia = browse(cast.zofia)
    fields = {"csrf_token": csrf_of(zofia.get("/my-week/new")), **WORDS}
    large = FileStorage(BytesIO(a_photo() + bytes(70_000_000)), "x.jpg", "photos")
    boundary, body = encode_multipart({**fields, "photos": large})

    answer = zofia.fetch(
        "/my-week/new",
        method="POST",
        input_stream=BytesIO(body),
        content_type=f"multipart/form-data; boundary={boundary}",
        content_length=len(body),
    )

    assert answer.status_code == 422
    assert "71 MB; we can take up to 40" in answer.text
    assert "Sparks fly before six" in answer.text


@pytest.mark.parametrize(
    ("caption", "sentence"),
    [
        ("", "Write a caption first"),
        ("x" * 2201, "2201 characters; Instagram takes up to 2200"),
        ("😀" * 1101, "2202 characters; Instagram takes up to 2200"),
        (" ".join(f"#tag{n}" for n in range(31)), "31 hashtags; Instagram takes up to 30"),
        (" ".join(f"@who{n}" for n in range(21)), "21 accounts; Instagram takes up to 20"),
    ],
)
def test_a_caption_that_cannot_go_out_keeps_the_picture(browse, cast, session, caption, sentence):
    page = browse(cast.zofia).get("/my-week/new").submit("Submit", **photo(), caption=caption)
    assert page.status == 422
    assert page.says(sentence)
    assert "/preview?" in page.html

    page = page.submit("Submit", caption="Shorter now")  # without choosing the picture again

    assert page.says("Waiting for comms")
    assert session.scalar(select(func.count()).select_from(Media)) == 1


def test_all_that_is_wrong_with_the_words_is_said_at_once(browse, cast, session):
    caption = "#tag " * 31 + "x" * 2201
    post = a_draft(session, cast)
    page = browse(cast.zofia).get(f"/posts/{post.id}/edit")
    alt = {f"picture-{post.pictures[0].id}-alt_text": "y" * 1001}
    page = page.submit("Submit", caption=caption, **alt)

    assert page.status == 422
    assert page.says("2356 characters; Instagram takes up to 2200")
    assert page.says("31 hashtags; Instagram takes up to 30")
    assert page.says("The description has 1001 characters; Instagram takes up to 1000.")


@pytest.mark.parametrize("button", ["Submit", "Keep as draft"])
def test_a_description_too_long_for_instagram_is_kept_to_be_shortened(
    browse, cast, session, button
):
    post = a_draft(session, cast)
    field = f"picture-{post.pictures[0].id}-alt_text"
    page = browse(cast.zofia).get(f"/posts/{post.id}/edit")
    page = page.submit(button, **{field: "😀" * 500 + "y"})
    assert page.status == 422
    assert page.says("Instagram takes up to 1000")
    assert "😀" * 500 + "y" in page.html
    session.expire_all()
    assert the_post(session).pictures[0].alt_text != "😀" * 500 + "y"

    page = page.submit(button, **{field: "😀" * 500})

    assert page.status == 200
    assert the_post(session).pictures[0].alt_text == "😀" * 500


def test_a_file_that_is_being_made_ready_is_said_to_have_arrived_and_shown_when_it_is_ready(
    browse, cast, session, busy_workers
):
    heic = (SHELF / "iphonexs_pugface_gps.heic").read_bytes()
    sent = {"photos": (BytesIO(heic), "IMG_7.heic")}

    page = browse(cast.zofia).get("/my-week/new").submit("Submit", **sent, caption="")

    assert page.status == 422
    assert page.says("It has arrived, and waits its turn")
    media_id = session.scalars(select(Media.id)).one()
    prepare_media(media_id)

    page = page.submit("Submit", caption="")

    assert page.status == 422
    assert f'src="/media/{media_id}/preview?' in page.html
    assert not page.says("It has arrived")


def test_the_proxy_lets_through_as_much_as_we_read():
    """Else what is too large gets a bare page of nginx instead of our sentence."""
    site = (Path(__file__).parents[3] / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    of_forms, of_uploads = map(int, re.findall(r"client_max_body_size (\d+)m;", site))
    assert of_forms * 1024 * 1024 == MOST_REQUEST_BYTES
    assert of_uploads * 1024 * 1024 >= MOST_BYTES


def test_a_second_tap_on_the_button_makes_no_second_post(browse, cast, session):
    form = browse(cast.zofia).get("/my-week/new")

    first = form.submit("Submit", **photo(), **WORDS)
    second = form.submit("Submit", **photo(), **WORDS)

    assert first.path == second.path
    assert session.scalar(select(func.count()).select_from(Post)) == 1


def test_why_a_picture_was_refused_is_said_in_the_language_of_who_reads_it(
    browse, cast, session, busy_workers
):
    zofia, cut = browse(cast.zofia), (SHELF / "truncated.png").read_bytes()
    page = zofia.get("/my-week/new").submit("Submit", photos=(BytesIO(cut), "cut.png"), **WORDS)
    cast.zofia.language = "fr"
    session.commit()
    with in_language_of("en"):  # of whoever the worker was at work for
        prepare_for_posts(session.scalars(select(Media.id)).one())
    session.expire_all()

    told = session.scalars(select(Message).where(Message.kind == "picture_refused")).one()
    with in_language_of("fr"):
        french = str(Incomplete())
    assert french in told.text
    assert zofia.get(page.path).says(" ".join(french.split()))
    cast.zofia.language = "en"
    session.commit()
    assert zofia.get(page.path).says("A part of this picture is missing")


def test_a_picture_refused_while_being_prepared_says_why_and_keeps_the_words(
    browse, cast, session, busy_workers
):
    zofia = browse(cast.zofia)
    cut = (SHELF / "truncated.png").read_bytes()  # its header is whole
    page = zofia.get("/my-week/new").submit("Submit", photos=(BytesIO(cut), "cut.png"), **WORDS)
    assert page.status == 200
    prepare_for_posts(session.scalars(select(Media.id)).one())
    session.expire_all()

    page = zofia.get(page.path)
    assert page.says("A part of this picture is missing")
    assert the_post(session).state is PostState.DRAFT
    told = session.scalars(select(Message).where(Message.kind == "picture_refused")).one()
    assert "A part of this picture is missing" in told.text

    page = page.follow("Choose another photo or video")
    assert "Sparks fly before six" in page.html
    assert page.submit("Submit").says("One of its photos or videos cannot be used")
    page = page.submit("Remove").submit("Submit", **photo("another"))
    prepare_for_posts(session.scalars(select(Media.id).order_by(Media.id.desc()).limit(1)).one())
    session.expire_all()
    assert the_post(session).state is PostState.SUBMITTED


def test_changes_asked_for_are_read_made_and_sent_again(browse, cast, session):
    post = a_submitted_post(session, cast)
    request_changes(
        post,
        session=session,
        digest_seen=digest_of(post),
        reason="Crop the whiteboard",
        by=cast.amir,
        at=now(),
    )
    session.commit()
    zofia = browse(cast.zofia)
    assert zofia.get("/my-week").says("Crop the whiteboard")

    page = zofia.get(f"/posts/{post.id}")
    assert page.says("Changes asked")
    assert page.says("Crop the whiteboard")
    page = page.follow("Change it").submit("Submit", caption="Without a whiteboard")

    assert page.says("Waiting for comms")
    assert the_post(session).caption == "Without a whiteboard"
    assert the_post(session).state is PostState.SUBMITTED


def test_what_is_with_comms_is_taken_back_to_change_it(browse, cast, session):
    post = an_approved_post(session, cast)
    zofia = browse(cast.zofia)
    assert zofia.get(f"/posts/{post.id}/edit").path == f"/posts/{post.id}"

    page = zofia.get(f"/posts/{post.id}").submit("Take it back")

    assert page.says("Draft")
    assert the_post(session).slot_at is None
    assert the_post(session).approved_digest is None


def test_a_post_is_taken_out_for_good(browse, cast, session):
    post = an_approved_post(session, cast)

    page = browse(cast.zofia).get(f"/posts/{post.id}").submit("Take it out for good")

    assert page.path == "/my-week"
    assert page.says("Taken out")
    assert the_post(session).state is PostState.WITHDRAWN


def test_a_post_on_its_way_this_instant_cannot_be_taken_out(browse, cast, session):
    post = an_approved_post(session, cast)
    zofia = browse(cast.zofia)
    page = zofia.get(f"/posts/{post.id}")
    post.move(PostState.PUBLISHING, by=None, at=now())
    session.commit()

    assert not zofia.get(f"/posts/{post.id}").says("Take it out")
    for words in ("Take it out for good", "Take it back"):
        refused = page.submit(words)
        assert refused.status == 422
        assert refused.says("on its way to the account this very moment")
    assert the_post(session).state is PostState.PUBLISHING
    assert the_post(session).slot_at is not None


def test_each_state_says_what_happens_next(browse, cast, session):
    post = an_approved_post(session, cast)
    zofia = browse(cast.zofia)
    assert zofia.get("/my-week").says("Goes out Wed 25 Nov, 12:15")

    post.move(PostState.PUBLISHING, by=None, at=now())
    assert zofia.get("/my-week").says("Going out now")
    post.move(PostState.UNCERTAIN, by=None, at=now())
    assert zofia.get("/my-week").says("Posts: 1")  # on its day, as long as nobody knows better
    assert zofia.get("/my-week").says("Instagram did not answer clearly")
    assert post.state is PostState.UNCERTAIN
    post.published_at = now()
    post.permalink = "https://www.instagram.com/p/abc/"
    post.move(PostState.PUBLISHED, by=None, at=now())
    page = zofia.get(f"/posts/{post.id}")
    assert page.says("On the account")
    assert page.links["See it on the account"] == "https://www.instagram.com/p/abc/"


def test_a_rejected_post_says_why_and_leads_to_the_next_one(browse, cast, session):
    post = a_submitted_post(session, cast)
    facts = {"session": session, "digest_seen": digest_of(post), "by": cast.amir, "at": now()}
    reject(post, reason="The drawing is confidential", **facts)
    session.commit()

    page = browse(cast.zofia).get(f"/posts/{post.id}")

    assert page.says("The drawing is confidential")
    assert not page.says("Change it")
    assert not page.says("Take it out")
    page.follow("New post").submit("Keep as draft", **photo())
    assert session.scalar(select(func.count()).select_from(Post)) == 2

    with time_machine.travel(NOW + timedelta(days=7), tick=True):
        late = browse(cast.zofia).get(f"/posts/{post.id}")
    assert late.says("The drawing is confidential")
    assert not late.says("New post")


def test_where_changes_are_asked_for_changing_comes_first(browse, cast, session):
    post = asked_to_change(session, cast, reason="Crop it")
    page = browse(cast.zofia).get(f"/posts/{post.id}")

    bar = page.tree.find(".//div[@class='action-bar']")
    buttons = [e for e in bar.iter() if "button" in e.get("class", "").split()]
    assert [("".join(e.itertext()).strip(), e.get("class")) for e in buttons] == [
        ("Change it", "button primary"),
        ("Submit as it is", "button quiet"),
    ]
    page.submit("Submit as it is")
    assert the_post(session).state is PostState.SUBMITTED


def test_the_lines_that_comms_wrote_stay_lines(browse, cast, session):
    post = asked_to_change(session, cast, reason="Crop it.\nThen brighten it.")

    for path in ("/my-week", f"/posts/{post.id}"):
        page = browse(cast.zofia).get(path)
        shown = [e for e in page.tree.iter() if "Then brighten it." in (e.text or "")]
        assert shown
        assert all("as-written" in e.get("class", "").split() for e in shown)


def asked_to_change(session, cast, *, reason):
    post = a_submitted_post(session, cast)
    seen = digest_of(post)
    request_changes(post, session=session, digest_seen=seen, reason=reason, by=cast.amir, at=now())
    session.commit()
    return post


def test_posts_of_others_are_not_there(browse, cast, session):
    post = a_draft(session, cast)
    give_role(cast.noe, Role.AMBASSADOR, by=None, at=now())
    session.commit()

    for person in (cast.noe, cast.amir, cast.lea, None):
        browser = browse(person)
        for path in (f"/posts/{post.id}", f"/posts/{post.id}/edit"):
            assert browser.get(path).status in {403, 404}
    assert browse(cast.noe).get(f"/posts/{post.id}").status == 404
    for verb in ("submit", "take-back", "withdraw", "edit"):
        noe = browse(cast.noe)
        token = csrf_of(noe.get("/my-week"))
        assert noe.post(f"/posts/{post.id}/{verb}", csrf_token=token).status == 404
    assert the_post(session).state is PostState.DRAFT


def csrf_of(page):
    return next(
        field.get("value") for field in page.tree.iter("input") if field.get("name") == "csrf_token"
    )


def test_posts_are_prepared_before_the_week_but_not_after(browse, cast, session):
    form = browse(cast.zofia).get("/my-week/new")
    cast.week.starts_on = THIS_MONDAY + timedelta(days=7)
    session.commit()
    assert browse(cast.zofia).get("/my-week").says("Your week is coming")
    assert form.submit("Submit", **photo(), **WORDS).says("Waiting for comms")

    cast.week.starts_on = THIS_MONDAY - timedelta(days=7)
    session.commit()
    page = form.submit("Submit", **photo("late"), **WORDS)
    assert page.path == "/my-week"
    assert page.says("Your week is over")
    assert not page.says("New post")
    assert browse(cast.zofia).get("/my-week/new").path == "/my-week"
    assert session.scalar(select(func.count()).select_from(Post)) == 1


def test_my_week_says_where_somebody_is_who_has_no_week(browse, cast, session):
    zofia, sam = browse(cast.zofia), browse(cast.stranger)
    cast.week.taken_back_at = now()
    page = zofia.get("/my-week")
    assert page.says("Thank you for your yes")
    assert page.says("Now You get a week")

    step_down(cast.consent, session=session, by=cast.zofia, at=now())
    assert zofia.get("/my-week").says("You have stepped down")

    give_role(cast.stranger, Role.AMBASSADOR, by=None, at=now())
    assert sam.get("/my-week").says("You have no week yet")


def prepared_for_next_week(session, cast, *, timezone):
    """Zofia has done what she can for a week that begins on Monday."""
    cast.zofia.timezone = timezone
    cast.week.starts_on = THIS_MONDAY + timedelta(days=7)
    a_submitted_post(session, cast)


def test_a_week_ahead_is_next_and_says_when(browse, cast, session):
    prepared_for_next_week(session, cast, timezone="Europe/Warsaw")

    page = browse(cast.zofia).get("/my-week")

    assert page.says("Next Your week It begins Mon 30 Nov 2026.")
    assert page.says("is yours from Mon 30 Nov 2026.")
    assert not page.says("Now")
    assert not page.says("on your clock")


def test_a_week_of_another_zone_begins_and_ends_on_both_clocks(browse, cast, session):
    prepared_for_next_week(session, cast, timezone="Europe/London")

    page = browse(cast.zofia).get("/my-week")
    begins = "Sun 29 Nov, 23:00 on your clock (Mon 30 Nov, 00:00, Paris time)."
    assert page.says(f"Next Your week It begins {begins}")
    assert page.says(f"is yours from {begins}")

    with time_machine.travel(NOW + timedelta(days=7), tick=True):
        page = browse(cast.zofia).get("/my-week")
    ends = "Sun 6 Dec, 23:00 on your clock (Mon 7 Dec, 00:00, Paris time)."
    assert page.says(f"Now Your week It is on, until {ends}")
    assert page.says(f"is yours until {ends}")


@pytest.mark.parametrize(
    ("timezone", "before", "last_day", "hour"),
    [
        ("Europe/Warsaw", "2026-11-28 22:30", "2026-11-28 23:30", "midnight."),
        (
            "Europe/London",
            "2026-11-28 23:30",
            "2026-11-29 00:30",
            "23:00 on your clock (Mon 30 Nov, 00:00, Paris time).",
        ),
        (
            "Asia/Tokyo",
            "2026-11-29 14:30",
            "2026-11-29 15:30",
            "08:00 on your clock (Mon 30 Nov, 00:00, Paris time).",
        ),
    ],
)
def test_on_its_last_day_a_week_says_that_it_ends_today_and_when(
    browse, cast, session, timezone, before, last_day, hour
):
    cast.zofia.timezone = timezone
    session.commit()

    with time_machine.travel(f"{before}+00:00", tick=True):
        page = browse(cast.zofia).get("/my-week")
    assert page.says("Your week is on")
    assert not page.says("today, at")

    with time_machine.travel(f"{last_day}+00:00", tick=True):
        page = browse(cast.zofia).get("/my-week")
    assert page.says("Your week ends today")
    assert page.says(f"is yours until {hour}")
    assert page.says(f"It ends today, at {hour}")


def test_a_running_week_is_now_whatever_is_still_to_do(browse, cast):
    page = browse(cast.zofia).get("/my-week")

    assert page.says("Now Make your first post")
    assert page.says("Now Your week It is on, until Sun 29 Nov 2026.")


def test_my_week_shows_the_running_one_and_leads_to_the_others(browse, cast, session):
    give_week(
        cast.programme,
        cast.zofia,
        session=session,
        starts_on=THIS_MONDAY + timedelta(days=21),
        by=cast.lea,
        at=now(),
    )
    session.commit()

    page = browse(cast.zofia).get("/my-week")
    assert page.says("Your week is on")
    page = page.follow("14")
    assert page.says("Your week is coming")
    page.follow("New post").submit("Keep as draft", **photo())
    assert the_post(session).week.starts_on == THIS_MONDAY + timedelta(days=21)


def test_a_page_that_looks_again_gets_nothing_until_something_moved(browse, cast, session):
    post = a_submitted_post(session, cast)
    zofia = browse(cast.zofia)
    page = zofia.get(f"/posts/{post.id}")
    again = polled(page)
    session.commit()
    assert zofia.fetch(again, headers={"HX-Request": "true"}).status_code == 204

    approve(post, session=session, digest_seen=digest_of(post), by=cast.amir, at=now())
    session.commit()

    fragment = zofia.fetch(again, headers={"HX-Request": "true"})
    assert fragment.status_code == 200
    assert "Goes out Wed 25 Nov" in fragment.text
    assert "<html" not in fragment.text


def test_a_page_on_which_nothing_moves_does_not_look_again(browse, cast, session):
    post = a_draft(session, cast)

    assert polled(browse(cast.zofia).get(f"/posts/{post.id}")) is None


def polled(page):
    found = [e.get("hx-get") for e in page.tree.iter("div") if e.get("hx-get")]
    return found[0] if found else None


def test_words_copied_from_a_word_processor_are_kept_as_lines(browse, cast, session):
    post = a_draft(session, cast)
    page = browse(cast.zofia).get(f"/posts/{post.id}/edit")

    alt = {f"picture-{post.pictures[0].id}-alt_text": "A welder\0"}
    page = page.submit("Keep as draft", caption="Sparks\vfly\0", **alt)

    assert page.status == 200
    session.refresh(post)
    assert post.caption == "Sparks\nfly"
    assert post.pictures[0].alt_text == "A welder"
