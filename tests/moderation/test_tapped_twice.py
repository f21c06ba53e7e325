"""A second tap means the first, and of two people the second is told the truth."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.with_post import WithPost
from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.models import Publication
from takeover.posts.models import PostState
from tests.cast import NOW
from tests.moderation.test_not_out import not_out
from tests.moderation.test_with_post import added
from tests.preparing import a_submitted_post, an_approved_post

COMMENT = "Ask her anything"


def twice(page, button, **fields):
    """What is answered to the first tap, and to one on the very same page after it."""
    return page.submit(button, **fields), page.submit(button, **fields)


def doings(session, *actions):
    found = select(AuditEntry.action).where(AuditEntry.action.in_(actions))
    return list(session.scalars(found.order_by(AuditEntry.id)))


def in_doubt(session, cast):
    post = an_approved_post(session, cast, slot_at=NOW - timedelta(hours=1))
    for state in (PostState.PUBLISHING, PostState.UNCERTAIN):
        post.move(state, by=None, at=now())
    long_ago = NOW - timedelta(hours=1)
    session.add(
        Publication(post_id=post.id, handle={}, sent_at=long_ago, doubted_at=long_ago, door="graph")
    )
    session.commit()
    return post


def test_approving_with_a_comment_twice_approves_once(browse, cast, session):
    post = an_approved_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")

    first, second = twice(page, "Approve it like this", first_comment=COMMENT)

    for answer in (first, second):
        assert answer.status == 200
        assert answer.says("Approved as it is now. It goes out Wed 25 Nov, 12:15 (11:15")
    assert post.state is PostState.APPROVED
    assert doings(session, "added_to_post") == ["added_to_post"]


def test_after_a_change_by_the_author_a_second_tap_approves_nothing(browse, cast, session):
    post = an_approved_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")
    page.submit("Approve it like this", first_comment=COMMENT)
    post.move(PostState.SUBMITTED, by=cast.zofia, at=now())
    post.caption, post.approved_digest = "Something else", None
    session.commit()

    answer = page.submit("Save", first_comment=COMMENT)

    assert answer.status == 422
    assert answer.says("It has been changed since you looked. This is how it is now.")
    assert not answer.says("Saved.")


@pytest.mark.parametrize("make", [a_submitted_post, an_approved_post])
def test_saving_what_goes_with_a_post_twice_saves_once(browse, cast, session, make):
    post = make(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")

    first, second = twice(page, "Save", first_comment=COMMENT)

    words = "Saved. It goes out with the post." if make is a_submitted_post else "approve it again"
    for answer in (first, second):
        assert answer.status == 200
        assert answer.says(words)
    assert doings(session, "added_to_post") == ["added_to_post"]


def test_a_colleagues_comment_is_not_called_the_authors_doing(browse, cast, session):
    post = a_submitted_post(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")
    added(session, post, WithPost(first_comment="Theirs"), by=cast.olga)

    answer = page.submit("Approve")

    assert answer.status == 422
    assert answer.says("It has been changed since you looked. This is how it is now.")
    assert not answer.says("The author has changed")


def test_publish_now_twice_is_on_its_way_once(browse, cast, session):
    post = an_approved_post(session, cast)
    page = browse(cast.amir).get(f"/calendar/posts/{post.id}/now")

    first, second = twice(page, "Publish now")

    for answer in (first, second):
        assert answer.status == 200
        assert answer.says("It is on its way to @a_week_at_nordwerk.")
    assert doings(session, "slot_moved") == ["slot_moved"]


def test_publish_now_twice_is_the_same_when_it_is_out_already(browse, cast, session):
    post = an_approved_post(session, cast)
    page = browse(cast.amir).get(f"/calendar/posts/{post.id}/now")
    page.submit("Publish now")
    post.move(PostState.PUBLISHING, by=None, at=now())
    session.commit()

    answer = page.submit("Publish now")

    assert answer.status == 200
    assert answer.says("It is on its way to @a_week_at_nordwerk.")


def test_of_two_who_publish_now_the_second_hears_who_was_faster(browse, cast, session):
    post = an_approved_post(session, cast)
    late = browse(cast.lea).get(f"/calendar/posts/{post.id}/now")
    browse(cast.amir).get(f"/calendar/posts/{post.id}/now").submit("Publish now")

    answer = late.submit("Publish now")

    assert answer.path.startswith("/calendar/2026-11-23")
    assert answer.says("Amir Haddad was faster: it is on its way to @a_week_at_nordwerk.")
    assert not answer.says("in the meantime")
    assert doings(session, "slot_moved") == ["slot_moved"]


def test_placing_it_again_twice_places_it_once(browse, cast, session):
    post = not_out(session, cast)
    page = browse(cast.amir).get("/posts")

    first, second = twice(page, "Place again")

    for answer in (first, second):
        assert answer.status == 200
        assert answer.says("It goes out Wed 25 Nov, ")
        assert not answer.says("Somebody was faster")
    assert post.state is PostState.APPROVED
    assert doings(session, "placed") == ["placed"]


def test_placing_again_what_a_colleague_has_placed_says_that_somebody_was_faster(
    browse, cast, session
):
    not_out(session, cast)
    late = browse(cast.lea).get("/posts")
    browse(cast.amir).get("/posts").submit("Place again")

    assert late.submit("Place again").says("Somebody was faster")


def test_saying_twice_that_it_is_not_there_settles_it_once(browse, cast, session):
    post = in_doubt(session, cast)
    page = browse(cast.amir).get("/posts")

    first, second = twice(page, "It is not there")

    for answer in (first, second):
        assert answer.status == 200
        assert answer.says("Noted: it is not on the account.")
    assert post.state is PostState.FAILED


def test_saying_twice_that_it_is_there_settles_it_once(browse, cast, session):
    post = in_doubt(session, cast)
    page = browse(cast.amir).get("/posts")
    address = "https://www.instagram.com/p/CxYz12345ab/"

    first, second = twice(page, "It is there", permalink=address)

    for answer in (first, second):
        assert answer.status == 200
        assert answer.says("Noted: it is on the account.")
    assert post.state is PostState.PUBLISHED
    assert page.submit("It is not there").says("Somebody was faster")


def test_another_address_is_not_taken_for_a_second_tap(browse, cast, session):
    post = in_doubt(session, cast)
    page = browse(cast.amir).get("/posts")
    first, other = (f"https://www.instagram.com/p/CxYz12345{end}/" for end in ("ab", "cd"))
    page.submit("It is there", permalink=first)

    answer = page.submit("It is there", permalink=other)

    assert answer.status == 422
    assert answer.says(f"It is noted already, at another address: {first}")
    assert post.permalink == first


@pytest.mark.parametrize(
    ("button", "words"),
    [("Send to", "Sent to Zofia Kowalczyk"), ("Take it out for good", "Taken out.")],
)
def test_what_did_not_go_out_is_decided_once(browse, cast, session, button, words):
    post = not_out(session, cast)
    page = browse(cast.amir).get(f"/queue/{post.id}")

    first, second = twice(page, button, reason="The light is wrong")

    for answer in (first, second):
        assert answer.status == 200
        assert answer.says(words)
    assert page.submit(button, reason="Other words").says("Somebody was faster")
