"""What comms does with a post: look, decide once, settle what is uncertain."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, insert, select

from moderation.models import Decision, Review
from moderation.reviewing import ReasonMissing, approve, reject, request_changes
from rota.answering import step_down
from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.models import Connection, Publication
from takeover.mail.models import Message
from takeover.people.adding import give_role
from takeover.people.models import Role
from takeover.posts.arranging import add_picture, remove_picture
from takeover.posts.digest import digest_of
from takeover.posts.drafting import edit, submit, take_back, withdraw
from takeover.posts.models import Picture, Post, PostState
from tests.preparing import a_draft, a_submitted_post, an_approved_post, ready_media
from tests.questions import questions_of


def a_second_approver(session, cast):
    give_role(cast.lea, Role.APPROVER, by=None, at=now())
    session.commit()
    return cast.lea


def the_post(session):
    return session.scalars(select(Post)).one()


def uncertain(session, post):
    post.move(PostState.PUBLISHING, by=None, at=now())
    sent_at = now() - timedelta(minutes=10)
    facts = {"door": "sandbox", "sent_at": sent_at, "trouble": "no clear answer", "tries": 5}
    session.add(Publication(post_id=post.id, **facts))
    post.move(PostState.UNCERTAIN, by=None, at=now())
    session.commit()
    return post


def its_author_changes(session, cast, post):
    """Takes it back, writes something else, and sends it again."""
    take_back(post, by=cast.zofia, at=now())
    edit(post, by=cast.zofia, at=now(), caption="As changed")
    submit(post, by=cast.zofia, at=now())
    session.commit()


def test_an_approver_says_yes_with_one_tap_and_the_next_one_comes(browse, cast, session):
    first = a_submitted_post(session, cast, caption="First")
    second = a_submitted_post(session, cast, caption="Second")

    queue = browse(cast.amir).get("/queue")
    assert captions(queue) == ["First", "Second"]
    page = queue.browser.get(f"/queue/{first.id}")
    assert page.says("Would go out Wed 25 Nov, 12:15 (11:15 on your clock)")  # Amir's clock is UTC
    page = page.submit("Approve")

    assert page.path == f"/queue/{second.id}"
    assert page.says("The post of Zofia Kowalczyk is approved. It goes out Wed 25 Nov, 12:15 ")
    assert session.get(Post, first.id).state is PostState.APPROVED
    page = page.submit("Approve")
    assert page.path == "/queue"
    assert page.says("Nothing waits")


def test_the_page_shows_what_will_be_published(browse, cast, session):
    post = a_submitted_post(session, cast, caption="Sparks #welding")

    page = browse(cast.amir).get(f"/queue/{post.id}")

    assert page.says("Sparks #welding")
    assert page.says("A welder behind a shower of sparks")
    assert page.says("Welder, Wrocław, Poland")
    picture = page.tree.find(".//img[@fetchpriority]").get("src")
    assert browse(cast.amir).fetch(picture).mimetype == "image/jpeg"


@pytest.mark.parametrize(
    ("button", "state", "kind", "decision"),
    [
        (
            "Send to",
            PostState.CHANGES_REQUESTED,
            "changes_requested",
            Decision.REQUEST_CHANGES,
        ),
        ("Reject this post", PostState.REJECTED, "rejected", Decision.REJECT),
    ],
)
def test_a_no_reaches_its_author_with_its_reason(
    browse, cast, session, button, state, kind, decision
):
    post = a_submitted_post(session, cast)

    page = browse(cast.amir).get(f"/queue/{post.id}").submit(button, reason="Crop the board")

    assert page.says("Zofia Kowalczyk")
    assert the_post(session).state is state
    assert session.scalars(select(Review)).one().decision is decision
    mail = session.scalars(select(Message).where(Message.kind == kind)).one()
    assert mail.address == "zofia@home.example"
    assert "Crop the board" in mail.text
    link = next(word for word in mail.text.split() if "/sign-in/link/" in word)
    page = browse().get(link.removeprefix("http://localhost")).submit("Sign in")
    assert page.path == f"/posts/{post.id}"
    assert page.says("Crop the board")


def test_the_mail_is_in_the_authors_language(cast, session):
    cast.zofia.language = "fr"
    post = a_submitted_post(session, cast)
    reject(post, session=session, digest_seen=digest_of(post), reason="Non", by=cast.amir, at=now())
    session.commit()

    assert session.scalars(select(Message).where(Message.kind == "rejected")).one().language == "fr"


def test_a_no_without_a_reason_changes_nothing(browse, cast, session):
    post = a_submitted_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")

    for button in ("Send to", "Reject this post"):
        again = page.submit(button, reason="  ")
        assert again.status == 422
        assert again.says("the author reads it")
    assert the_post(session).state is PostState.SUBMITTED
    with pytest.raises(ReasonMissing):
        reject(
            post, session=session, digest_seen=digest_of(post), reason=" ", by=cast.amir, at=now()
        )


def test_a_rejected_form_keeps_what_was_typed(browse, cast, session):
    post = a_submitted_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")

    again = page.submit("Send to", reason="x" * 2001)

    assert again.status == 422
    assert "x" * 2001 in again.html


@pytest.mark.parametrize("button", ["Approve", "Send to", "Reject this post"])
def test_the_second_of_two_approvers_is_told_what_the_first_did(browse, cast, session, button):
    post = a_submitted_post(session, cast)
    lea = a_second_approver(session, cast)
    hers = browse(lea).get(f"/queue/{post.id}")
    browse(cast.amir).get(f"/queue/{post.id}").submit("Approve")

    page = hers.submit(button, **({} if button == "Approve" else {"reason": "No"}))

    assert page.status == 422
    assert page.says("Amir Haddad approved this on Wed 25 Nov, 11:00")
    assert session.scalar(select(func.count()).select_from(Review)) == 1
    assert the_post(session).state is PostState.APPROVED
    assert browse(lea).get(f"/queue/{post.id}").says("Amir Haddad approved this on Wed 25 Nov")


def test_a_post_changed_since_it_was_seen_is_shown_anew(browse, cast, session):
    post = a_submitted_post(session, cast, caption="As seen")
    page = browse(cast.amir).get(f"/queue/{post.id}")
    its_author_changes(session, cast, post)

    refused = page.submit("Approve")
    assert refused.status == 422
    assert refused.says("It has been changed since you looked")
    assert refused.says("As changed")
    assert the_post(session).state is PostState.SUBMITTED

    refused.submit("Approve")
    assert the_post(session).state is PostState.APPROVED


def test_a_reason_survives_a_change_by_the_author(browse, cast, session):
    post = a_submitted_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")
    its_author_changes(session, cast, post)

    assert "Crop the board" in page.submit("Send to", reason="Crop the board").html


def test_what_its_author_took_back_is_theirs_alone(browse, cast, session):
    post = a_submitted_post(session, cast, caption="Secret second thoughts")
    page = browse(cast.amir).get(f"/queue/{post.id}")
    take_back(post, by=cast.zofia, at=now())
    session.commit()

    refused = page.submit("Approve")

    assert refused.status == 422
    assert refused.says("took it back")
    assert not refused.says("Secret second thoughts")
    assert not browse(cast.amir).get(f"/queue/{post.id}").says("Secret second thoughts")


def test_words_its_author_is_changing_are_not_read_before_they_are_submitted(browse, cast, session):
    post = a_submitted_post(session, cast, caption="As it was sent")
    facts = {"digest_seen": digest_of(post), "reason": "Crop the board", "session": session}
    request_changes(post, by=cast.amir, at=now(), **facts)
    words = {post.pictures[0].id: "Half a descr"}
    edit(post, by=cast.zofia, at=now(), caption="Half a sent", alt_texts=words)
    session.commit()
    amir = browse(cast.amir)

    page = amir.get(f"/queue/{post.id}")

    assert page.says("Zofia")
    assert page.says("is changing it. You see it again once it is submitted")
    assert page.says("Crop the board")
    for unsent in ("Half a sent", "Half a descr"):
        assert unsent not in page.html
        assert unsent not in amir.get("/posts").html
    assert amir.get("/posts").says("Being changed by its author")
    assert browse(cast.zofia).get(f"/posts/{post.id}/edit").title.startswith("Change your post")

    submit(post, by=cast.zofia, at=now())
    session.commit()

    assert amir.get(f"/queue/{post.id}").says("Half a sent")


def test_a_draft_is_nothing_to_comms(browse, cast, session):
    post = a_draft(session, cast)

    assert browse(cast.amir).get(f"/queue/{post.id}").status == 404
    assert not browse(cast.amir).get("/posts").says("Sparks fly")


def test_nobody_decides_about_their_own_post(browse, cast, session):
    post = a_submitted_post(session, cast)
    give_role(cast.zofia, Role.APPROVER, by=None, at=now())
    a_second_approver(session, cast)
    amirs = browse(cast.amir).get(f"/queue/{post.id}")

    page = browse(cast.zofia).get(f"/queue/{post.id}")
    assert page.says("This is your own post")
    assert page.says("Amir Haddad, Léa Martin")
    assert not page.says("Approve")
    values = {e.get("name"): e.get("value") for e in amirs.tree.iter("input")}
    zofia = browse(cast.zofia)
    values["csrf_token"] = csrf_of(zofia.get("/my-week"))
    forced = zofia.post(f"/queue/{post.id}/approve", **values)

    assert forced.status == 422
    assert forced.says("Another approver decides about it")
    assert the_post(session).state is PostState.SUBMITTED


def csrf_of(page):
    return next(
        field.get("value") for field in page.tree.iter("input") if field.get("name") == "csrf_token"
    )


def test_with_no_slot_left_the_approver_reads_what_can_be_done(browse, cast, session):
    post = a_submitted_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")
    cast.programme.slot_days = [0]  # Monday is over
    session.commit()

    refused = page.submit("Approve")
    assert refused.status == 422
    assert refused.says("No free slot is left in this week")
    assert refused.says("have the programme's lead add slots")
    assert not browse(cast.amir).get(f"/queue/{post.id}").says("Approve")


def test_after_a_withdrawn_consent_nothing_is_approved(browse, cast, session):
    post = a_submitted_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")
    step_down(cast.consent, session=session, by=cast.zofia, at=now())
    session.commit()

    assert page.submit("Approve").status == 422
    assert the_post(session).state is PostState.WITHDRAWN


def test_legal_and_the_lead_read_along_and_decide_nothing(browse, cast, session):
    post = a_submitted_post(session, cast)
    form = browse(cast.amir).get(f"/queue/{post.id}")

    for person in (cast.olga, cast.lea):
        browser = browse(person)
        assert browser.get("/queue").says("Zofia Kowalczyk")
        page = browser.get(f"/queue/{post.id}")
        assert page.says("You read along here")
        values = {e.get("name"): e.get("value") for e in form.tree.iter("input")}
        values |= {"csrf_token": csrf_of(page), "reason": "No"}
        for verb in ("approve", "changes", "reject"):
            assert browser.post(f"/queue/{post.id}/{verb}", **values).status == 403
    for person in (cast.zofia, cast.hanna, cast.ada):
        assert browse(person).get("/queue").status == 403
    assert the_post(session).state is PostState.SUBMITTED


def many_waiting(session, cast, how_many):
    post = a_submitted_post(session, cast, caption="Number 0")
    media_id, start = post.pictures[0].media_id, post.submitted_at
    facts = {
        "programme_id": post.programme_id,
        "week_id": post.week_id,
        "author_id": post.author_id,
        "state": PostState.SUBMITTED,
        "created_at": start,
    }
    # Each three were submitted in the same instant.
    rows = [
        {"caption": f"Number {n}", "submitted_at": start + timedelta(seconds=n // 3)}
        for n in range(1, how_many)
    ]
    ids = session.scalars(insert(Post).returning(Post.id), [facts | row for row in rows]).all()
    alike = {"media_id": media_id, "position": 0, "alt_text": ""}
    session.execute(insert(Picture), [alike | {"post_id": post_id} for post_id in ids])
    session.commit()


def test_every_post_is_on_one_page_of_the_queue_and_on_no_two(browse, cast, session):
    many_waiting(session, cast, 80)
    amir, seen = browse(cast.amir), []

    page = amir.get("/queue")
    assert page.says("80 posts wait")
    while True:
        here = captions(page)
        seen += here
        if "Next page" not in page.links:
            break
        page = page.follow("Next")
        assert captions(page.follow("Previous")) == here

    assert len(seen) == len(set(seen)) == 80


def captions(page):
    return [p.text for p in page.tree.iter("p") if p.get("class") == "queue-item-caption"]


@pytest.mark.parametrize("place", ["x", "-", "1-", "9" * 40 + "-1", "-1--1", "١-١"])
def test_a_place_in_the_queue_that_nobody_gave_is_no_trouble(browse, cast, session, place):
    a_submitted_post(session, cast)

    for side in ("after", "before"):
        assert browse(cast.amir).get(f"/queue?{side}={place}").status == 200


def test_a_page_of_the_queue_asks_the_database_as_often_for_many_as_for_few(browse, cast, session):
    amir = browse(cast.amir)
    many_waiting(session, cast, 2)
    few = len(questions_of(lambda: amir.get("/queue")))
    many_waiting(session, cast, 60)

    assert amir.get("/queue").says("62 posts wait")
    assert len(questions_of(lambda: amir.get("/queue"))) == few


def at_once(browsers, path_of, fields_of):
    """Each presses the button in the same instant, in a thread and a connection of their own."""
    together = threading.Barrier(len(browsers))

    def press(number):
        together.wait()
        return browsers[number].client.post(path_of(number), data=fields_of(number))

    with ThreadPoolExecutor(len(browsers)) as threads:
        return list(threads.map(press, range(len(browsers))))


def pressed(page):
    return {e.get("name"): e.get("value") for e in page.tree.iter("input") if e.get("name")}


def test_two_approvals_in_the_same_instant_are_one(browse, cast, session):
    path = f"/queue/{a_submitted_post(session, cast).id}"
    lea = a_second_approver(session, cast)
    browsers = [browse(cast.amir), browse(lea)]
    fields = [pressed(browser.get(path)) for browser in browsers]
    session.commit()

    answers = at_once(browsers, lambda _: f"{path}/approve", lambda n: fields[n])

    session.expire_all()
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert session.scalar(select(func.count()).select_from(Review)) == 1
    assert [move.to_state for move in the_post(session).history].count("approved") == 1


def test_posts_approved_in_the_same_instant_get_slots_of_their_own(browse, cast, session):
    posts = [a_submitted_post(session, cast, caption=f"Number {n}").id for n in range(3)]
    browsers = [browse(cast.amir) for _ in posts]
    fields = [pressed(b.get(f"/queue/{p}")) for b, p in zip(browsers, posts, strict=True)]
    session.commit()

    answers = at_once(browsers, lambda n: f"/queue/{posts[n]}/approve", lambda n: fields[n])

    session.expire_all()
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert len(set(session.scalars(select(Post.slot_at)))) == 3


def test_comms_sees_what_became_of_this_weeks_posts(browse, cast, session):
    an_approved_post(session, cast, caption="Approved one")
    a_submitted_post(session, cast, caption="Waiting one")
    uncertain(session, an_approved_post(session, cast, caption="Doubtful one"))

    page = browse(cast.lea).get("/posts")

    assert page.says("One post needs you")
    for words in ("Approved one", "Waiting one", "Doubtful one", "No clear answer", "Goes out"):
        assert page.says(words)
    assert browse(cast.olga).get("/posts").status == 403


def test_a_person_says_that_an_uncertain_post_is_there(browse, cast, session):
    uncertain(session, an_approved_post(session, cast))
    page = browse(cast.amir).get("/posts")
    for wrong in ("", "hello", "https://evil.example/p/C0ffee12345/", "/sandbox/x#post-x"):
        assert page.submit("It is there", permalink=wrong).status == 422
    assert the_post(session).state is PostState.UNCERTAIN

    address = "http://localhost/sandbox/a_week_at_nordwerk#post-7"
    page = page.submit("It is there", permalink=address)

    assert page.says("Noted: it is on the account")
    assert the_post(session).state is PostState.PUBLISHED
    assert the_post(session).permalink == address
    entry = session.scalars(select(AuditEntry).where(AuditEntry.to_state == "published")).one()
    assert entry.by_id == cast.amir.id


def test_one_address_is_not_two_posts(browse, cast, session):
    first = uncertain(session, an_approved_post(session, cast, caption="One"))
    second = uncertain(session, an_approved_post(session, cast, caption="Two"))
    amir = browse(cast.amir)
    token = csrf_of(amir.get("/posts"))
    address = "http://localhost/sandbox/a_week_at_nordwerk#post-7"
    amir.post(f"/posts/{first.id}/there", csrf_token=token, permalink=address)

    page = amir.post(f"/posts/{second.id}/there", csrf_token=token, permalink=address)

    assert page.status == 422
    assert page.says("Another of our posts has this address")
    assert session.get(Post, second.id).state is PostState.UNCERTAIN


def test_what_is_not_there_is_tried_again_in_the_next_free_slot(browse, cast, session):
    post = uncertain(session, an_approved_post(session, cast))
    digest, slot = post.approved_digest, post.slot_at
    page = browse(cast.amir).get("/posts").submit("It is not there")
    assert page.says("You can try it again")
    assert the_post(session).state is PostState.FAILED

    again = page.submit("Place again")
    twice = page.submit("Place again")

    assert again.says("It goes out Wed 25 Nov, 18:00")
    assert twice.says("It goes out Wed 25 Nov, 18:00")
    assert the_post(session).state is PostState.APPROVED
    assert the_post(session).slot_at > slot
    assert the_post(session).approved_digest == digest
    assert session.get(Publication, post.id).tries == 0


def test_nobody_says_that_it_is_not_there_while_it_may_be_on_its_way(browse, cast, session):
    post = uncertain(session, an_approved_post(session, cast))
    session.get(Publication, post.id).sent_at = now() - timedelta(minutes=4)
    session.commit()
    amir = browse(cast.amir)
    page = amir.get("/posts")
    assert page.says("that it is not there can be said from Wed 25 Nov, 11:01")
    assert not page.says("It is not there")

    fields = {"csrf_token": csrf_of(page), "seen": post.history[-1].id}
    early = amir.post(f"/posts/{post.id}/not-there", **fields)
    assert early.says("It may still be on its way. Look again after")
    assert the_post(session).state is PostState.UNCERTAIN

    with time_machine.travel(now() + timedelta(minutes=2)):
        assert amir.get("/posts").submit("It is not there").says("You can try it again")


def test_settling_what_is_settled_changes_nothing(browse, cast, session):
    uncertain(session, an_approved_post(session, cast))
    page = browse(cast.amir).get("/posts")
    page.submit("It is not there")

    twice = page.submit("It is there", permalink="/sandbox/a_week_at_nordwerk#post-1")

    assert twice.status == 422
    assert the_post(session).state is PostState.FAILED


def test_a_stopped_account_is_said_where_comms_looks(browse, cast, session):
    session.add(
        Connection(
            programme_id=cast.programme.id,
            publisher="instagrapi",
            sealed_session=b"x",
            connected_at=now(),
            stopped_at=now(),
        )
    )
    session.commit()

    assert browse(cast.amir).get("/posts").says("Nothing goes out to @a_week_at_nordwerk")


def test_an_approval_at_night_is_told_with_its_day(browse, cast, session):
    post = a_submitted_post(session, cast)
    at = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    approve(post, session=session, digest_seen=digest_of(post), by=cast.amir, at=at)
    session.commit()

    assert browse(cast.amir).get(f"/queue/{post.id}").says("approved this on Tue 24 Nov, 23:30")


def test_an_approved_post_can_be_stopped_until_it_is_on_its_way(browse, cast, session):
    post = an_approved_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")

    page = page.submit("Stop this post", reason="The crane in it is a customer's.")

    assert page.says("Stopped. It does not go out")
    session.expire_all()
    assert post.state is PostState.CHANGES_REQUESTED
    assert post.slot_at is None
    assert post.approved_digest is None
    assert session.scalars(select(Review).order_by(Review.id.desc())).first().by_id == cast.amir.id
    told = session.scalars(select(Message).where(Message.kind == "changes_requested")).one()
    assert told.person_id == cast.zofia.id
    assert "The crane in it is a customer's." in told.text


def test_a_post_that_is_on_its_way_is_not_stopped_any_more(browse, cast, session):
    post = an_approved_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")
    post.move(PostState.PUBLISHING, by=None, at=now())
    session.commit()

    page.submit("Stop this post", reason="Too late")

    session.expire_all()
    assert post.state is PostState.PUBLISHING


@pytest.mark.parametrize("who", ["lea", "olga"])
def test_who_does_not_approve_cannot_stop(browse, cast, session, who):
    post = an_approved_post(session, cast)

    page = browse(getattr(cast, who)).get(f"/queue/{post.id}")

    assert "Stop this post" not in page.text


def test_stopping_needs_a_reason(browse, cast, session):
    post = an_approved_post(session, cast)

    page = browse(cast.amir).get(f"/queue/{post.id}").submit("Stop this post", reason=" ")

    assert page.status == 422
    session.expire_all()
    assert post.state is PostState.APPROVED


def test_a_reason_copied_from_a_word_processor_reaches_the_author(browse, cast, session):
    a_submitted_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{the_post(session).id}")

    page = page.submit("Reject", reason="The badge\vand the screen\0 show names.\x07")

    assert page.status == 200
    told = session.scalars(select(Message).where(Message.kind == "rejected")).one()
    assert "The badge\nand the screen show names." in told.text


def sent_again(session, cast, *, caption="As it was", media=None):
    """A post that comms gave back yesterday evening, and its author submitted again."""
    post = a_submitted_post(session, cast, caption="As it was")
    yesterday = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    post.pictures[0].media.received_at = yesterday - timedelta(hours=1)
    request_changes(
        post,
        session=session,
        digest_seen=digest_of(post),
        reason="Crop the board.\nName the plant.",
        by=cast.amir,
        at=yesterday,
    )
    edit(post, by=cast.zofia, at=now(), caption=caption)
    if media is not None:
        remove_picture(post, post.pictures[0], by=cast.zofia, at=now())
        add_picture(post, media, by=cast.zofia, at=now())
    submit(post, by=cast.zofia, at=now())
    session.commit()
    return post


def test_a_post_that_comes_back_shows_what_was_asked(browse, cast, session):
    post = sent_again(session, cast, caption="As it is")

    for reader in (cast.amir, cast.olga):
        page = browse(reader).get(f"/queue/{post.id}")

        assert page.says("Amir Haddad asked for changes on Tue 24 Nov, 19:30 (18:30")
        written = [p.text for p in page.tree.iter("p") if p.get("class") == "as-written"]
        assert written == ["Crop the board.\nName the plant."]
        assert page.says("As it is")
        assert page.says("Changed since then. How it was before is not kept.")
        assert not page.says("As it was")


def test_a_post_that_comes_back_untouched_says_so(browse, cast, session):
    post = sent_again(session, cast)

    page = browse(cast.amir).get(f"/queue/{post.id}")

    assert page.says("Nothing has changed since then")


def test_a_post_that_comes_back_with_a_new_photo_says_so(browse, cast, session):
    post = sent_again(session, cast, media=ready_media(session, cast.zofia, text="Cropped"))

    page = browse(cast.amir).get(f"/queue/{post.id}")

    assert page.says("Changed since then, with a new photo or video.")


def test_what_was_asked_is_shown_no_more_once_a_yes_came_after_it(browse, cast, session):
    post = sent_again(session, cast)
    approve(post, session=session, digest_seen=digest_of(post), by=cast.amir, at=now())
    take_back(post, by=cast.zofia, at=now())
    submit(post, by=cast.zofia, at=now())
    session.commit()

    assert not browse(cast.amir).get(f"/queue/{post.id}").says("Crop the board")
    assert badges(browse(cast.amir).get("/queue")) == [[]]


def test_the_queue_says_which_posts_were_sent_again(browse, cast, session):
    sent_again(session, cast)
    a_submitted_post(session, cast, caption="Never seen before")

    page = browse(cast.amir).get("/queue")

    assert captions(page) == ["As it was", "Never seen before"]
    assert badges(page) == [["Sent again"], []]


def badges(page):
    """The words of each line's badges."""
    lines = [e for e in page.tree.iter("div") if e.get("class") == "queue-item-news"]
    return [
        ["".join(e.itertext()) for e in line.iter("span") if "state" in (e.get("class") or "")]
        for line in lines
    ]


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        # The account is in Paris, an hour ahead of UTC: its week ends on Sunday at 23:00 UTC.
        ("2026-11-27T22:59", []),
        ("2026-11-27T23:30", ["Week ends on Sunday"]),  # Saturday there, Friday for Amir
        ("2026-11-28T10:00", ["Week ends tomorrow"]),
        ("2026-11-28T22:59", ["Week ends tomorrow"]),
        ("2026-11-28T23:00", ["Last day"]),  # Sunday there, Saturday for Amir
        ("2026-11-29T22:59", ["Last day"]),
        ("2026-11-29T23:00", ["Week over"]),
    ],
)
def test_the_queue_says_whose_week_ends_soon(browse, cast, session, instant, said):
    a_submitted_post(session, cast)

    with time_machine.travel(datetime.fromisoformat(f"{instant}+00:00")):
        page = browse(cast.amir).get("/queue")

    assert badges(page) == [said]


