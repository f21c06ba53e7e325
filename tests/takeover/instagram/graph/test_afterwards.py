"""What can be done to a published post: taken down, commented on, closed; and the quota."""

from dataclasses import replace

import pytest

from takeover.instagram.publisher import (
    AccountNeedsPerson,
    CannotTakeDown,
    OnAccount,
    OutcomeUnknown,
    PublishingError,
    Quota,
    Reason,
    TheirsForGood,
    TheirsForNow,
)

KINDS = ["photo", "carousel", "reel", "story photo", "story clip"]
POST = r"/v[0-9.]+/18\d+$"


@pytest.fixture
def there(publisher, photo, kept, rehearsal):
    """A photo on the account."""
    on = publisher.publish(photo, publisher.prepare(photo, {}, kept))
    rehearsal.wire.clear()
    return on


def refusing(code, subcode=0):
    return {"status": 400, "body": {"error": {"code": code, "error_subcode": subcode}}}


# --- taking down


@pytest.mark.parametrize("kind", KINDS)
def test_a_post_of_any_kind_is_taken_down(kind, publisher, posts, rehearsal, kept):
    on = publisher.publish(posts[kind], publisher.prepare(posts[kind], {}, kept))

    publisher.take_down(on)
    assert rehearsal.account.posts() == []


def test_what_is_gone_already_is_as_good(publisher, there, rehearsal):
    publisher.take_down(there)
    publisher.take_down(there)

    assert rehearsal.account.posts() == []


def test_what_is_merely_not_readable_for_a_moment_is_not_gone(publisher, there, rehearsal):
    rehearsal.wire.add(path=POST, **refusing(100, 33))

    with pytest.raises(TheirsForNow):
        publisher.take_down(there)
    assert len(rehearsal.account.posts()) == 1


def test_a_key_that_reads_nothing_of_the_account_has_seen_nothing_go(publisher, there, rehearsal):
    rehearsal.wire.add(path=r"/v[0-9.]+/", **refusing(100, 33), times=9)

    with pytest.raises(TheirsForNow):
        publisher.take_down(there)
    assert len(rehearsal.account.posts()) == 1


@pytest.mark.parametrize("kind", ["photo", "story photo"])
def test_what_the_account_lists_is_not_gone(kind, publisher, posts, rehearsal, kept):
    on = publisher.publish(posts[kind], publisher.prepare(posts[kind], {}, kept))
    rehearsal.wire.add(path=POST, **refusing(100, 33), times=9)

    with pytest.raises(TheirsForNow):
        publisher.take_down(on)


ENDLESS = {"body": {"data": [], "paging": {"next": "x", "cursors": {"after": "x"}}}}


@pytest.mark.parametrize("fault", [refusing(10), ENDLESS], ids=["refused", "endless"])
def test_whether_it_is_gone_a_person_sees_where_the_listing_cannot_be_read(
    fault, publisher, there, rehearsal
):
    rehearsal.wire.add(path=POST, **refusing(100, 33), times=2)
    rehearsal.wire.add(path="/media$", **fault, times=99)

    with pytest.raises(CannotTakeDown):
        publisher.take_down(there)


def test_it_says_which_account_it_leads_to(publisher, rehearsal):
    assert publisher.account == rehearsal.account.ig_id


def test_instagram_login_takes_nothing_down(door, there, rehearsal):
    with pytest.raises(CannotTakeDown):
        door("instagram").take_down(there)

    assert rehearsal.wire.log() == []


@pytest.mark.parametrize(
    ("fault", "meant"),
    [
        (refusing(-1, 2207073), CannotTakeDown),
        (refusing(-1, 2207085), CannotTakeDown),
        (refusing(10), CannotTakeDown),
        (refusing(200), CannotTakeDown),
        (refusing(190, 463), AccountNeedsPerson),
        (refusing(4), TheirsForNow),
        (refusing(12345), TheirsForNow),
        ({"drop_before": True}, TheirsForNow),
        ({"drop_after": True}, TheirsForNow),
        ({"body": {"success": False}}, TheirsForNow),
        ({"status": 503}, TheirsForNow),
    ],
)
def test_what_may_happen_when_taking_down(fault, meant, publisher, there, rehearsal):
    rehearsal.wire.add(path=POST, **fault)

    with pytest.raises(meant):
        publisher.take_down(there)


# --- looking whether it is there


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_on_the_account_is_seen_there_until_it_is_taken_down(kind, publisher, posts, kept):
    on = publisher.publish(posts[kind], publisher.prepare(posts[kind], {}, kept))
    assert publisher.still_shows(on)

    publisher.take_down(on)
    assert not publisher.still_shows(on)


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"drop_before": True},
        {"body": "rubbish"},
        {"body": {}},
        refusing(4),
        refusing(10),
        refusing(190, 463),
        refusing(100, 33),
    ],
    ids=str,
)
def test_what_does_not_answer_properly_has_not_shown_it_to_be_gone(
    fault, publisher, there, rehearsal
):
    rehearsal.wire.add(path=POST, **fault)

    with pytest.raises(PublishingError):
        publisher.still_shows(there)


