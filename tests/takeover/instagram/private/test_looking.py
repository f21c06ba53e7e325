"""Looking on the account for a post whose outcome is unknown."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from takeover.clock import now
from takeover.instagram.private.publisher import PrivatePublisher
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Handle,
    Look,
    OnAccount,
    OutcomeUnknown,
    Outgoing,
    TheirsForNow,
)
from takeover.instagram.rehearsal.server import Rehearsal
from tests.takeover.instagram.private.conftest import (
    FEED,
    REFUSALS,
    WAITS,
    jpeg_of,
    prepared,
)  # fmt: skip


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500}, {"status": 502, "body": "Bad gateway"}, {"status": 408},
        {"drop_before": True}, {"drop_after": True}, {"cut": True}, {"delay": 1.5},
        {"body": "<html>Sorry</html>"}, {"body": ""}, {"body": {}}, {"body": []},
        {"body": {"status": "ok"}}, {"body": {"items": None, "status": "ok"}},
        {"body": {"items": [], "status": "fail", "message": "Sorry"}}, {"body": {"items": []}},
        {"body": {"items": [None], "status": "ok"}}, {"body": {"items": [{}], "status": "ok"}},
        {"body": {"items": [], "more_available": True, "status": "ok"}, "times": 9},
        {"status": 302},
    ],
    ids=str,
)  # fmt: skip
def test_an_account_that_cannot_be_read_never_means_not_there(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, fault: dict[str, Any]
) -> None:
    handle, sent_at = prepared(publisher, outgoing), now()
    publisher.publish(outgoing, handle)
    rehearsal.wire.add(path=FEED, **fault)
    with pytest.raises(OutcomeUnknown):
        publisher.find(outgoing, handle, sent_at=sent_at)


@pytest.mark.parametrize("fault", WAITS.values(), ids=WAITS.keys())
def test_looking_waits_when_it_is_asked_to(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, fault: dict[str, Any]
) -> None:
    handle = prepared(publisher, outgoing)
    rehearsal.wire.add(path=FEED, **fault)
    with pytest.raises(TheirsForNow):
        publisher.find(outgoing, handle, sent_at=now())


@pytest.mark.parametrize("fault", REFUSALS.values(), ids=REFUSALS.keys())
def test_looking_stops_when_the_account_is_stopped(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, fault: dict[str, Any]
) -> None:
    handle = prepared(publisher, outgoing)
    rehearsal.wire.add(path=FEED, **fault)
    with pytest.raises(AccountNeedsPerson):
        publisher.find(outgoing, handle, sent_at=now())


def test_an_empty_account_means_not_there(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    assert publisher.find(outgoing, prepared(publisher, outgoing), sent_at=now()).found is None


def test_a_post_is_found_behind_many_newer_ones(
    publisher: PrivatePublisher, outgoing: Outgoing, another: Outgoing, rehearsal: Rehearsal
) -> None:
    handle, sent_at = prepared(publisher, outgoing), now()
    publisher.publish(outgoing, handle)
    photo = rehearsal.account.keep_upload("5", jpeg_of(another))
    for _ in range(70):
        rehearsal.account.publish(photo, upload_id="5", caption="later", alt_text="")
    assert publisher.find(outgoing, handle, sent_at=sent_at).found is not None
    assert len(rehearsal.wire.log("feed")) == 3


def item(**facts: Any) -> dict[str, Any]:
    media = {"pk": 9, "code": "Bxyz", "media_type": 1, "taken_at": int(now().timestamp())}
    return media | facts


def shown(rehearsal: Rehearsal, *items: dict[str, Any]) -> None:
    rehearsal.wire.add(path=FEED, body={"items": list(items), "status": "ok"})


def test_a_post_without_its_upload_is_found_by_caption_and_time(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle: Handle = prepared(publisher, outgoing)
    shown(
        rehearsal,
        item(caption={"text": outgoing.caption + " "}),
        item(pk=8, code="Bother", caption={"text": "other"}),
        item(pk=7, code="Bold", caption={"text": outgoing.caption}, taken_at=1_700_000_000),
        item(pk=6, code="Bfilm", caption={"text": outgoing.caption}, media_type=2),
    )
    found = publisher.find(outgoing, handle, sent_at=now()).found
    assert found == OnAccount(
        media_id=f"9_{rehearsal.account.pk}", permalink=f"{rehearsal.url}/p/Bxyz/"
    )


def test_the_same_words_from_another_upload_are_not_taken_for_ours(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    """Comms posted them by hand from a phone while ours never arrived."""
    handle = prepared(publisher, outgoing)
    shown(rehearsal, item(caption={"text": outgoing.caption}, device_timestamp=42))
    with pytest.raises(OutcomeUnknown):
        publisher.find(outgoing, handle, sent_at=now())


def test_another_post_of_ours_with_the_same_words_is_neither_it_nor_in_the_way(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, known: list[OnAccount]
) -> None:
    handle, words = prepared(publisher, outgoing), {"text": outgoing.caption}
    shown(rehearsal, item(caption=words))
    other = publisher.find(outgoing, handle, sent_at=now()).found
    assert other is not None
    known.append(other)

    shown(rehearsal, item(caption=words))
    assert publisher.find(outgoing, handle, sent_at=now()).found is None
    shown(rehearsal, item(caption=words), item(pk=8, code="Bours", caption=words))
    found = publisher.find(outgoing, handle, sent_at=now()).found
    assert found is not None
    assert found.permalink.endswith("/Bours/")


def test_what_bears_our_uploads_name_is_ours_even_if_it_is_known(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, known: list[OnAccount]
) -> None:
    handle, sent_at = prepared(publisher, outgoing), now()
    known.append(publisher.publish(outgoing, handle))
    assert publisher.find(outgoing, handle, sent_at=sent_at).found == known[0]


def test_two_posts_with_the_caption_are_for_a_person(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    caption = {"text": outgoing.caption}
    handle = prepared(publisher, outgoing)
    shown(rehearsal, item(caption=caption), item(pk=8, caption=caption))
    with pytest.raises(OutcomeUnknown):
        publisher.find(outgoing, handle, sent_at=now())


def test_a_post_of_that_time_that_says_nothing_of_itself_is_for_a_person(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle = prepared(publisher, outgoing)
    shown(rehearsal, item(caption=None))
    with pytest.raises(OutcomeUnknown):
        publisher.find(outgoing, handle, sent_at=now())


def test_a_pinned_post_does_not_hide_the_newer_pages(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle, sent_at = prepared(publisher, outgoing), now()
    pinned = item(pk=1, taken_at=1_600_000_000, device_timestamp=1)
    first = {"items": [pinned, item(device_timestamp=2)], "status": "ok"}
    rehearsal.wire.add(path=FEED, body=first | {"more_available": True, "next_max_id": "2"})
    shown(rehearsal, item(code="Bours", device_timestamp=int(handle["upload_id"])))
    found = publisher.find(outgoing, handle, sent_at=sent_at).found
    assert found is not None
    assert found.permalink.endswith("/Bours/")


# --- stories, and kinds that are told apart


STORIES = r"feed/user/\d+/story/"


@pytest.fixture
def story(posts: dict[str, Outgoing]) -> Outgoing:
    return posts["story photo"]


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500}, {"drop_before": True}, {"cut": True}, {"body": "<html>Sorry</html>"},
        {"body": {"status": "ok"}}, {"body": {"reel": None}}, {"body": {"reel": 5, "status": "ok"}},
        {"body": {"reel": {}, "status": "ok"}}, {"body": {"reel": [], "status": "ok"}},
        {"body": {"reel": {"items": [{}]}, "status": "ok"}},
        {"body": {"reel": None, "status": "fail"}},
    ],
    ids=str,
)  # fmt: skip
def test_stories_that_cannot_be_read_never_mean_not_there(
    publisher: PrivatePublisher, story: Outgoing, rehearsal: Rehearsal, fault: dict[str, Any]
) -> None:
    handle, sent_at = prepared(publisher, story), now()
    publisher.publish(story, handle)
    rehearsal.wire.add(path=STORIES, **fault)
    with pytest.raises(OutcomeUnknown):
        publisher.find(story, handle, sent_at=sent_at)


def test_no_stories_means_not_there_as_long_as_one_would_be_shown(
    publisher: PrivatePublisher, story: Outgoing, rehearsal: Rehearsal
) -> None:
    handle, sent_at = prepared(publisher, story), now()
    assert publisher.find(story, handle, sent_at=sent_at) == Look(found=None)
    with time_machine.travel(now() + timedelta(hours=24)), pytest.raises(OutcomeUnknown):
        publisher.find(story, handle, sent_at=sent_at)


def test_a_story_is_looked_for_among_stories_and_by_its_name_only(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal
) -> None:
    first, second = posts["story photo"], posts["story clip"]
    sent_at, handle = now(), prepared(publisher, first)
    publisher.publish(first, handle)
    other = prepared(publisher, second)
    assert publisher.find(second, other, sent_at=sent_at).found is None
    assert publisher.find(first, handle, sent_at=sent_at).found is not None
    assert rehearsal.wire.log("feed") == []


def test_a_post_of_another_kind_is_not_ours(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal
) -> None:
    reel = posts["reel"]
    handle, caption = prepared(publisher, reel), {"text": reel.caption}
    shown(rehearsal, item(caption=caption), item(pk=8, code="Breel", caption=caption, media_type=2))
    found = publisher.find(reel, handle, sent_at=now()).found
    assert found is not None
    assert found.permalink == f"{rehearsal.url}/reel/Breel/"
    shown(rehearsal, item(caption=caption))
    assert publisher.find(reel, handle, sent_at=now()).found is None


def test_a_carousel_is_found_by_the_name_of_any_of_its_items(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal
) -> None:
    """Nobody knows which of them Instagram gives back."""
    handle = prepared(publisher, posts["carousel"])
    for number, upload in enumerate(handle["uploads"]):
        stamp = int(upload["id"])
        shown(rehearsal, item(code=f"Bnumber{number}", media_type=8, device_timestamp=stamp))
        found = publisher.find(posts["carousel"], handle, sent_at=now()).found
        assert found is not None
        assert found.permalink.endswith(f"/Bnumber{number}/")