def focused(page):
    """What has the focus when the page is there: the first that asks for it."""
    return next((e for e in page.tree.iter() if e.get("autofocus") is not None), None)


CONTROLS = {"a", "button", "input", "select", "textarea", "summary"}


def tabs_to(page, words, start):
    """How often a keyboard's Tab is pressed from there to the button that says so."""
    everything = list(page.tree.find(".//body").iter())
    after = everything[everything.index(start) + 1 :]
    stops = [e for e in after if e.tag in CONTROLS and e.get("type") != "hidden"]
    return next(n for n, e in enumerate(stops, 1) if words in "".join(e.itertext()))


def test_a_keyboard_hears_what_was_decided_and_the_next_yes_is_one_tab_away(browse, cast, session):
    first = a_submitted_post(session, cast, caption="First")
    a_submitted_post(session, cast, caption="Second")

    page = browse(cast.amir).get(f"/queue/{first.id}").submit("Approve")

    place = focused(page)
    assert "The post of Zofia Kowalczyk is approved." in "".join(place.itertext())
    assert tabs_to(page, "Approve", place) == 1
    # A second, impatient Enter or Space falls on words, which take neither.
    assert (place.tag, place.get("tabindex")) == ("div", "-1")
    assert "Nothing waits" in page.submit("Approve").text


