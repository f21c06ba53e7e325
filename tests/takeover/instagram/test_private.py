"""The private door: the real instagrapi client, over HTTP, against the rehearsal."""

import io
import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from instagrapi import Client

from config import Settings
from takeover.clock import now
from takeover.instagram.gate import AlreadySent, Patience, PublishGate, Refused, way_to
from takeover.instagram.private import PrivatePublisher
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Handle,
    Kind,
    OnAccount,
    Ours,
    OutcomeUnknown,
    Outgoing,
    Photo,
    Publisher,
    PublishingError,
    TheirsForGood,
    TheirsForNow,
    Video,
)
from takeover.instagram.rehearsal.server import Rehearsal
from takeover.posts.words import SINGLE_PHOTOS_ONLY

CONFIGURE = r"media/configure/$"
UPLOAD = r"^/rupload_igphoto/"
SESSION = r"accounts/current_user/"
FEED = r"feed/user/"

REFUSALS: dict[str, dict[str, Any]] = {
    "login_required": {"status": 403, "body": {"message": "login_required", "status": "fail"}},
    "challenge": {
        "status": 400,
        "body": {
            "message": "challenge_required",
            "challenge": {"api_path": "/challenge/1/abc/"},
            "status": "fail",
        },
    },
    "checkpoint": {
        "status": 400,
        "body": {"message": "checkpoint_required", "error_type": "checkpoint", "status": "fail"},
    },
    "feedback_required": {
        "status": 400,
        "body": {"message": "feedback_required", "spam": True, "status": "fail"},
    },
}
WAITS: dict[str, dict[str, Any]] = {
    "429": {"status": 429},
    "please wait": {
        "status": 400,
        "body": {"message": "Please wait a few minutes before you try again.", "status": "fail"},
    },
}
# What may happen to an answer after Instagram has done what it was asked.
LOST: dict[str, dict[str, Any]] = {
    "the connection dies": {"drop_after": True},
    "the answer is cut": {"cut": True},
    "it takes too long": {"delay": 1.5},
    "408": {"status_after": 408},
    "429": {"status_after": 429},
    "500": {"status_after": 500},
    "502": {"status_after": 502},
    "503": {"status_after": 503, "body": "<html>Oops</html>"},
    "403 from a proxy": {"status_after": 403, "body": "Forbidden"},
    "404 from a proxy": {"status_after": 404, "body": "Not Found"},
    "a redirect": {"status_after": 307},
    "an error with media": {
        "status_after": 500,
        "body": {"media": {"pk": 1, "code": "Babc"}, "status": "ok"},
    },
    "rubbish": {"body": "<html>Sorry</html>"},
    "nothing at all": {"body": ""},
    "an empty object": {"body": {}},
    "a list": {"body": []},
    "no media": {"body": {"status": "ok"}},
    "media is null": {"body": {"media": None, "status": "ok"}},
    "media without an address": {"body": {"media": {"pk": 1}, "status": "ok"}},
    "another's media": {
        "body": {"media": {"pk": 1, "code": "Babc", "device_timestamp": 5}, "status": "ok"}
    },
    "a failure nobody knows": {"status_after": 400, "body": {"message": "huh", "status": "fail"}},
}


def jpeg_of(outgoing: Outgoing) -> bytes:
    (photo,) = outgoing.items
    assert isinstance(photo, Photo)
    return photo.jpeg


def showing(outgoing: Outgoing, jpeg: bytes) -> Outgoing:
    return replace(outgoing, items=(Photo(jpeg=jpeg, alt_text="Two people"),))


def configures(rehearsal: Rehearsal) -> int:
    return len(rehearsal.wire.log("configure"))


def publish(publisher: Publisher, outgoing: Outgoing) -> OnAccount:
    return publisher.publish(outgoing, publisher.prepare(outgoing))


# --- a photo goes out


