"""What Instagram refuses, before anything was published and instead of publishing."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from takeover.clock import now
from takeover.instagram.private.publisher import PrivatePublisher
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Kind,
    Ours,
    OutcomeUnknown,
    Outgoing,
    Reason,
    TheirsForGood,
    TheirsForNow,
    Video,
)
from takeover.instagram.rehearsal.server import Rehearsal
from tests.takeover.instagram.private.conftest import (
    CONFIGURE,
    FEED,
    REFUSALS,
    SESSION,
    UPLOAD,
    WAITS,
    configures,
    jpeg_of,
    prepared,
    publish,
    showing,
)  # fmt: skip

# --- refused before anything was published


@pytest.mark.parametrize("at", [SESSION, UPLOAD])
@pytest.mark.parametrize("fault", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_stopped_account_goes_to_a_person(
    publisher: PrivatePublisher,
    outgoing: Outgoing,
    rehearsal: Rehearsal,
    fault: dict[str, Any],
    at: str,
) -> None:
    rehearsal.wire.add(path=at, **fault)
    with pytest.raises(AccountNeedsPerson):
        publish(publisher, outgoing)
    assert configures(rehearsal) == 0


def test_a_session_that_ended_goes_to_a_person(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, sessions: list[Any]
) -> None:
    handle = prepared(publisher, outgoing)
    sessions.clear()
    rehearsal.account.sign_out()
    with pytest.raises(AccountNeedsPerson):
        prepared(publisher, outgoing, handle)
    with pytest.raises(AccountNeedsPerson):
        prepared(publisher, outgoing)
    with pytest.raises(AccountNeedsPerson):
        publisher.find(outgoing, handle, sent_at=now())
    assert configures(rehearsal) == 0
    assert sessions == []


@pytest.mark.parametrize("at", [SESSION, UPLOAD])
@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_shut_door_goes_to_a_person(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, status: int, at: str
) -> None:
    rehearsal.wire.add(path=at, status=status)
    with pytest.raises(AccountNeedsPerson):
        publish(publisher, outgoing)
    assert configures(rehearsal) == 0


@pytest.mark.parametrize("at", [SESSION, UPLOAD])
@pytest.mark.parametrize(
    "fault",
    [
        *WAITS.values(), {"status": 408}, {"status": 500}, {"status": 502, "body": "Bad gateway"},
        {"drop_before": True}, {"drop_after": True}, {"cut": True}, {"status": 302},
    ],
    ids=str,
)  # fmt: skip
def test_trouble_before_publishing_is_tried_again_later(
    publisher: PrivatePublisher,
    outgoing: Outgoing,
    rehearsal: Rehearsal,
    fault: dict[str, Any],
    at: str,
    sleeps: list[float],
) -> None:
    rehearsal.wire.add(path=at, **fault)
    with pytest.raises(TheirsForNow) as raised:
        publish(publisher, outgoing)
    assert raised.value.wait >= timedelta(minutes=30)
    assert configures(rehearsal) == 0
    assert rehearsal.account.posts() == []
    assert len([a for a in rehearsal.wire.log() if a.what != "current_user"]) <= 1
    assert sum(sleeps) == 0


def test_a_session_check_without_a_user_is_tried_again_later(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    for body in ({"status": "ok"}, {"status": "fail"}, "<html>Sorry</html>"):
        rehearsal.wire.add(path=SESSION, body=body)
        with pytest.raises(TheirsForNow):
            prepared(publisher, outgoing)


def test_an_outdated_client_is_ours(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    body = {"error_type": "needs_upgrade", "message": "Please update", "status": "fail"}
    rehearsal.wire.add(path=SESSION, status=400, body=body)
    with pytest.raises(Ours):
        prepared(publisher, outgoing)


def test_a_photo_instagram_refuses_needs_a_change(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, jpeg: Any
) -> None:
    for photo in (jpeg(300, 300), jpeg(2000, 600), jpeg_of(outgoing)[:-2000]):
        with pytest.raises(TheirsForGood):
            publish(publisher, showing(outgoing, photo))
    assert configures(rehearsal) == 0


def test_only_one_finished_jpeg_is_taken(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, jpeg: Any
) -> None:
    with pytest.raises(TheirsForGood, match="neither a JPEG"):
        prepared(publisher, showing(outgoing, jpeg(format="PNG")))
    assert rehearsal.wire.log() == []


def test_what_is_no_such_post_is_refused_before_anything_leaves(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal
) -> None:
    photo, clip = posts["photo"].items[0], posts["reel"].items[0]
    broken = Video(mp4=io.BytesIO(b"clip"), cover=b"", alt_text="")
    for kind, items in (
        (Kind.PHOTO, (clip,)), (Kind.PHOTO, ()), (Kind.REEL, (photo,)), (Kind.REEL, (broken,)),
        (Kind.CAROUSEL, (photo,)), (Kind.CAROUSEL, (photo,) * 21), (Kind.STORY, (photo, clip)),
    ):  # fmt: skip
        with pytest.raises(TheirsForGood) as refused:
            prepared(publisher, replace(posts["photo"], kind=kind, items=items))
        assert refused.value.reason is Reason.FORMAT
    assert rehearsal.wire.log() == []


# --- refused when publishing


def test_bytes_that_got_lost_are_sent_again_later(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    rehearsal.wire.add(path=UPLOAD, status=200, body={"status": "ok"})
    with pytest.raises(TheirsForNow):
        publish(publisher, outgoing)
    assert configures(rehearsal) == 1
    assert rehearsal.account.posts() == []


def test_a_photo_still_being_processed_is_sent_again_later(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    body = {"message": "Transcode not finished yet.", "status": "fail"}
    rehearsal.wire.add(path=CONFIGURE, status=202, body=body)
    with pytest.raises(TheirsForNow):
        publish(publisher, outgoing)
    assert configures(rehearsal) == 1


@pytest.mark.parametrize("fault", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_by_name_goes_to_a_person(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, fault: dict[str, Any]
) -> None:
    rehearsal.wire.add(path=CONFIGURE, **fault)
    with pytest.raises(AccountNeedsPerson):
        publish(publisher, outgoing)
    assert configures(rehearsal) == 1
    assert rehearsal.account.posts() == []


def test_a_post_that_is_there_in_spite_of_a_refusal_is_published(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    body = REFUSALS["feedback_required"]["body"]
    rehearsal.wire.add(path=CONFIGURE, status_after=400, body=body)
    found = publish(publisher, outgoing)
    assert found.permalink.endswith(f"/p/{rehearsal.account.posts()[0].code}/")


def test_a_refusal_that_cannot_be_checked_is_unknown(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    rehearsal.wire.add(path=CONFIGURE, **REFUSALS["feedback_required"])
    rehearsal.wire.add(path=FEED, status=500)
    with pytest.raises(OutcomeUnknown):
        publish(publisher, outgoing)


@pytest.mark.parametrize("shut", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_that_nobody_may_check_is_unknown_and_stops_the_account(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, shut: dict[str, Any]
) -> None:
    """The post is there in spite of the refusal, and the account is shut before we can see it."""
    body = REFUSALS["feedback_required"]["body"]
    rehearsal.wire.add(path=CONFIGURE, status_after=400, body=body)
    rehearsal.wire.add(path=FEED, **shut)
    with pytest.raises(OutcomeUnknown) as doubt:
        publish(publisher, outgoing)
    assert doubt.value.needs_person
    assert len(rehearsal.account.posts()) == 1