def test_a_post_opened_from_the_queue_takes_no_focus(browse, cast, session):
    post = a_submitted_post(session, cast)

    assert focused(browse(cast.amir).get(f"/queue/{post.id}")) is None


def test_the_last_decision_of_all_is_heard_too(browse, cast, session):
    post = a_submitted_post(session, cast)

    page = browse(cast.amir).get(f"/queue/{post.id}").submit("Approve")

    assert page.path == "/queue"
    assert "is approved." in "".join(focused(page).itertext())


def test_a_second_impatient_click_falls_on_a_button_that_takes_none_yet(browse, cast, session):
    post = a_submitted_post(session, cast)
    browser = browse(cast.amir)

    page = browser.get(f"/queue/{post.id}")
    with browser.fetch("/static/css/pages.css") as answer:
        sheet = answer.text

    (yes,) = [e for e in page.tree.iter("form") if e.get("class") == "decision-yes"]
    assert "Approve" in "".join(yes.itertext())
    assert ".decision-yes .button { animation: not-yet 1.2s; }" in sheet
    assert "@keyframes not-yet { from, 99% { pointer-events: none; }" in sheet


@pytest.mark.parametrize("button", ["Approve", "Send to", "Reject this post"])
def test_a_second_press_of_the_same_button_means_the_first(browse, cast, session, button):
    first = a_submitted_post(session, cast, caption="First")
    second = a_submitted_post(session, cast, caption="Second")
    page = browse(cast.amir).get(f"/queue/{first.id}")
    reason = {} if button == "Approve" else {"reason": "Crop the board"}

    once, twice = page.submit(button, **reason), page.submit(button, **reason)

    assert once.path == twice.path == f"/queue/{second.id}"
    assert not twice.says("Nothing was changed")
    assert session.scalar(select(func.count()).select_from(Review)) == 1
    assert session.get(Post, second.id).state is PostState.SUBMITTED