def test_it_publishes_a_photo_once_and_to_the_byte(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    found = publish(publisher, outgoing)

    [post] = rehearsal.account.posts()
    assert post.photo.data == jpeg_of(outgoing)
    assert post.caption == outgoing.caption
    assert post.alt_text == outgoing.items[0].alt_text
    assert found.media_id == f"{post.pk}_{rehearsal.account.pk}"
    assert found.permalink == f"{rehearsal.url}/p/{post.code}/"
    assert [asked.what for asked in rehearsal.wire.log()] == [
        "current_user", "upload_photo", "configure",
    ]  # fmt: skip


def test_each_post_has_an_upload_of_its_own(
    publisher: PrivatePublisher, outgoing: Outgoing, another: Outgoing, rehearsal: Rehearsal
) -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False):
        first, second = publisher.prepare(outgoing), publisher.prepare(another)
    publisher.publish(outgoing, first)
    publisher.publish(another, second)

    assert [p.photo.data for p in rehearsal.account.posts()] == [
        jpeg_of(another), jpeg_of(outgoing),
    ]  # fmt: skip
    assert first["upload_id"] != second["upload_id"]


def test_a_handle_survives_being_kept_as_json(
    publisher: PrivatePublisher, outgoing: Outgoing
) -> None:
    handle = json.loads(json.dumps(dict(publisher.prepare(outgoing))))
    assert publisher.publish(outgoing, handle).permalink


def test_the_photo_stays_whole_at_any_size(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, jpeg: Any
) -> None:
    large = showing(outgoing, jpeg(1440, 1800, quality=97))
    publish(publisher, large)
    assert rehearsal.account.posts()[0].photo.data == jpeg_of(large)


def test_it_takes_its_time_between_requests(
    rehearsal: Rehearsal, outgoing: Outgoing, sleeps: list[float]
) -> None:
    slow = PrivatePublisher(
        rehearsal.account.session(), base_url=rehearsal.url, on_session=lambda kept: None, pace=2.5
    )
    publish(slow, outgoing)
    assert sleeps == [2.5, 3, 2.5]


def test_a_post_that_lost_its_caption_is_noticed(
    publisher: PrivatePublisher,
    outgoing: Outgoing,
    rehearsal: Rehearsal,
    caplog: pytest.LogCaptureFixture,
) -> None:
    handle = publisher.prepare(outgoing)
    stamp = int(handle["upload_id"])
    media = {"pk": 1, "code": "Babc", "device_timestamp": stamp, "caption": None}
    rehearsal.wire.add(path=CONFIGURE, body={"media": media, "status": "ok"})

    publisher.publish(outgoing, handle)

    assert "another caption" in caplog.text


