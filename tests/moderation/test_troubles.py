"""Why a post or its account needs somebody, as comms read it on the page of the posts."""

from datetime import timedelta

import pytest

from takeover.clock import now
from takeover.instagram.alarms import alarm_of_account
from takeover.instagram.models import AccountHold, Connection, Publication
from takeover.posts.models import PostState
from tests.cast import NOW
from tests.preparing import a_connection, an_approved_post

RAW = "HTTP 400, code 36003/2207009: the aspect ratio is not supported {trace: Ax7}"


def troubled(session, post, state, *, reason="ratio", said=""):
    post.move(PostState.PUBLISHING, by=None, at=now())
    post.move(state, by=None, at=now(), why=RAW)
    session.add(
        Publication(
            post_id=post.id, handle={}, trouble=RAW, reason=reason, said=said, sent_at=now()
        )
    )
    session.commit()


def test_what_failed_says_why_and_what_to_do_in_plain_words(browse, cast, session):
    post = an_approved_post(session, cast)
    troubled(session, post, PostState.FAILED, said="The photo is too wide.")

    page = browse(cast.amir).get("/posts")

    assert page.says("Instagram does not take this shape.")
    assert page.says("Instagram says: “The photo is too wide.”")
    assert page.says("An approver asks the author to change it, or takes it out.")
    assert "36003" not in page.html


def test_what_failed_in_the_end_is_not_said_to_be_tried_again(browse, cast, session):
    troubled(session, an_approved_post(session, cast), PostState.FAILED, reason="network")

    page = browse(cast.amir).get("/posts")

    assert page.says("Instagram could not be reached. It is not tried again by itself.")
    assert not page.says("it is tried again")


def test_a_doubt_says_why_and_leaves_what_to_do_to_its_buttons(browse, cast, session):
    troubled(session, an_approved_post(session, cast), PostState.UNCERTAIN, reason="network")

    page = browse(cast.amir).get("/posts")

    assert page.says("No clear answer came back.")
    assert not page.says("could not be reached")  # it was sent: it may have been, very well
    assert page.says("look at the account, then say here what you found")
    assert page.tree.find(".//a[@target='_blank']").get("href").endswith("/a_week_at_nordwerk/")
    assert not page.says("tried again by itself.")
    assert "36003" not in page.html


@pytest.mark.parametrize(
    ("account", "hold", "is_looked_for"),
    [
        ({}, timedelta(minutes=2), True),
        ({}, timedelta(hours=5), False),
        ({"stopped_at": NOW}, None, False),
    ],
    ids=["left alone for a moment", "left alone for long", "stopped"],
)
def test_what_nothing_is_asked_about_is_not_said_to_be_looked_for(
    browse, cast, session, account, hold, is_looked_for
):
    a_connection(session, cast.programme, **account)
    if hold is not None:
        session.add(AccountHold(programme_id=cast.programme.id, wait_until=NOW + hold))
    post = an_approved_post(session, cast)
    troubled(session, post, PostState.UNCERTAIN, reason="rate_limited")
    doubt = session.get(Publication, post.id)
    doubt.doubted_at, doubt.next_try_at = now(), now()
    session.commit()
    amir = browse(cast.amir)

    for path in ("/posts", f"/queue/{post.id}"):
        assert amir.get(path).says("It is being looked for") is is_looked_for
    assert amir.get("/posts").says("Address of the post") is not is_looked_for


def test_a_stopped_account_says_why_and_leads_to_its_page(browse, cast, session):
    connection = Connection(
        programme_id=cast.programme.id,
        publisher="instagrapi",
        sealed_session=b"x",
        connected_at=NOW,
        stopped_at=NOW,
    )
    session.add(connection)
    session.flush()
    alarm_of_account(
        "stopped", connection, session=session, reason="spam_block", at=NOW, occasion="now"
    )
    post = an_approved_post(session, cast)
    amir = browse(cast.amir)
    assert browse(cast.lea).get("/posts").says("Publish nothing for a day")

    page = amir.get("/posts")

    assert page.says("Instagram has blocked the account for a while.")
    assert page.says("A programme lead or an administrator looks at it")
    assert not page.says("Publish nothing for a day")
    assert not page.says("connects the account again")
    assert page.follow("Look at the account").says("Stopped")
    refused = amir.get(f"/calendar/posts/{post.id}/now")
    assert refused.says("Nothing goes out to this account until somebody has looked.")
    assert not refused.says("administrator has connected it again")