def test_a_second_press_after_the_author_took_it_back_approves_nothing(browse, cast, session):
    post = a_submitted_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")
    page.submit("Approve")
    take_back(post, by=cast.zofia, at=now())
    session.commit()

    again = page.submit("Approve")

    assert again.status == 422
    assert again.says("taken it back")
    assert post.state is PostState.DRAFT


def test_a_second_press_on_a_page_from_before_an_edit_means_nothing(browse, cast, session):
    post = a_submitted_post(session, cast)
    desk = browse(cast.amir)
    before = desk.get(f"/queue/{post.id}")
    before.submit("Approve")
    its_author_changes(session, cast, post)
    desk.get(f"/queue/{post.id}").submit("Approve")

    again = before.submit("Approve")

    assert again.status == 422


def test_a_second_press_of_stop_means_the_first(browse, cast, session):
    post = an_approved_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")

    once, twice = (page.submit("Stop this post", reason="Not that crane") for _ in range(2))

    assert once.path == twice.path == "/posts"
    assert session.scalars(select(Review.decision).order_by(Review.id)).all() == [
        Decision.APPROVE,
        Decision.REQUEST_CHANGES,
    ]


def test_other_words_at_the_second_press_are_not_passed_off_as_sent(browse, cast, session):
    post = a_submitted_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")
    page.submit("Send to", reason="Crop the board")

    again = page.submit("Send to", reason="Crop the board, and the badge")

    assert again.status == 422
    assert again.says("What you wrote was not sent Crop the board, and the badge")