def test_media_that_the_library_cannot_parse_is_still_ours(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle = publisher.prepare(outgoing)
    media = {"pk": 1, "code": "Babc", "device_timestamp": int(handle["upload_id"])}
    rehearsal.wire.add(path=CONFIGURE, body={"media": media, "status": "ok"})
    assert publisher.publish(outgoing, handle).permalink.endswith("/p/Babc/")
    assert configures(rehearsal) == 1


def test_the_media_in_a_clear_answer_is_ours_even_if_it_does_not_say_so(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    media = {"pk": 1, "id": "1_2", "code": "Babc"}
    rehearsal.wire.add(path=CONFIGURE, body={"media": media, "status": "ok"})
    assert publish(publisher, outgoing).media_id == "1_2"


# --- once or not at all


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_a_lost_answer_is_unknown_and_the_post_is_found(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, fault: dict[str, Any]
) -> None:
    handle, sent_at = publisher.prepare(outgoing), now()
    rehearsal.wire.add(path=CONFIGURE, **fault)

    with pytest.raises(OutcomeUnknown):
        publisher.publish(outgoing, handle)

    assert configures(rehearsal) == 1
    [post] = rehearsal.account.posts()
    found = publisher.find(outgoing, handle, sent_at=sent_at)
    assert found is not None
    assert found.permalink.endswith(f"/p/{post.code}/")


def test_a_request_that_never_arrived_is_unknown_and_the_post_is_not_there(
    publisher: PrivatePublisher, outgoing: Outgoing, another: Outgoing, rehearsal: Rehearsal
) -> None:
    publish(publisher, another)
    handle, sent_at = publisher.prepare(outgoing), now()
    rehearsal.wire.add(path=CONFIGURE, drop_before=True)

    with pytest.raises(OutcomeUnknown):
        publisher.publish(outgoing, handle)

    assert publisher.find(outgoing, handle, sent_at=sent_at) is None
    assert len(rehearsal.account.posts()) == 1


def test_a_handler_that_swallows_errors_cannot_make_the_client_send_twice(
    publisher: PrivatePublisher,
    outgoing: Outgoing,
    rehearsal: Rehearsal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Client, "handle_exception", staticmethod(lambda client, error: None))
    rehearsal.wire.add(path=CONFIGURE, status_after=502)
    with pytest.raises(OutcomeUnknown):
        publish(publisher, outgoing)
    assert configures(rehearsal) == 1


def test_a_session_made_with_the_retrying_transport_does_not_bring_retries(
    rehearsal: Rehearsal, outgoing: Outgoing, sleeps: list[float]
) -> None:
    settings = rehearsal.account.session() | {
        "private_transport": "requests",
        "session_retry_total": 3,
        "session_retry_backoff_factor": 0,
    }
    publisher = PrivatePublisher(
        settings, base_url=rehearsal.url, on_session=lambda kept: None, pace=0
    )
    rehearsal.wire.add(path=CONFIGURE, status_after=502)
    with pytest.raises(OutcomeUnknown):
        publish(publisher, outgoing)
    assert configures(rehearsal) == 1


def test_loading_settings_again_does_not_open_another_way_out(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    client = publisher._client
    client.set_settings(rehearsal.account.session() | {"private_transport": "requests"})
    client.set_retry_config(session_retry_total=5)
    client.set_proxy(None)
    rehearsal.wire.add(path=CONFIGURE, status_after=503)
    with pytest.raises(OutcomeUnknown):
        publish(publisher, outgoing)
    assert configures(rehearsal) == 1


def test_a_checkpoint_when_publishing_is_not_clicked_away(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    rehearsal.wire.add(path=CONFIGURE, **REFUSALS["challenge"])
    with pytest.raises(AccountNeedsPerson):
        publish(publisher, outgoing)
    assert configures(rehearsal) == 1
    assert rehearsal.wire.log()[-1].what == "feed"


def test_a_strangers_post_is_not_adopted_when_the_answer_holds_no_media(
    publisher: PrivatePublisher,
    outgoing: Outgoing,
    another: Outgoing,
    rehearsal: Rehearsal,
    sleeps: list[float],
) -> None:
    handle, sent_at = publisher.prepare(outgoing), now() - timedelta(hours=1)
    rehearsal.wire.add(path=CONFIGURE, status=200, body={"status": "ok"})
    rehearsal.account.publish(
        rehearsal.account.keep_upload("5", jpeg_of(another)),
        upload_id="5",
        caption="From the phone",
        alt_text="",
    )
    with pytest.raises(OutcomeUnknown):
        publisher.publish(outgoing, handle)
    assert publisher.find(outgoing, handle, sent_at=sent_at) is None
    assert sum(sleeps) <= 3


def test_one_handle_is_sent_once(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle = publisher.prepare(outgoing)
    publisher.publish(outgoing, handle)
    with pytest.raises(OutcomeUnknown):
        publisher.publish(outgoing, handle)
    assert configures(rehearsal) == 1


def test_an_upload_that_failed_may_be_tried_again_with_the_same_handle(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle = publisher.prepare(outgoing)
    rehearsal.wire.add(path=UPLOAD, drop_before=True)
    with pytest.raises(TheirsForNow):
        publisher.publish(outgoing, handle)
    publisher.publish(outgoing, handle)
    assert len(rehearsal.account.posts()) == configures(rehearsal) == 1


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
    handle = publisher.prepare(outgoing)
    sessions.clear()
    rehearsal.account.sign_out()
    with pytest.raises(AccountNeedsPerson):
        publisher.publish(outgoing, handle)
    with pytest.raises(AccountNeedsPerson):
        publisher.prepare(outgoing)
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
            publisher.prepare(outgoing)


def test_an_outdated_client_is_ours(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    body = {"error_type": "needs_upgrade", "message": "Please update", "status": "fail"}
    rehearsal.wire.add(path=SESSION, status=400, body=body)
    with pytest.raises(Ours):
        publisher.prepare(outgoing)


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
    with pytest.raises(TheirsForGood, match="not a JPEG"):
        publisher.prepare(showing(outgoing, jpeg(format="PNG")))
    assert rehearsal.wire.log() == []


@pytest.mark.parametrize("kind", [Kind.CAROUSEL, Kind.REEL, Kind.STORY])
def test_what_it_cannot_send_yet_is_refused_before_anything_leaves(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, jpeg: Any, kind: Kind
) -> None:
    clip = Video(mp4=io.BytesIO(b"clip"), cover=jpeg(), alt_text="")
    items = {Kind.CAROUSEL: outgoing.items * 2, Kind.REEL: (clip,), Kind.STORY: outgoing.items}
    with pytest.raises(TheirsForGood, match=SINGLE_PHOTOS_ONLY):
        publisher.prepare(replace(outgoing, kind=kind, items=items[kind]))
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


# --- looking for a post


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
    handle, sent_at = publisher.prepare(outgoing), now()
    publisher.publish(outgoing, handle)
    rehearsal.wire.add(path=FEED, **fault)
    with pytest.raises(OutcomeUnknown):
        publisher.find(outgoing, handle, sent_at=sent_at)


@pytest.mark.parametrize("fault", WAITS.values(), ids=WAITS.keys())
def test_looking_waits_when_it_is_asked_to(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, fault: dict[str, Any]
) -> None:
    handle = publisher.prepare(outgoing)
    rehearsal.wire.add(path=FEED, **fault)
    with pytest.raises(TheirsForNow):
        publisher.find(outgoing, handle, sent_at=now())


@pytest.mark.parametrize("fault", REFUSALS.values(), ids=REFUSALS.keys())
def test_looking_stops_when_the_account_is_stopped(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, fault: dict[str, Any]
) -> None:
    handle = publisher.prepare(outgoing)
    rehearsal.wire.add(path=FEED, **fault)
    with pytest.raises(AccountNeedsPerson):
        publisher.find(outgoing, handle, sent_at=now())


def test_an_empty_account_means_not_there(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    assert publisher.find(outgoing, publisher.prepare(outgoing), sent_at=now()) is None


def test_a_post_is_found_behind_many_newer_ones(
    publisher: PrivatePublisher, outgoing: Outgoing, another: Outgoing, rehearsal: Rehearsal
) -> None:
    handle, sent_at = publisher.prepare(outgoing), now()
    publisher.publish(outgoing, handle)
    photo = rehearsal.account.keep_upload("5", jpeg_of(another))
    for _ in range(70):
        rehearsal.account.publish(photo, upload_id="5", caption="later", alt_text="")
    assert publisher.find(outgoing, handle, sent_at=sent_at) is not None
    assert len(rehearsal.wire.log("feed")) == 3


def item(**facts: Any) -> dict[str, Any]:
    media = {"pk": 9, "code": "Bxyz", "media_type": 1, "taken_at": int(now().timestamp())}
    return media | facts


def shown(rehearsal: Rehearsal, *items: dict[str, Any]) -> None:
    rehearsal.wire.add(path=FEED, body={"items": list(items), "status": "ok"})


def test_a_post_without_its_upload_is_found_by_caption_and_time(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle: Handle = publisher.prepare(outgoing)
    shown(
        rehearsal,
        item(caption={"text": outgoing.caption + " "}),
        item(pk=8, code="Bother", caption={"text": "other"}),
        item(pk=7, code="Bold", caption={"text": outgoing.caption}, taken_at=1_700_000_000),
        item(pk=6, code="Bfilm", caption={"text": outgoing.caption}, media_type=2),
    )
    found = publisher.find(outgoing, handle, sent_at=now())
    assert found == OnAccount(
        media_id=f"9_{rehearsal.account.pk}", permalink=f"{rehearsal.url}/p/Bxyz/"
    )


def test_the_same_words_from_another_upload_are_not_taken_for_ours(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    """Comms posted them by hand from a phone while ours never arrived."""
    handle = publisher.prepare(outgoing)
    shown(rehearsal, item(caption={"text": outgoing.caption}, device_timestamp=42))
    with pytest.raises(OutcomeUnknown):
        publisher.find(outgoing, handle, sent_at=now())


def test_two_posts_with_the_caption_are_for_a_person(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    caption = {"text": outgoing.caption}
    handle = publisher.prepare(outgoing)
    shown(rehearsal, item(caption=caption), item(pk=8, caption=caption))
    with pytest.raises(OutcomeUnknown):
        publisher.find(outgoing, handle, sent_at=now())


def test_a_post_of_that_time_that_says_nothing_of_itself_is_for_a_person(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle = publisher.prepare(outgoing)
    shown(rehearsal, item(caption=None))
    with pytest.raises(OutcomeUnknown):
        publisher.find(outgoing, handle, sent_at=now())


def test_a_pinned_post_does_not_hide_the_newer_pages(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle, sent_at = publisher.prepare(outgoing), now()
    pinned = item(pk=1, taken_at=1_600_000_000, device_timestamp=1)
    first = {"items": [pinned, item(device_timestamp=2)], "status": "ok"}
    rehearsal.wire.add(path=FEED, body=first | {"more_available": True, "next_max_id": "2"})
    shown(rehearsal, item(code="Bours", device_timestamp=int(handle["upload_id"])))
    found = publisher.find(outgoing, handle, sent_at=sent_at)
    assert found is not None
    assert found.permalink.endswith("/Bours/")


# --- the session


def test_the_refreshed_session_is_kept_and_holds_no_password(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal, sessions: list[Any]
) -> None:
    publish(publisher, outgoing)
    kept = json.loads(json.dumps(sessions[-1]))
    assert kept["mid"] == "rehearsed-machine-id"
    assert "password" not in json.dumps(kept)
    again = PrivatePublisher(kept, base_url=rehearsal.url, on_session=sessions.append, pace=0)
    again.prepare(outgoing)
    assert sessions[-1]["uuids"] == kept["uuids"]


def test_a_session_that_cannot_be_kept_does_not_hide_what_was_published(
    rehearsal: Rehearsal, outgoing: Outgoing, sleeps: list[float]
) -> None:
    def broken(settings: dict[str, Any]) -> None:
        raise OSError(settings["authorization_data"]["sessionid"])

    publisher = PrivatePublisher(
        rehearsal.account.session(), base_url=rehearsal.url, on_session=broken, pace=0
    )
    assert publish(publisher, outgoing).permalink


@pytest.mark.parametrize(
    "settings", [{}, {"cookies": {}}, {"uuids": 5}, {"authorization_data": {"sessionid": "x"}}]
)
def test_a_missing_session_is_ours(rehearsal: Rehearsal, settings: dict[str, Any]) -> None:
    with pytest.raises(Ours):
        PrivatePublisher(settings, base_url=rehearsal.url, on_session=lambda kept: None)


def test_the_session_of_another_account_publishes_nothing(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle = publisher.prepare(outgoing)
    strange = {**handle, "account_pk": "1"}
    with pytest.raises(Ours):
        publisher.prepare(replace(outgoing, account="somebodyelse"))
    with pytest.raises(Ours):
        publisher.publish(outgoing, strange)
    with pytest.raises(OutcomeUnknown):
        publisher.find(outgoing, strange, sent_at=now())
    assert publisher.prepare(replace(outgoing, account="@AWeekInALife"))
    assert configures(rehearsal) == 0


def test_nothing_secret_or_personal_is_said_aloud(
    publisher: PrivatePublisher,
    outgoing: Outgoing,
    rehearsal: Rehearsal,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = rehearsal.account.session()["authorization_data"]["sessionid"]
    words = (secret, outgoing.caption[:12], outgoing.items[0].alt_text, rehearsal.account.username)
    said = []
    faults: list[dict[str, Any]] = [*LOST.values(), *REFUSALS.values(), {"body": "".join(words)}]
    for fault in faults:
        handle = publisher.prepare(outgoing)
        rehearsal.wire.add(path=CONFIGURE, **fault)
        with pytest.raises(PublishingError) as raised:
            publisher.publish(outgoing, handle)
        error: BaseException | None = raised.value
        while error is not None:
            said.append(repr(error))
            error = error.__cause__ or error.__context__
    heard = capfd.readouterr()
    for text in (*said, caplog.text, heard.out, heard.err):
        assert not any(word in text for word in words)


# --- the gate itself


def test_the_gate_lets_nothing_else_out(publisher: PrivatePublisher, rehearsal: Rehearsal) -> None:
    client = publisher._client
    tries = (
        lambda: client.private_request("accounts/login/", {"a": 1}, login=True),
        lambda: client.private_request("media/1/delete/", {"a": 1}),
        lambda: client.private_request("media/configure/", {"upload_id": "1"}),
        lambda: client.private_request("media/configure_to_story/", {"upload_id": "1"}),
        lambda: client.private_request("feed/user/1/", domain="b.i.instagram.com"),
        lambda: client.private.get("http://i.instagram.com/api/v1/feed/user/1/"),
        lambda: client.public.get("https://www.instagram.com/"),
        lambda: client.graphql.get("https://www.instagram.com/graphql"),
    )
    for attempt in tries:
        with pytest.raises(Refused):
            attempt()
    assert rehearsal.wire.log() == []


def test_the_gate_lets_nobody_sign_in(publisher: PrivatePublisher, rehearsal: Rehearsal) -> None:
    rehearsal.account.sign_out()
    for sign_in in (publisher._client.login, publisher._client.login_legacy):
        with pytest.raises(Refused):
            sign_in("someone", "a password")
    assert {asked.what for asked in rehearsal.wire.log()} == {"current_user"}


def test_a_permit_is_for_one_upload_once(publisher: PrivatePublisher, outgoing: Outgoing) -> None:
    client, gate = publisher._client, publisher._gate
    with gate.permit("1") as permit:
        with pytest.raises(Refused):
            client.private_request("media/configure/", {"upload_id": "2"})
        assert not permit.sent
        client.private_request("accounts/current_user/?edit=true")
        with pytest.raises(Exception, match="reupload"):
            client.private_request("media/configure/", {"upload_id": "1"})
        assert permit.sent
        with pytest.raises(AlreadySent):
            client.private_request("media/configure/", {"upload_id": "1"})


def test_a_worker_has_given_up_before_anybody_may_take_the_post_over() -> None:
    naps = 10  # between the client's requests
    assert Patience().longest + naps <= Settings().publish_lease


def test_certificates_are_checked_whatever_the_session_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    seen: dict[str, Any] = {}

    def send(request: Any, **options: Any) -> Any:
        seen.update(options)
        raise ConnectionError

    inner = way_to(None)
    monkeypatch.setattr(inner, "send", send)
    gate = PublishGate(inner, Patience(connect=1, read=2))
    publisher = PrivatePublisher(
        {"authorization_data": {"ds_user_id": "1", "sessionid": "x"}, "tls_verify": False},
        base_url=None,
        on_session=lambda kept: None,
        pace=0,
    )
    session = publisher._client.private
    monkeypatch.setattr(session, "get_adapter", lambda url: gate)
    with pytest.raises(ConnectionError):
        publisher._client.private_request("feed/user/1/")
    assert seen["verify"] is True
    assert seen["timeout"] == (1, 2)