# --- comments


def test_a_comment_is_written_and_seen(publisher, there, rehearsal):
    assert not publisher.has_comment(there, "More of @this tomorrow")

    publisher.comment(there, "More of @this tomorrow")

    [post] = rehearsal.account.posts()
    assert [comment.text for comment in post.comments] == ["More of @this tomorrow"]
    assert publisher.has_comment(there, "More of @this tomorrow")
    assert not publisher.has_comment(there, "Something else")


def test_a_strangers_comment_is_not_ours(publisher, there, rehearsal):
    [post] = rehearsal.account.posts()
    rehearsal.account.comment(post, "Hello").username = "somebody"

    assert not publisher.has_comment(there, "Hello")


@pytest.mark.parametrize(
    ("fault", "meant", "written"),
    [
        ({"drop_before": True}, OutcomeUnknown, 0),
        ({"drop_after": True}, OutcomeUnknown, 1),
        ({"body": "rubbish"}, OutcomeUnknown, 1),
        ({"status": 500}, OutcomeUnknown, 0),
        (refusing(10), TheirsForGood, 0),
        (refusing(100, 33), TheirsForNow, 0),
        (refusing(190), AccountNeedsPerson, 0),
        (refusing(4), TheirsForNow, 0),
    ],
)
def test_a_comment_that_may_be_there_is_a_doubt(fault, meant, written, publisher, there, rehearsal):
    rehearsal.wire.add(path="/comments$", **fault)

    with pytest.raises(meant):
        publisher.comment(there, "Hello")
    assert len(rehearsal.account.posts()[0].comments) == written


def test_comments_that_cannot_be_read_are_not_missing(publisher, there, rehearsal):
    for path in ("/comments$", r"/178\d+$"):
        for fault in ({"status": 500}, {"body": {"data": 1, "username": 1}}, refusing(12345)):
            rehearsal.wire.add(path=path, **fault)
            with pytest.raises(OutcomeUnknown):
                publisher.has_comment(there, "Hello")


def test_an_account_without_a_name_has_written_nothing_that_is_known(publisher, there, rehearsal):
    rehearsal.wire.add(path=r"/178\d+$", body={"id": "1"})
    rehearsal.wire.add(path="/comments$", body={"data": [{"id": "1", "text": "Hello"}]})

    with pytest.raises(OutcomeUnknown):
        publisher.has_comment(there, "Hello")


def test_comments_are_closed(publisher, there, rehearsal):
    publisher.close_comments(there)
    publisher.close_comments(there)

    assert rehearsal.account.posts()[0].comments_enabled is False
    with pytest.raises(TheirsForGood) as refused:
        publisher.comment(there, "Hello")
    assert refused.value.reason is Reason.PERMISSION


def test_closing_may_be_tried_again(publisher, there, rehearsal):
    for fault in ({"drop_after": True}, {"status": 500}, {"body": {}}, refusing(4)):
        rehearsal.wire.add(path=POST, **fault)
        with pytest.raises(TheirsForNow):
            publisher.close_comments(there)


# --- quota


def test_the_quota_is_what_instagram_says(publisher, there, rehearsal):
    rehearsal.behaviour.set(quota_total=25)

    assert publisher.quota() == Quota(used=1, total=25)


@pytest.mark.parametrize(
    ("fault", "meant"),
    [
        ({"status": 500}, OutcomeUnknown),
        ({"body": {"data": [{}, {}]}}, OutcomeUnknown),
        ({"body": {"data": [{"quota_usage": -1, "config": {"quota_total": 5}}]}}, OutcomeUnknown),
        ({"body": {"data": [{"quota_usage": 1, "config": {"quota_total": "5"}}]}}, OutcomeUnknown),
        (refusing(190), AccountNeedsPerson),
        (refusing(4), TheirsForNow),
    ],
)
def test_a_quota_that_is_not_told(fault, meant, publisher, rehearsal):
    rehearsal.wire.add(path="content_publishing_limit", **fault)

    with pytest.raises(meant):
        publisher.quota()


def test_a_full_quota_publishes_nothing_and_waits(publisher, photo, rehearsal, kept):
    rehearsal.behaviour.set(quota_total=0)
    handle = publisher.prepare(photo, {}, kept)

    with pytest.raises(TheirsForNow) as full:
        publisher.publish(photo, handle)
    assert full.value.reason is Reason.QUOTA
    assert rehearsal.account.posts() == []


def test_a_media_id_is_all_that_is_needed(publisher, there, rehearsal):
    publisher.take_down(replace(there, permalink=""))
    assert publisher.permalink_of(OnAccount(media_id="1", permalink="")) == ""
