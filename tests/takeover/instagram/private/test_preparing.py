"""What is uploaded, what of it is kept, and when it is uploaded anew."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from takeover.clock import now
from takeover.instagram.private.planning import SENT
from takeover.instagram.private.publisher import PrivatePublisher
from takeover.instagram.publisher import (
    Handle,
    OutcomeUnknown,
    Outgoing,
    Reason,
    StillProcessing,
    TheirsForNow,
)
from takeover.instagram.rehearsal.server import Rehearsal
from tests.takeover.instagram.private.conftest import (
    CONFIGURE,
    LOST_BYTES,
    NOT_YET,
    configures,
    nobodys,
    prepared,
)


def taken_as_unsent(handle: Handle) -> Handle:
    """As who publishes leaves it after a refusal."""
    return json.loads(json.dumps({**handle, SENT: now().isoformat()}))  # type: ignore[no-any-return]


def uploads(rehearsal: Rehearsal) -> int:
    return len([a for a in rehearsal.wire.log() if a.what in ("upload_photo", "upload_video")])


def test_the_names_are_kept_before_anything_is_uploaded(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal
) -> None:
    kept: list[tuple[int, Handle]] = []

    publisher.prepare(posts["carousel"], {}, lambda h: kept.append((uploads(rehearsal), h)))

    assert [done for done, _ in kept] == [0, 1, 3, 4]  # a clip has a cover
    names = [[h["upload_id"], *(u["id"] for u in h["uploads"])] for _, h in kept]
    assert all(each == names[0] for each in names)
    assert len(set(names[0])) == 4


def test_what_is_uploaded_is_not_uploaded_again(
    publisher: PrivatePublisher, post: Outgoing, rehearsal: Rehearsal
) -> None:
    handle = prepared(publisher, post)
    before = uploads(rehearsal)
    assert prepared(publisher, post, json.loads(json.dumps(handle))) == handle
    assert uploads(rehearsal) == before


def test_a_clip_is_given_its_time(
    rehearsal: Rehearsal, posts: dict[str, Outgoing], sleeps: list[float]
) -> None:
    publisher = PrivatePublisher(
        rehearsal.account.session(),
        base_url=rehearsal.url,
        on_session=lambda kept: None,
        is_ours=nobodys,
        pace=0,
    )
    kept: list[Handle] = []
    with pytest.raises(StillProcessing) as early:
        publisher.prepare(posts["reel"], {}, kept.append)
    assert timedelta(seconds=5) < early.value.wait <= timedelta(seconds=10)

    with time_machine.travel(now() + timedelta(seconds=11)):
        handle = publisher.prepare(posts["reel"], kept[-1], kept.append)
        publisher.publish(posts["reel"], handle)

    assert len(rehearsal.wire.log("upload_video")) == configures(rehearsal) == 1
    assert sleeps == [0, 0, 0]


def test_another_version_of_the_post_is_uploaded_anew(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal, jpeg: Any
) -> None:
    for name, changed in (("photo", {"jpeg": jpeg(seed=99)}), ("reel", {"cover": jpeg(seed=98)})):
        first = prepared(publisher, posts[name])
        item = replace(posts[name].items[0], **changed)
        other = replace(posts[name], items=(item,))
        second = prepared(publisher, other, first)
        assert second["upload_id"] != first["upload_id"]
        publisher.publish(other, second)
        assert rehearsal.account.posts()[0].photo.data == next(iter(changed.values()))


@pytest.mark.parametrize(
    "change", [{"account_pk": "5"}, {"uploads": None}, {"earlier": None}], ids=str
)
def test_a_handle_of_something_else_is_not_gone_on_from(
    publisher: PrivatePublisher, outgoing: Outgoing, change: dict[str, Any]
) -> None:
    first = prepared(publisher, outgoing)
    strange = {k: v for k, v in {**first, **change}.items() if v is not None}
    assert prepared(publisher, outgoing, strange)["upload_id"] != first["upload_id"]


def test_uploads_of_yesterday_are_uploaded_anew(
    publisher: PrivatePublisher, posts: dict[str, Outgoing]
) -> None:
    first = prepared(publisher, posts["reel"])
    with time_machine.travel(now() + timedelta(hours=13)):
        second = prepared(publisher, posts["reel"], first)
    assert second["upload_id"] != first["upload_id"]
    assert first["upload_id"] in second["earlier"]


def test_what_was_put_into_the_handle_stays_there(
    publisher: PrivatePublisher, outgoing: Outgoing
) -> None:
    handle = taken_as_unsent(prepared(publisher, outgoing))
    assert prepared(publisher, outgoing, handle)[SENT] == handle[SENT]


@pytest.mark.parametrize("name", ["reel", "carousel", "story clip"])
def test_a_clip_that_is_not_ready_is_published_later_from_the_same_upload(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal, name: str
) -> None:
    rehearsal.behaviour.set(transcode_polls=1)
    handle, post = prepared(publisher, posts[name]), posts[name]
    with pytest.raises(TheirsForNow) as early:
        publisher.publish(post, handle)
    assert not isinstance(early.value, StillProcessing)  # it was sent: that costs a try
    assert early.value.reason is Reason.STILL_PROCESSING
    assert configures(rehearsal) == 1
    before = uploads(rehearsal)

    handle = prepared(publisher, post, taken_as_unsent(handle))
    assert publisher.publish(post, handle).permalink

    assert uploads(rehearsal) == before
    assert configures(rehearsal) == 2
    assert len(rehearsal.account.posts()) == 1


def test_a_clip_that_is_refused_again_and_again_is_uploaded_anew(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal
) -> None:
    rehearsal.wire.add(path=CONFIGURE, body=LOST_BYTES, status=200, times=3)
    handle, names = prepared(publisher, posts["reel"]), []
    for _ in range(3):
        with pytest.raises(TheirsForNow) as refused:
            publisher.publish(posts["reel"], handle)
        assert refused.value.reason is Reason.UPLOAD
        names.append(handle["upload_id"])
        handle = prepared(publisher, posts["reel"], taken_as_unsent(handle))
    assert names[0] == names[1] == names[2] != handle["upload_id"]
    publisher.publish(posts["reel"], handle)
    assert len(rehearsal.wire.log("upload_video")) == 2


def test_photos_that_are_refused_are_uploaded_anew_once_for_each_refusal(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal
) -> None:
    rehearsal.wire.add(path=CONFIGURE, body=LOST_BYTES, status=200)
    first = prepared(publisher, posts["photos"])
    with pytest.raises(TheirsForNow):
        publisher.publish(posts["photos"], first)
    second = prepared(publisher, posts["photos"], taken_as_unsent(first))
    third = prepared(publisher, posts["photos"], second)
    assert first["upload_id"] != second["upload_id"] == third["upload_id"]
    publisher.publish(posts["photos"], third)
    assert uploads(rehearsal) == 4


def test_what_may_have_been_published_is_never_published_under_the_same_name(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal
) -> None:
    """A person said that it is not there, and has it sent again; then the first comes late."""
    reel, sent_at = posts["reel"], now()
    rehearsal.wire.add(path=CONFIGURE, drop_after=True)
    first = prepared(publisher, reel)
    with pytest.raises(OutcomeUnknown):
        publisher.publish(reel, first)
    second = prepared(publisher, reel, taken_as_unsent(first))
    assert second["upload_id"] != first["upload_id"]
    assert publisher.find(reel, second, sent_at=sent_at).found


def test_a_proxys_word_that_a_clip_is_not_ready_is_not_believed(
    publisher: PrivatePublisher, posts: dict[str, Outgoing], rehearsal: Rehearsal
) -> None:
    rehearsal.wire.add(path=CONFIGURE, body=NOT_YET, status_after=502)
    with pytest.raises(OutcomeUnknown):
        publisher.publish(posts["reel"], prepared(publisher, posts["reel"]))