WRITTEN = "Crop the board.\nThe badge as well."


@pytest.mark.parametrize("button", ["Send to", "Reject this post"])
@pytest.mark.parametrize("theirs", ["approve", "request", "reject", "take back", "withdraw"])
def test_a_reason_survives_what_somebody_else_did_meanwhile(browse, cast, session, button, theirs):
    post = a_submitted_post(session, cast)
    lea = a_second_approver(session, cast)
    page = browse(lea).get(f"/queue/{post.id}")
    seen = {"session": session, "digest_seen": digest_of(post), "by": cast.amir, "at": now()}
    {
        "approve": lambda: approve(post, **seen),
        "request": lambda: request_changes(post, reason="His words", **seen),
        "reject": lambda: reject(post, reason="His words", **seen),
        "take back": lambda: take_back(post, by=cast.zofia, at=now()),
        "withdraw": lambda: withdraw(post, by=cast.zofia, at=now()),
    }[theirs]()
    session.commit()

    refused = page.submit(button, reason=WRITTEN)

    assert refused.status == 422
    assert refused.says("What you wrote was not sent")
    assert WRITTEN in [p.text for p in refused.tree.iter("p") if p.get("class") == "as-written"]
    assert focused(refused).get("role") == "alert"
    assert refused.says("“Stop it” below has it ready") is (theirs == "approve")
    if theirs == "approve":  # she can still say it, by stopping the post
        asked = [area for area in refused.tree.iter("textarea") if area.get("name") == "reason"]
        assert [area.text.strip() for area in asked] == [WRITTEN]


