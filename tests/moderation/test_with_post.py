"""What comms adds to a post: a first comment, comments off, a location; before it is approved."""

import json

import pytest
from sqlalchemy import select

from moderation.reviewing import ChangedSinceSeen, OwnPost, approve
from moderation.with_post import NoLocationsHere, NotWithComms, StoriesHaveNone, WithPost, add_to
from takeover.audit import AuditEntry
from takeover.clock import now
from takeover.instagram.models import Connection
from takeover.instagram.sealing import seal
from takeover.people.adding import give_role
from takeover.people.models import Role
from takeover.posts.captions import TooManyHashtags
from takeover.posts.digest import digest_of
from takeover.posts.models import PostState, Surface
from tests.preparing import a_draft, a_submitted_post, an_approved_post

THANKS = WithPost(first_comment="Thank you, Zofia!", comments_off=True)
GDANSK = WithPost(location_id="108424279189115", location_name="Gdańsk")


def added(session, post, wanted, *, by, digest=None):
    seen = digest or digest_of(post)
    taken_back = add_to(post, wanted, session=session, digest_seen=seen, by=by, at=now())
    session.commit()
    return taken_back


def entries(session):
    found = select(AuditEntry).where(AuditEntry.action == "added_to_post").order_by(AuditEntry.id)
    return [(one.object_id, one.by_id, one.facts) for one in session.scalars(found)]


def connected(session, cast, host, publisher="graph"):
    keys = json.dumps({"host": host, "ig_user_id": "1", "user_token": "t"})
    session.add(
        Connection(
            programme_id=cast.programme.id,
            publisher=publisher,
            sealed_session=seal(keys),
            connected_at=now(),
        )
    )
    session.commit()


def test_what_is_added_before_the_approval_is_part_of_what_is_approved(cast, session):
    post = a_submitted_post(session, cast)
    before = digest_of(post)

    assert not added(session, post, THANKS, by=cast.amir)

    assert (post.first_comment, post.comments_off) == ("Thank you, Zofia!", True)
    assert entries(session) == [(post.id, cast.amir.id, {})]
    with pytest.raises(ChangedSinceSeen):
        approve(post, session=session, digest_seen=before, by=cast.amir, at=now())
    approve(post, session=session, digest_seen=digest_of(post), by=cast.amir, at=now())


def test_what_is_added_after_the_approval_takes_it_back(cast, session):
    post = an_approved_post(session, cast)

    assert added(session, post, THANKS, by=cast.amir)

    assert post.state is PostState.SUBMITTED
    assert (post.slot_at, post.approved_digest, post.approved_by_id) == (None, None, None)


def test_what_is_the_same_changes_nothing(cast, session):
    post = an_approved_post(session, cast)

    assert not added(session, post, WithPost(first_comment="  "), by=cast.amir)

    assert post.state is PostState.APPROVED
    assert entries(session) == []


def test_nobody_adds_to_their_own_post_nor_to_one_that_has_changed_since(cast, session):
    post = a_submitted_post(session, cast)

    with pytest.raises(OwnPost):
        added(session, post, THANKS, by=cast.zofia)
    with pytest.raises(ChangedSinceSeen):
        added(session, post, THANKS, by=cast.amir, digest="0" * 64)


def test_nothing_is_added_to_a_draft_or_to_what_is_on_its_way(cast, session):
    draft, post = a_draft(session, cast), an_approved_post(session, cast, caption="Another")
    post.move(PostState.PUBLISHING, by=None, at=now())
    session.commit()

    for one in (draft, post):
        with pytest.raises(NotWithComms):
            added(session, one, THANKS, by=cast.amir)


def test_a_story_has_none_of_it(cast, session):
    post = a_submitted_post(session, cast)
    post.surface = Surface.STORY

    for wanted in (THANKS, GDANSK):
        with pytest.raises(StoriesHaveNone):
            added(session, post, wanted, by=cast.amir)


def test_what_a_post_had_before_it_became_a_story_can_be_taken_away(browse, cast, session):
    post = a_submitted_post(session, cast)
    added(session, post, THANKS, by=cast.amir)
    post.surface = Surface.STORY
    session.commit()

    page = browse(cast.amir).get(f"/queue/{post.id}")
    refused = page.submit("Save", first_comment="Hello")
    assert refused.says("A story has no comments and no location.")
    page.submit("Save", first_comment="", comments_off=[])

    assert (post.first_comment, post.comments_off) == ("", False)
    assert not browse(cast.amir).get(f"/queue/{post.id}").says("With the post")


def test_a_first_comment_keeps_instagrams_limits(cast, session):
    post = a_submitted_post(session, cast)

    with pytest.raises(TooManyHashtags):
        added(session, post, WithPost(first_comment="#tag " * 31), by=cast.amir)


@pytest.mark.parametrize(
    ("host", "publisher", "may"),
    [("facebook", "graph", True), ("instagram", "graph", False), ("facebook", "instagrapi", False)],
)
def test_only_an_account_connected_by_facebook_knows_locations(
    browse, cast, session, host, publisher, may
):
    post = a_submitted_post(session, cast)
    connected(session, cast, host, publisher)

    page = browse(cast.amir).get(f"/queue/{post.id}")

    assert page.says("Number of the location’s page") is may
    if may:
        added(session, post, GDANSK, by=cast.amir)
        assert (post.location_id, post.location_name) == ("108424279189115", "Gdańsk")
    else:
        with pytest.raises(NoLocationsHere):
            added(session, post, GDANSK, by=cast.amir)


def test_comms_add_it_on_the_review_page_and_the_author_reads_it(browse, cast, session):
    post = a_submitted_post(session, cast)

    page = browse(cast.amir).get(f"/queue/{post.id}")
    page = page.submit("Save", first_comment="Ask her anything", comments_off=["y"])

    assert page.says("Saved. It goes out with the post.")
    assert page.says("Ask her anything")
    assert page.submit("Approve").says("is approved.")
    hers = browse(cast.zofia).get(f"/my-week/posts/{post.id}")
    hers = hers if hers.status == 200 else browse(cast.zofia).get(f"/posts/{post.id}")
    assert hers.says("Ask her anything")
    assert hers.says("Switched off")


def test_the_page_says_that_the_approval_is_taken_back(browse, cast, session):
    post = an_approved_post(session, cast)

    page = browse(cast.amir).get(f"/queue/{post.id}")
    assert page.says("What you change here takes the approval back")
    page = page.submit("Save", first_comment="Ask her anything")

    assert page.says("The approval no longer holds: approve it again.")
    assert page.submit("Approve").says("is approved.")
    assert browse(cast.zofia).get(f"/posts/{post.id}").says("Comms changed what goes out with it")


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(browse, cast, session):
    post = a_submitted_post(session, cast)

    page = browse(cast.amir).get(f"/queue/{post.id}").submit("Save", first_comment="x" * 2201)

    assert page.status == 422
    assert page.says("Instagram takes up to 2200 characters")
    assert "x" * 2201 in page.html
    assert entries(session) == []


def test_whoever_does_not_decide_adds_nothing(browse, cast, session):
    post = a_submitted_post(session, cast)
    give_role(cast.zofia, Role.APPROVER, by=cast.ada, at=now())
    session.commit()

    for person in (cast.lea, cast.olga, cast.zofia):
        assert not browse(person).get(f"/queue/{post.id}").says("With the post")
    for person, status in ((cast.lea, 403), (cast.olga, 403), (cast.stranger, 403)):
        token = browse(person).get("/account")
        assert token.browser.post(f"/queue/{post.id}/with").status in {400, status}
    assert post.first_comment == ""
