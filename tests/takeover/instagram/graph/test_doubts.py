"""The answer to the one call that publishes is lost: a doubt, and a look; nothing is sent twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Kind,
    Ours,
    OutcomeUnknown,
    Reason,
    StillProcessing,
    TheirsForNow,
)

PUBLISH = "media_publish$"
GONE = {"error": {"code": 24, "error_subcode": 2207008}}
BLOCKED = {"error": {"code": 4, "error_subcode": 2207051}}
NOTHING_DONE = {
    "dropped before": {"drop_before": True},
    "their gateway": {"status": 502, "body": "<html>Bad gateway</html>"},
    "elsewhere": {"status": 302},
}
DONE = {
    "dropped after": {"drop_after": True},
    "cut": {"cut": True},
    "late": {"delay": 2},
    "rubbish": {"body": "OK"},
    "an empty object": {"body": {}},
    "a list": {"body": [{"id": "1"}]},
    "no number": {"body": {"id": "../me"}},
    "an error after it": {"status_after": 500, "body": {"error": {"code": 1}}},
    "a refusal after it": {"status_after": 400, "body": GONE},
    "blocked after it": {"status_after": 400, "body": BLOCKED},
    "elsewhere after it": {"status_after": 307, "body": {}},
}  # fmt: skip
KINDS = ["photo", "carousel", "reel", "story photo", "story clip"]


@pytest.fixture
def uncertain(rehearsal, publisher, kept):
    """Send a post so that its outcome is unknown; returns its handle."""

    def sent(outgoing, **fault):
        rehearsal.wire.add(path=PUBLISH, **(fault or {"drop_after": True}))
        handle = publisher.prepare(outgoing, {}, kept)
        with pytest.raises(OutcomeUnknown):
            publisher.publish(outgoing, handle)
        assert len(rehearsal.wire.log("media_publish")) == 1
        return handle

    return sent


@pytest.mark.parametrize("fault", DONE.values(), ids=DONE.keys())
def test_it_is_found_where_it_was_published(fault, uncertain, publisher, photo, rehearsal, sent_at):
    handle = uncertain(photo, **fault)

    look = publisher.find(photo, handle, sent_at=sent_at)

    [there] = rehearsal.account.posts()
    assert (look.found.media_id, look.ready) == (there.media_id, False)
    assert look.found.permalink.endswith(f"/p/{there.code}/")
    assert len(rehearsal.wire.log("media_publish")) == 1


@pytest.mark.parametrize("fault", NOTHING_DONE.values(), ids=NOTHING_DONE.keys())
def test_it_is_ready_where_it_was_not(fault, uncertain, publisher, photo, rehearsal, sent_at):
    handle = uncertain(photo, **fault)

    look = publisher.find(photo, handle, sent_at=sent_at)
    assert (look.found, look.ready) == (None, True)

    publisher.publish(photo, handle)
    assert len(rehearsal.account.posts()) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_found_without_its_files(
    kind, uncertain, publisher, posts, rehearsal, sent_at
):
    handle = uncertain(posts[kind])

    look = publisher.find(replace(posts[kind], items=()), handle, sent_at=sent_at)

    [there] = rehearsal.account.posts()
    seen = look.alike or (look.found,)  # a story has no words to be told by
    assert [one.media_id for one in seen] == [there.media_id]


def test_nothing_listening_is_no_doubt(door, photo, rehearsal, kept):
    handle = door().prepare(photo, {}, kept)

    with pytest.raises(TheirsForNow) as refused:
        door(graph_url="http://127.0.0.1:9").publish(photo, handle)
    assert refused.value.reason is Reason.NETWORK


def test_a_permalink_that_cannot_be_read_is_none_yet(publisher, photo, rehearsal, kept):
    on = publisher.publish(photo, publisher.prepare(photo, {}, kept))
    (there,) = rehearsal.account.posts()

    for fault in ({"drop_before": True}, {"status": 500}, {"delay": 1}, {"body": "rubbish"}):
        rehearsal.wire.add(path=r"/v[0-9.]+/18\d+$", **fault)
        assert publisher.permalink_of(on) == ""

    assert publisher.permalink_of(on).endswith(f"/p/{there.code}/")


def test_words_that_are_lost_are_noticed_and_none_that_cannot_be_read(
    publisher, photo, rehearsal, kept
):
    rehearsal.behaviour.set(hides_at=True)
    on = publisher.publish(photo, publisher.prepare(photo, {}, kept))
    assert publisher.shows(on, photo.caption)
    assert not publisher.shows(on, "Something else")
    for fault in ({"drop_before": True}, {"status": 500}, {"body": "rubbish"}):
        rehearsal.wire.add(path=r"/v[0-9.]+/18\d+$", **fault)
        assert publisher.shows(on, photo.caption)

    rehearsal.behaviour.set(drops_captions=True)
    lost = publisher.publish(photo, publisher.prepare(photo, {}, kept))
    assert not publisher.shows(lost, photo.caption)


# --- matching


@pytest.fixture
def show(rehearsal):
    """Put something on the profile that this publisher did not."""

    def shown(outgoing, **changed):
        post = rehearsal.account.show(
            changed.pop("kind", outgoing.kind),
            rehearsal.account.posts()[0].items,
            upload_id="1",
            caption=changed.pop("caption", outgoing.caption),
        )
        for name, value in changed.items():
            setattr(post, name, value)
        return post

    return shown


def test_captions_come_back_without_their_mentions(uncertain, publisher, photo, rehearsal, sent_at):
    spaced = replace(photo, caption="With @somebody \r\nand cafe\u0301 \n")
    handle = uncertain(spaced)
    rehearsal.account.posts()[0].caption = "With @somebody\nand café"
    rehearsal.behaviour.set(hides_at=True)

    assert publisher.find(spaced, handle, sent_at=sent_at).found


@pytest.mark.parametrize("other", [
    {"caption": "Something else"},
    {"kind": Kind.REEL},
    {"kind": Kind.CAROUSEL},
    {"kind": Kind.STORY},
    {"taken_at": datetime.now(UTC) - timedelta(minutes=10)},
])  # fmt: skip
def test_what_is_not_like_it_is_not_taken(
    other, uncertain, publisher, photo, rehearsal, show, sent_at
):
    handle = uncertain(photo)
    there = rehearsal.account.posts()[0]
    show(photo, **other)

    assert publisher.find(photo, handle, sent_at=sent_at).found.media_id == there.media_id


def test_the_latest_is_not_taken_for_it(uncertain, publisher, photo, rehearsal, show, sent_at):
    handle = uncertain(photo)
    ours = rehearsal.account.posts()[0]
    show(photo, caption="Something else")
    rehearsal.account.delete(ours)

    with pytest.raises(OutcomeUnknown, match="not listed"):
        publisher.find(photo, handle, sent_at=sent_at)


def test_two_alike_cannot_be_told_apart(uncertain, publisher, photo, show, sent_at):
    handle = uncertain(photo)
    show(photo)

    with pytest.raises(OutcomeUnknown, match="told apart"):
        publisher.find(photo, handle, sent_at=sent_at)


def test_another_post_of_ours_is_not_taken(uncertain, door, photo, rehearsal, show, sent_at):
    handle = uncertain(photo)
    there = rehearsal.account.posts()[0]
    another = show(photo)

    publisher = door(ours=frozenset({another.media_id}))

    assert publisher.find(photo, handle, sent_at=sent_at).found.media_id == there.media_id


def test_what_was_posted_hours_later_is_not_taken(
    uncertain, publisher, photo, rehearsal, show, sent_at
):
    handle = uncertain(photo)
    [there] = rehearsal.account.posts()
    there.taken_at = sent_at - timedelta(hours=2)
    show(photo)

    look = publisher.find(photo, handle, sent_at=sent_at - timedelta(hours=2))
    assert look.found.media_id == there.media_id


def test_what_is_like_a_post_that_was_not_published_is_another(
    uncertain, publisher, photo, another, rehearsal, show, sent_at, kept
):
    publisher.publish(another, publisher.prepare(another, {}, kept))
    rehearsal.wire.clear()
    handle = uncertain(photo, drop_before=True)
    show(photo)

    with pytest.raises(OutcomeUnknown, match="not published"):
        publisher.find(photo, handle, sent_at=sent_at)


def test_it_is_looked_for_until_it_is_listed(uncertain, publisher, photo, rehearsal, sent_at):
    handle = uncertain(photo)
    rehearsal.behaviour.set(shown_after=600)
    with pytest.raises(OutcomeUnknown, match="not listed yet"):
        publisher.find(photo, handle, sent_at=sent_at)

    rehearsal.behaviour.set(shown_after=0)
    assert publisher.find(photo, handle, sent_at=sent_at).found


def test_it_reads_back_through_all_the_pages(uncertain, publisher, photo, rehearsal, show, sent_at):
    handle = uncertain(photo)
    there = rehearsal.account.posts()[0]
    for number in range(120):
        show(photo, caption=f"Post {number}")

    assert publisher.find(photo, handle, sent_at=sent_at).found.media_id == there.media_id
    assert len(rehearsal.wire.log("media")) == 3


def test_a_listing_without_end_is_not_believed(
    uncertain, publisher, photo, rehearsal, show, sent_at
):
    handle = uncertain(photo, drop_before=True)
    page = {"data": [], "paging": {"next": "x", "cursors": {"after": "x"}}}
    rehearsal.wire.add(path="/media$", body=page, times=99)

    with pytest.raises(OutcomeUnknown, match="no end"):
        publisher.find(photo, handle, sent_at=sent_at)


@pytest.mark.parametrize("body", [
    "rubbish", {}, {"data": {}}, {"data": [1]}, {"data": [{"id": "1"}]},
    {"data": [{"id": "1", "timestamp": "yesterday"}]},
    {"data": [{"id": "1", "timestamp": "2026-11-22T10:00:00"}]},
    {"data": [{"timestamp": "2026-11-22T10:00:00+0000"}]},
    {"data": [], "paging": {"next": "https://somewhere"}},
])  # fmt: skip
def test_a_listing_that_is_not_understood_is_no_empty_one(
    body, uncertain, publisher, photo, rehearsal, sent_at
):
    handle = uncertain(photo, drop_before=True)
    rehearsal.wire.add(path="/media$", body=body)

    with pytest.raises(OutcomeUnknown):
        publisher.find(photo, handle, sent_at=sent_at)


@pytest.mark.parametrize("path", [r"/\d+$", "/media$"], ids=["container", "listing"])
@pytest.mark.parametrize(
    ("fault", "meant"),
    [
        ({"drop_before": True}, OutcomeUnknown),
        ({"cut": True}, OutcomeUnknown),
        ({"delay": 2}, OutcomeUnknown),
        ({"status": 500, "body": {"error": {"code": 2}}}, OutcomeUnknown),
        ({"status": 400, "body": {"error": {"code": 12345}}}, OutcomeUnknown),
        ({"status": 400, "body": {"error": {"code": 80002}}}, TheirsForNow),
        ({"status": 400, "body": {"error": {"code": 190}}}, AccountNeedsPerson),
        ({"status": 400, "body": {"error": {"code": 10}}}, AccountNeedsPerson),
        ({"status": 200, "body": {"id": "1", "status_code": "DANCING"}}, OutcomeUnknown),
    ],
)
def test_an_account_that_cannot_be_read_proves_nothing(
    path, fault, meant, uncertain, publisher, photo, rehearsal, sent_at
):
    handle = uncertain(photo, drop_before=True)
    rehearsal.wire.add(path=path, **fault)

    with pytest.raises(meant):
        publisher.find(photo, handle, sent_at=sent_at)
    assert len(rehearsal.wire.log("media_publish")) == 1


def test_a_container_that_is_gone_leaves_the_listing_to_tell(
    uncertain, publisher, photo, rehearsal, sent_at
):
    handle = uncertain(photo)
    gone = {"error": {"code": 100, "error_subcode": 33}}
    rehearsal.wire.add(path=r"/\d+$", status=400, body=gone, times=2)

    assert publisher.find(photo, handle, sent_at=sent_at).found
    rehearsal.account.delete(rehearsal.account.posts()[0])
    look = publisher.find(photo, handle, sent_at=sent_at)
    assert (look.found, look.ready) == (None, False)


@pytest.mark.parametrize("state", ["expired", "gone"])
def test_a_story_is_somebody_elses_where_its_container_does_not_say_that_it_is_published(
    state, uncertain, publisher, posts, another, rehearsal, show, sent_at, kept
):
    story = posts["story photo"]
    publisher.publish(another, publisher.prepare(another, {}, kept))
    rehearsal.wire.clear()
    handle = uncertain(story, drop_before=True)
    show(story)
    if state == "expired":
        rehearsal.account.containers.expire()
    else:
        gone = {"error": {"code": 100, "error_subcode": 33}}
        rehearsal.wire.add(path=r"/\d+$", status=400, body=gone, times=2)

    with pytest.raises(OutcomeUnknown, match="tells nothing"):
        publisher.find(story, handle, sent_at=sent_at)


def test_what_is_found_is_known_by_its_words_alone(uncertain, publisher, photo, sent_at):
    handle = uncertain(photo)

    assert publisher.find(photo, handle, sent_at=sent_at).by_words


def test_a_container_that_is_in_progress_tells_nothing_yet(
    uncertain, publisher, photo, rehearsal, sent_at
):
    handle = uncertain(photo, drop_before=True)
    rehearsal.account.containers.all()[0].polls = 1

    with pytest.raises(StillProcessing, match="in progress"):
        publisher.find(photo, handle, sent_at=sent_at)


def test_a_container_that_expired_is_neither_found_nor_ready(
    uncertain, publisher, photo, rehearsal, sent_at
):
    handle = uncertain(photo, drop_before=True)
    rehearsal.account.containers.expire()

    look = publisher.find(photo, handle, sent_at=sent_at)
    assert (look.found, look.ready) == (None, False)


def test_the_handle_of_another_account_is_of_no_use(publisher, photo, kept, sent_at, rehearsal):
    theirs = publisher.prepare(photo, {}, kept) | {"ig_user": "17840000000000000"}

    with pytest.raises(Ours):
        publisher.publish(photo, theirs)
    with pytest.raises(OutcomeUnknown):
        publisher.find(photo, theirs, sent_at=sent_at)
    assert rehearsal.wire.log("media_publish") == []


# --- stories, and what else has no words


@pytest.fixture
def story_in_doubt(uncertain, publisher, posts, another, rehearsal, kept):
    """A story that was published, the answer lost; the account has another post besides."""
    publisher.publish(another, publisher.prepare(another, {}, kept))
    rehearsal.wire.clear()
    return uncertain(posts["story photo"])


def stories(rehearsal):
    return [post for post in rehearsal.account.posts() if post.kind is Kind.STORY]


def test_a_story_from_before_it_was_sent_is_not_taken_for_it(
    story_in_doubt, publisher, posts, rehearsal, show, sent_at
):
    (ours,) = stories(rehearsal)
    show(posts["story photo"], taken_at=sent_at - timedelta(seconds=30))
    rehearsal.account.delete(ours)  # as good as not listed yet

    with pytest.raises(OutcomeUnknown, match="not listed"):
        publisher.find(posts["story photo"], story_in_doubt, sent_at=sent_at)


def test_a_story_is_named_but_not_taken_as_found(
    story_in_doubt, publisher, posts, rehearsal, show, sent_at
):
    (ours,) = stories(rehearsal)
    look = publisher.find(posts["story photo"], story_in_doubt, sent_at=sent_at)
    assert (look.found, [one.media_id for one in look.alike]) == (None, [ours.media_id])

    theirs = show(posts["story photo"])
    look = publisher.find(posts["story photo"], story_in_doubt, sent_at=sent_at)
    assert {one.media_id for one in look.alike} == {ours.media_id, theirs.media_id}


def test_a_photo_without_words_is_named_but_not_taken_as_found(
    uncertain, publisher, photo, rehearsal, sent_at
):
    silent = replace(photo, caption="")
    handle = uncertain(silent)
    (there,) = rehearsal.account.posts()

    look = publisher.find(silent, handle, sent_at=sent_at)

    assert (look.found, [one.media_id for one in look.alike]) == (None, [there.media_id])