def test_a_reason_too_long_survives_a_decision_of_somebody_else(browse, cast, session):
    post = a_submitted_post(session, cast)
    lea = a_second_approver(session, cast)
    page = browse(lea).get(f"/queue/{post.id}")
    browse(cast.amir).get(f"/queue/{post.id}").submit("Approve")

    assert "x" * 2001 in page.submit("Reject this post", reason="x" * 2001).text


def test_a_reason_to_stop_survives_that_it_is_too_late(browse, cast, session):
    post = an_approved_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")
    post.move(PostState.PUBLISHING, by=None, at=now())
    session.commit()

    assert page.submit("Stop this post", reason=WRITTEN).says("What you wrote was not sent")


@pytest.mark.parametrize(
    ("button", "field"), [("Send to", "change-reason"), ("Reject this post", "reject-reason")]
)
def test_a_reason_stays_in_its_own_form_when_the_author_changed_the_post(
    browse, cast, session, button, field
):
    post = a_submitted_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")
    its_author_changes(session, cast, post)

    refused = page.submit(button, reason=WRITTEN)

    written = {area.get("id"): (area.text or "").strip() for area in refused.tree.iter("textarea")}
    assert written.pop(field) == WRITTEN
    assert set(written.values()) == {""}
    (opened,) = [e for e in refused.tree.iter("details") if e.get("open") is not None]
    assert field in {area.get("id") for area in opened.iter("textarea")}


@pytest.mark.parametrize("button", ["Send to", "Reject this post"])
def test_a_field_that_is_wrong_has_the_focus(browse, cast, session, button):
    post = a_submitted_post(session, cast)

    page = browse(cast.amir).get(f"/queue/{post.id}").submit(button, reason="x" * 2001)

    assert focused(page).get("name") == "reason"
    assert "x" * 2001 in focused(page).text
