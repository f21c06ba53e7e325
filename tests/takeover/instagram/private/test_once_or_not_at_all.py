"""A post goes out, once or not at all: the real client, over HTTP, against the rehearsal."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from instagrapi import Client

from takeover.clock import now
from takeover.instagram.private.publisher import PrivatePublisher
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Handle,
    Look,
    OutcomeUnknown,
    Outgoing,
    Reason,
    TheirsForNow,
)
from takeover.instagram.rehearsal.server import Rehearsal
from tests.takeover.instagram.private.conftest import (
    CONFIGURE,
    LOST,
    REFUSALS,
    configures,
    jpeg_of,
    nobodys,
    prepared,
    publish,
    showing,
)  # fmt: skip

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
        first, second = prepared(publisher, outgoing), prepared(publisher, another)
    publisher.publish(outgoing, first)
    publisher.publish(another, second)

    assert [p.photo.data for p in rehearsal.account.posts()] == [
        jpeg_of(another), jpeg_of(outgoing),
    ]  # fmt: skip
    assert first["upload_id"] != second["upload_id"]


def test_a_handle_survives_being_kept_as_json(
    publisher: PrivatePublisher, outgoing: Outgoing
) -> None:
    handle = json.loads(json.dumps(dict(prepared(publisher, outgoing))))
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
        rehearsal.account.session(),
        base_url=rehearsal.url,
        on_session=lambda kept: None,
        is_ours=nobodys,
        pace=2.5,
    )
    publish(slow, outgoing)
    session, settling, publishing = sleeps
    assert (session, publishing) == (2.5, 2.5)
    assert 2 < settling <= 3


def test_a_post_that_lost_its_caption_is_noticed(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle = prepared(publisher, outgoing)
    stamp = int(handle["upload_id"])
    media = {"pk": 1, "code": "Babc", "device_timestamp": stamp, "caption": None}
    rehearsal.wire.add(path=CONFIGURE, body={"media": media, "status": "ok"})

    assert publisher.publish(outgoing, handle).is_altered


def test_a_post_that_lost_its_caption_is_noticed_where_it_is_looked_for(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle, sent = prepared(publisher, outgoing), now()
    rehearsal.behaviour.set(drops_captions=True)
    publisher.publish(outgoing, handle)

    found = publisher.find(outgoing, handle, sent_at=sent).found

    assert found is not None
    assert found.is_altered


def test_media_that_the_library_cannot_parse_is_still_ours(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle = prepared(publisher, outgoing)
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


def test_an_answer_that_names_our_upload_is_ours_whatever_its_post_is_named(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal
) -> None:
    handle = prepared(publisher, posts["carousel"])
    media = {"pk": 1, "code": "Babc", "device_timestamp": 5}
    body = {"media": media, "upload_id": handle["upload_id"], "status": "ok"}
    rehearsal.wire.add(path=CONFIGURE, body=body)
    assert publisher.publish(posts["carousel"], handle).permalink.endswith("/p/Babc/")


# --- once or not at all


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_a_lost_answer_is_unknown_and_the_post_is_found(
    publisher: PrivatePublisher, post: Outgoing, rehearsal: Rehearsal, fault: dict[str, Any]
) -> None:
    handle, sent_at = prepared(publisher, post), now()
    rehearsal.wire.add(path=CONFIGURE, **fault)

    with pytest.raises(OutcomeUnknown):
        publisher.publish(post, handle)

    assert configures(rehearsal) == 1
    [there] = rehearsal.account.posts()
    sought = replace(post, items=())
    found = publisher.find(sought, json.loads(json.dumps(handle)), sent_at=sent_at).found
    assert found is not None
    assert found.permalink == rehearsal.url + there.path(rehearsal.account.username)


def test_what_is_done_twice_on_the_way_left_once_and_is_taken_for_the_first(
    publisher: PrivatePublisher, post: Outgoing, rehearsal: Rehearsal
) -> None:
    handle = prepared(publisher, post)
    rehearsal.wire.add(path=CONFIGURE, twice=True)
    found = publisher.publish(post, handle)
    assert configures(rehearsal) == 1
    name = rehearsal.account.username
    assert found.permalink in [rehearsal.url + p.path(name) for p in rehearsal.account.posts()]


def test_what_arrives_late_is_unknown_until_it_is_there(
    publisher: PrivatePublisher, post: Outgoing, rehearsal: Rehearsal
) -> None:
    handle, sent_at = prepared(publisher, post), now()
    rehearsal.wire.add(path=CONFIGURE, late=1.5)
    with pytest.raises(OutcomeUnknown) as doubt:
        publisher.publish(post, handle)
    assert doubt.value.reason is Reason.NETWORK
    assert publisher.find(post, handle, sent_at=sent_at) == Look(found=None)
    for _ in range(100):
        if rehearsal.account.posts():
            break
        time.sleep(0.05)
    assert publisher.find(post, handle, sent_at=sent_at).found
    assert configures(rehearsal) == 1


def test_a_request_that_never_arrived_is_unknown_and_the_post_is_not_there(
    publisher: PrivatePublisher, outgoing: Outgoing, another: Outgoing, rehearsal: Rehearsal
) -> None:
    publish(publisher, another)
    handle, sent_at = prepared(publisher, outgoing), now()
    rehearsal.wire.add(path=CONFIGURE, drop_before=True)

    with pytest.raises(OutcomeUnknown):
        publisher.publish(outgoing, handle)

    assert publisher.find(outgoing, handle, sent_at=sent_at).found is None
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
        settings, base_url=rehearsal.url, on_session=lambda kept: None, is_ours=nobodys, pace=0
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
    handle, sent_at = prepared(publisher, outgoing), now() - timedelta(hours=1)
    rehearsal.wire.add(path=CONFIGURE, status=200, body={"status": "ok"})
    rehearsal.account.publish(
        rehearsal.account.keep_upload("5", jpeg_of(another)),
        upload_id="5",
        caption="From the phone",
        alt_text="",
    )
    with pytest.raises(OutcomeUnknown):
        publisher.publish(outgoing, handle)
    assert publisher.find(outgoing, handle, sent_at=sent_at).found is None
    assert sum(sleeps) <= 3


def test_one_handle_is_sent_once(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    handle = prepared(publisher, outgoing)
    publisher.publish(outgoing, handle)
    with pytest.raises(OutcomeUnknown):
        publisher.publish(outgoing, handle)
    assert configures(rehearsal) == 1


def test_an_upload_that_failed_goes_on_from_what_was_kept(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal
) -> None:
    carousel, kept = posts["carousel"], list[Handle]()
    rehearsal.wire.add(path=r"^/rupload_igvideo/", method="POST", drop_before=True)
    with pytest.raises(TheirsForNow) as refused:
        publisher.prepare(carousel, {}, kept.append)
    assert refused.value.reason is Reason.NETWORK

    handle = publisher.prepare(carousel, json.loads(json.dumps(kept[-1])), kept.append)

    assert handle["upload_id"] == kept[1]["upload_id"]
    assert len(rehearsal.wire.log("upload_photo")) == 3  # two photos and a cover, each once
    publisher.publish(carousel, handle)
    assert len(rehearsal.account.posts()) == configures(rehearsal) == 1
