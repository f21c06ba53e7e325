"""What comms can do about a post that did not go out: what helps, first."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from moderation.models import Review
from moderation.reviewing import DecidedAlready, OwnPost, approve, give_back, take_out
from moderation.with_post import WithPost, add_and_approve
from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.alarms import alarm_of_account
from takeover.instagram.models import Connection, Publication
from takeover.mail.models import Message
from takeover.people.adding import give_role
from takeover.people.models import Role
from takeover.posts.digest import digest_of
from takeover.posts.drafting import submit
from takeover.posts.events import note
from takeover.posts.models import PostState
from takeover.posts.rules import WeekHasEnded
from takeover.posts.trouble import STOPPED_BY
from takeover.schedule import run_once
from tests.moderation.test_with_post import GDANSK, added, connected
from tests.preparing import a_submitted_post, an_approved_post

COMMENT = WithPost(first_comment="Ask her anything")


def not_out(session, cast, *, reason="network", state=PostState.FAILED, **facts):
    post = an_approved_post(session, cast, **facts)
    if state is PostState.FAILED:
        post.move(PostState.PUBLISHING, by=None, at=now())
    post.move(state, by=None, at=now(), why="too late" if state is PostState.MISSED else "")
    note(post, STOPPED_BY, at=now(), reason=reason)
    session.add(Publication(post_id=post.id, reason=reason, handle={}, tries=5))
    session.commit()
    return post


@pytest.mark.parametrize("state", [PostState.FAILED, PostState.MISSED])
def test_its_author_is_asked_to_change_it_and_told_why(browse, cast, session, state):
    post = not_out(session, cast, reason="format", state=state)

    page = browse(cast.amir).get("/posts").submit("Send to", reason="Send it as a JPEG")

    assert page.path == "/posts"
    assert page.says("Sent to Zofia Kowalczyk")
    assert post.state is PostState.CHANGES_REQUESTED
    assert (post.approved_digest, post.slot_at) == (None, None)
    mail = session.scalars(select(Message).where(Message.kind == "changes_requested")).one()
    assert "Send it as a JPEG" in mail.text
    assert browse(cast.zofia).get(f"/posts/{post.id}").says("Send it as a JPEG")
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "changes_requested")
    ).one()
    assert entry.by_id == cast.amir.id


def test_what_its_author_has_changed_is_tried_as_if_it_were_new(browse, cast, session):
    post = not_out(session, cast)
    give_back(post, session=session, reason="Crop it", by=cast.amir, at=now())
    submit(post, by=cast.zofia, at=now())
    session.commit()

    browse(cast.amir).get(f"/queue/{post.id}").submit("Approve")

    assert post.state is PostState.APPROVED
    assert session.get(Publication, post.id).tries == 0


def test_it_is_taken_out_for_good_with_a_reason(browse, cast, session):
    post = not_out(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")
    assert page.submit("Take it out for good").says("Write why; the author reads it.")

    page = page.submit("Take it out for good", reason="The moment has passed")

    assert page.says("Taken out. Zofia Kowalczyk gets your reason.")
    assert post.state is PostState.REJECTED
    assert browse(cast.zofia).get(f"/posts/{post.id}").says("The moment has passed")
    assert session.scalars(select(Review).order_by(Review.id)).all()[-1].by_id == cast.amir.id


@pytest.mark.parametrize(
    ("reason", "offered", "not_offered"),
    [
        ("network", ["Place again", "Choose its time", "Ask the author"], []),
        ("format", ["Ask the author to change it", "Take it out"], ["Place again"]),
    ],
)
@pytest.mark.parametrize("where", ["/posts", "/queue/{}"])
def test_what_helps_comes_first_and_what_cannot_help_is_not_offered(
    browse, cast, session, reason, offered, not_offered, where
):
    post = not_out(session, cast, reason=reason)

    page = browse(cast.amir).get(where.format(post.id))

    places = [page.html.index(words) for words in offered]
    assert places == sorted(places)
    for words in (*not_offered, "Choose its time" if not_offered else "No free slot"):
        assert words not in page.html


def test_it_is_given_any_time_of_its_week(browse, cast, session):
    post = not_out(session, cast)

    page = browse(cast.amir).get("/posts").follow("Choose its time")
    assert page.says("It did not go out. Choose when it goes out now.")
    page = page.submit("Move it there")

    assert page.says("It goes out")
    assert post.state is PostState.APPROVED
    assert post.slot_at > now()


def test_what_was_missed_needs_somebody_while_its_week_runs(browse, cast, session):
    post = not_out(session, cast, reason="", state=PostState.MISSED)

    assert browse(cast.amir).get("/posts").says("One post needs you")
    page = browse(cast.amir).get("/posts").submit("Place again")

    assert page.says("It goes out")
    assert post.state is PostState.APPROVED


def test_the_lead_is_told_who_can_do_what_the_lead_cannot(browse, cast, session):
    post = not_out(session, cast, reason="size")

    page = browse(cast.lea).get("/posts")
    assert page.says("An approver asks the author to change it, or takes it out.")
    assert not page.says("needs you")
    assert browse(cast.amir).get("/posts").says("One post needs you")
    assert not browse(cast.lea).get(f"/queue/{post.id}").says("Ask the author to change it")


def test_what_would_not_go_out_for_its_location_stands_with_what_needs_somebody(
    browse, cast, session
):
    post = an_approved_post(session, cast)
    post.location_id, post.location_name = GDANSK.location_id, GDANSK.location_name
    connected(session, cast, "instagram")

    for reader in (cast.amir, cast.lea):
        page = browse(reader).get("/posts")
        assert page.says("One post needs you")
        assert page.says("Remove the location, or connect the account by Facebook Login.")


def test_after_its_week_it_can_only_be_taken_out(browse, cast, session):
    post = not_out(session, cast)

    with time_machine.travel(post.week.ends + timedelta(hours=1)):
        page = browse(cast.amir).get(f"/queue/{post.id}")
        assert page.says("Take it out")
        for words in ("Place again", "Ask the author"):
            assert not page.says(words)
        with pytest.raises(WeekHasEnded):
            give_back(post, session=session, reason="Crop it", by=cast.amir, at=now())


def test_who_decides_about_it_is_no_author_and_decides_once(browse, cast, session):
    post = not_out(session, cast)
    give_role(cast.zofia, Role.APPROVER, by=cast.ada, at=now())
    session.commit()

    for verb in (give_back, take_out):
        with pytest.raises(OwnPost):
            verb(post, session=session, reason="No", by=cast.zofia, at=now())
    for words in ("Ask the author", "Take it out"):
        assert not browse(cast.zofia).get("/posts").says(words)
        assert not browse(cast.lea).get("/posts").says(words)
    assert browse(cast.lea).get("/posts").says("Place again")
    page = browse(cast.amir).get("/posts")
    page.submit("Send to", reason="Crop it")
    assert page.submit("Send to", reason="Crop it, please").says("Somebody was faster")
    with pytest.raises(DecidedAlready):
        take_out(post, session=session, reason="No", by=cast.amir, at=now())


def test_its_author_reads_what_happened_and_who_does_what_next(browse, cast, session):
    refused = not_out(session, cast, reason="format", caption="One")
    late = not_out(session, cast, reason="network", caption="Two")
    zofia = browse(cast.zofia)

    page = zofia.get(f"/posts/{refused.id}")
    assert page.says("Instagram does not take this kind of file. Comms may ask you to change it")
    page = zofia.get(f"/posts/{late.id}")
    assert page.says("Instagram could not be reached. Comms decides what happens next")


def test_a_location_that_the_account_takes_no_more_is_said_beforehand(browse, cast, session):
    post = an_approved_post(session, cast)
    post.location_id, post.location_name = GDANSK.location_id, GDANSK.location_name
    post.slot_at += timedelta(minutes=7)
    connected(session, cast, "instagram")
    amir = browse(cast.amir)

    for path in (f"/queue/{post.id}", f"/calendar/posts/{post.id}/move"):
        assert amir.get(path).says("It has a location, and the account takes none")
    slot = post.slot_at
    with time_machine.travel(post.week.begins + timedelta(hours=1)):
        assert browse(cast.amir).get(f"/calendar/posts/{post.id}/now").says("It has a location")
    page = amir.get(f"/queue/{post.id}").submit("Remove the location")

    assert page.says("Approved as it is now.")
    assert (post.location_id, post.location_name) == ("", "")
    assert (post.state, post.slot_at) == (PostState.APPROVED, slot)
    assert (post.approved_digest, post.approved_by_id) == (digest_of(post), cast.amir.id)


def test_what_its_location_keeps_is_not_published_now(browse, cast, session):
    post = an_approved_post(session, cast)
    asked = browse(cast.lea).get(f"/calendar/posts/{post.id}/now")
    post.location_id, post.location_name = GDANSK.location_id, GDANSK.location_name
    connected(session, cast, "instagram")
    slot = post.slot_at

    late = asked.submit("Publish now")
    page = browse(cast.lea).get(f"/calendar/posts/{post.id}/now")

    assert (late.status, post.slot_at) == (422, slot)
    for one in (late, page):
        assert one.says("Not now")
        assert one.says("It has a location, and the account takes none")
        assert one.says("To the post: an approver removes it")
        assert not one.says("It goes out to")
        assert not one.says("Publish now?")
    for path in ("/posts", f"/queue/{post.id}", "/calendar/2026-11-23"):
        page = browse(cast.lea).get(path)
        assert page.says("Cannot go out yet")
        assert not page.says("Publish now")
    page = browse(cast.zofia).get(f"/posts/{post.id}")
    assert page.says("Comms sees to its location first")
    assert not page.says("It goes out by itself")


def test_a_lead_reads_who_removes_the_location_that_kept_a_post(browse, cast, session):
    post = not_out(session, cast, reason="place")
    post.location_id = GDANSK.location_id
    connected(session, cast, "instagram")

    assert browse(cast.lea).get("/posts").says("An approver removes the location")
    assert not browse(cast.amir).get("/posts").says("An approver removes the location")


def test_what_failed_for_its_location_goes_out_without_it(browse, cast, session):
    post = not_out(session, cast, reason="place")
    post.location_id = GDANSK.location_id
    connected(session, cast, "instagram")

    page = browse(cast.amir).get("/posts")
    assert page.says("Remove the location, or connect the account by Facebook Login.")
    assert not page.says("Choose its time")
    page = page.submit("Remove the location, and place it again")

    assert page.says("Approved as it is now.")
    assert (post.state, post.location_id) == (PostState.APPROVED, "")
    assert post.slot_at > now()


def test_what_is_changed_in_the_same_step_is_approved_by_who_changed_it(cast, session):
    post = not_out(session, cast)

    slot = add_and_approve(
        post, COMMENT, session=session, digest_seen=digest_of(post), by=cast.amir, at=now()
    )

    assert (post.state, post.slot_at) == (PostState.APPROVED, slot)
    assert post.approved_digest == digest_of(post)
    with pytest.raises(OwnPost):
        add_and_approve(
            post, GDANSK, session=session, digest_seen=digest_of(post), by=cast.zofia, at=now()
        )


def test_a_location_without_its_number_is_refused_and_costs_no_approval(browse, cast, session):
    connected(session, cast, "facebook")
    post = an_approved_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")

    refused = page.submit("Save", location_name="Gdańsk")
    assert refused.status == 422
    assert refused.says("A location goes out by its number.")
    same = page.submit("Save")

    assert same.says("Nothing was changed, and the approval holds.")
    assert post.state is PostState.APPROVED


def test_another_name_for_the_same_place_costs_no_approval(cast, session):
    connected(session, cast, "facebook")
    post = a_submitted_post(session, cast)
    added(session, post, GDANSK, by=cast.amir)
    approve(post, session=session, digest_seen=digest_of(post), by=cast.amir, at=now())

    renamed = WithPost(location_id=GDANSK.location_id, location_name="Danzig")
    assert not added(session, post, renamed, by=cast.amir)

    assert (post.state, post.location_name) == (PostState.APPROVED, "Danzig")


def test_while_the_account_is_searched_nobody_is_asked(browse, cast, session):
    post = an_approved_post(session, cast)
    post.move(PostState.PUBLISHING, by=None, at=now())
    post.move(PostState.UNCERTAIN, by=None, at=now())
    facts = {"doubted_at": now(), "next_try_at": now(), "reason": "rate_limited"}
    session.add(Publication(post_id=post.id, door="graph", sent_at=now(), **facts))
    session.commit()

    page = browse(cast.amir).get("/posts")
    for one in (page, browse(cast.amir).get(f"/queue/{post.id}")):
        assert one.says("Instagram asked us to slow down.")
        assert one.says("It is being looked for on the account, until")
        assert one.says("Being checked")
    calendar = browse(cast.amir).get("/calendar/2026-11-23")
    assert calendar.says("Being checked")
    assert not calendar.says("What to do")
    assert not page.says("It is not there")
    assert not page.says("needs you")

    with time_machine.travel(now() + timedelta(minutes=11)):
        page = browse(cast.amir).get("/posts")
        assert page.says("One post needs you")
        assert page.says("It is not there")
        assert 'href="https://www.instagram.com/a_week_at_nordwerk/"' in page.html
        queue = browse(cast.amir).get(f"/queue/{post.id}")
        assert queue.says("It was sent, and may be there or not.")
        calendar = browse(cast.amir).get("/calendar/2026-11-23")
        for one in (page, queue, calendar):
            assert one.says("Look whether it is there")
            assert not one.says("Being checked")
        assert calendar.says("What to do")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("token", "Our access to the account has ended. Nothing is sent"),
        ("spam_block", "Instagram has blocked the account for a while. Nothing is sent"),
        ("checkpoint", "Instagram wants to see a person. Nothing is sent"),
    ],
)
def test_the_page_says_why_an_account_is_stopped(browse, cast, session, reason, words):
    connected(session, cast, "facebook")
    connection = session.scalars(select(Connection)).one()
    connection.stopped_at = at = now()
    alarm_of_account("stopped", connection, session=session, reason=reason, at=at, occasion="now")
    session.commit()

    assert browse(cast.amir).get("/posts").says(words)


def test_the_page_says_that_access_has_ended_before_anything_was_tried(browse, cast, session):
    connected(session, cast, "facebook")
    connection = session.scalars(select(Connection)).one()
    connection.expires_at = now() - timedelta(minutes=1)
    session.commit()

    page = browse(cast.amir).get("/posts")
    assert page.says("Nothing goes out to @a_week_at_nordwerk")
    assert page.says("A programme lead or an administrator connects the account again.")
    assert not page.says("Nothing can go out. Connect the account again.")
    assert browse(cast.lea).get("/posts").says("Nothing can go out. Connect the account again.")


def test_comms_see_what_has_happened_to_a_post(browse, cast, session):
    post = not_out(session, cast, reason="format")

    page = browse(cast.amir).get(f"/queue/{post.id}")

    for words in ("Its author sent it", "Comms approved it", "It did not go out"):
        assert page.says(words)
    assert page.says("Instagram does not take this kind of file.")


def test_what_is_no_longer_what_was_approved_is_not_placed_again_as_it_is(
    app, browse, cast, session
):
    post = an_approved_post(session, cast, slot_at=now() - timedelta(seconds=1))
    post.caption = "Not what was approved"
    session.commit()

    run_once(app, "publish")

    session.expire_all()
    assert post.state is PostState.FAILED
    page = browse(cast.amir).get("/posts")
    assert page.says("It is no longer what was approved. An approver asks the author")
    assert page.says("Send to Zofia")
    assert not page.says("Place again")
