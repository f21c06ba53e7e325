"""Preparing goes on where it was left, whatever stopped it, and never for ever."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from takeover.instagram.publisher import (
    UPLOADED,
    AccountNeedsPerson,
    Ours,
    OutcomeUnknown,
    Reason,
    StillProcessing,
    TheirsForGood,
    TheirsForNow,
)

CREATE = r"/\d+/media$"
GONE = {"error": {"code": 100, "error_subcode": 33}}
KINDS = ["photo", "carousel", "reel", "story photo", "story clip"]


def made(rehearsal):
    return len(rehearsal.account.containers.all())


@pytest.mark.parametrize("kind", KINDS)
def test_each_step_is_kept_and_none_is_done_again(kind, publisher, posts, rehearsal, kept):
    outgoing = posts[kind]
    whole = publisher.prepare(outgoing, {}, kept)
    containers, uploads = made(rehearsal), len(rehearsal.wire.log("upload"))

    assert len(kept.handles) == containers + uploads
    for handle in kept.handles:  # as if it had been killed right there
        before, pushed = made(rehearsal), len(rehearsal.wire.log("upload"))
        again = publisher.prepare(outgoing, json.loads(json.dumps(handle)), lambda _: None)
        known = handle["containers"]
        assert made(rehearsal) - before == containers - len(known)
        assert len(rehearsal.wire.log("upload")) - pushed <= uploads
        assert all(again["containers"][name]["id"] == known[name]["id"] for name in known)

    assert publisher.prepare(outgoing, whole, kept) == whole
    assert rehearsal.account.posts() == []


def test_what_others_keep_in_the_handle_stays_there(publisher, photo, kept):
    handle = publisher.prepare(photo, {"sent_at": "2026-11-22T10:00:00+00:00"}, kept)

    assert handle["sent_at"] == kept.last["sent_at"] == "2026-11-22T10:00:00+00:00"


def test_it_asks_once_more_before_it_says_that_it_is_ready(publisher, photo, rehearsal, kept):
    handle = publisher.prepare(photo, {}, kept)
    asked = len(rehearsal.wire.log("node"))

    publisher.prepare(photo, handle, kept)
    assert len(rehearsal.wire.log("node")) == asked + 1


@pytest.mark.parametrize("kind", KINDS)
def test_it_comes_again_while_instagram_works(kind, publisher, posts, rehearsal, kept):
    rehearsal.behaviour.set(processing_polls=3)

    handles = []
    for _ in range(9):
        with suppress(StillProcessing):
            handles.append(publisher.prepare(posts[kind], kept.last, kept))

    assert 0 < len(handles) < 9
    publisher.publish(posts[kind], handles[0])
    assert len(rehearsal.account.posts()) == 1


def test_a_short_wait_is_waited_for(door, photo, rehearsal, kept):
    rehearsal.behaviour.set(processing_polls=1)

    assert door().prepare(photo, {}, kept)["containers"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_expired_is_made_anew(kind, publisher, posts, rehearsal, kept):
    handle = publisher.prepare(posts[kind], {}, kept)
    rehearsal.account.containers.expire()

    again = publisher.prepare(posts[kind], handle, kept)
    assert again["containers"]["post"]["id"] != handle["containers"]["post"]["id"]
    publisher.publish(posts[kind], again)
    assert len(rehearsal.account.posts()) == 1


@pytest.mark.parametrize(
    ("subcode", "meant", "reason", "times"),
    [
        (2207026, TheirsForGood, Reason.FORMAT, 3),
        (2207053, TheirsForGood, Reason.UPLOAD, 3),
        (2207001, TheirsForNow, Reason.TEMPORARY, 3),
        (2209999, TheirsForGood, Reason.UPLOAD, 3),
        (2207050, AccountNeedsPerson, Reason.RESTRICTED, 1),
    ],
)
def test_what_fails_again_and_again_is_given_up(
    subcode, meant, reason, times, publisher, photo, rehearsal, kept
):
    rehearsal.behaviour.set(processing_error=subcode)

    with pytest.raises(meant) as refused:
        publisher.prepare(photo, {}, kept)
    assert refused.value.reason is reason
    assert made(rehearsal) == times


@pytest.mark.parametrize("subcode", [2207003, 2207052, 2207077])
def test_a_site_of_ours_that_was_away_is_given_a_while_before_anybody_is_called(
    subcode, publisher, photo, rehearsal, kept
):
    rehearsal.behaviour.set(processing_error=subcode)

    for tried in (1, 2):
        with pytest.raises(TheirsForNow) as refused:
            publisher.prepare(photo, kept.last if tried > 1 else {}, kept)
        assert refused.value.reason is Reason.CANNOT_FETCH
        assert refused.value.wait >= timedelta(minutes=1)
        assert made(rehearsal) == tried
    with pytest.raises(Ours):
        publisher.prepare(photo, kept.last, kept)
    assert made(rehearsal) == 3


def test_who_tries_again_after_that_begins_from_nothing(publisher, photo, rehearsal, kept):
    rehearsal.behaviour.set(processing_error=2207026)
    with pytest.raises(TheirsForGood):
        publisher.prepare(photo, {}, kept)

    with pytest.raises(TheirsForGood):
        publisher.prepare(photo, kept.last, kept)
    assert made(rehearsal) == 3 + 3

    rehearsal.behaviour.set(processing_error=0)
    publisher.publish(photo, publisher.prepare(photo, kept.last, kept))
    assert len(rehearsal.account.posts()) == 1


def test_one_item_of_a_carousel_is_made_anew_alone(publisher, carousel, rehearsal, kept):
    rehearsal.behaviour.set(processing_polls=9)
    with pytest.raises(StillProcessing):
        publisher.prepare(carousel, {}, kept)
    rehearsal.behaviour.set(processing_polls=0)
    first, *_others = rehearsal.account.containers.all()
    for container in rehearsal.account.containers.all():
        container.polls = 0
    first.expired = True

    publisher.publish(carousel, publisher.prepare(carousel, kept.last, kept))

    assert made(rehearsal) == 3 + 1 + 1  # the items, one of them again, and the post
    [there] = rehearsal.account.posts()
    assert len(there.items) == 3


def test_a_carousel_that_is_made_anew_is_made_of_new_items(publisher, carousel, rehearsal, kept):
    handle = publisher.prepare(carousel, {}, kept)
    rehearsal.account.containers.find(handle["containers"]["post"]["id"]).expired = True

    again = publisher.prepare(carousel, handle, kept)

    assert made(rehearsal) == 4 + 4
    publisher.publish(carousel, again)
    assert len(rehearsal.account.posts()) == 1


def test_what_is_not_readable_for_a_moment_is_not_made_anew(publisher, carousel, rehearsal, kept):
    rehearsal.wire.add(path=r"/\d+$", status=400, body=GONE)

    with pytest.raises(StillProcessing):
        publisher.prepare(carousel, {}, kept)
    handle = publisher.prepare(carousel, kept.last, kept)

    assert made(rehearsal) == 4
    assert not any("unreadable_since" in one for one in handle["containers"].values())


def test_what_stays_unreadable_is_made_anew(publisher, photo, rehearsal, kept):
    publisher.prepare(photo, {}, kept)
    rehearsal.wire.add(path=r"/\d+$", status=400, body=GONE, times=2)

    with pytest.raises(StillProcessing):
        publisher.prepare(photo, kept.last, kept)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        publisher.prepare(photo, kept.last, kept)

    assert made(rehearsal) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_while_instagram_works_it_needs_no_files(kind, publisher, posts, rehearsal, kept):
    rehearsal.behaviour.set(processing_polls=3)
    without = replace(posts[kind], items=())
    with pytest.raises(StillProcessing):
        publisher.prepare(posts[kind], {}, kept)
    assert kept.last[UPLOADED]

    for _ in range(9):
        with suppress(StillProcessing):
            publisher.prepare(without, kept.last, kept)
    rehearsal.behaviour.set(processing_polls=0)
    publisher.publish(without, publisher.prepare(without, kept.last, kept))

    assert len(rehearsal.account.posts()) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_to_be_made_anew_wants_its_files_again(kind, publisher, posts, rehearsal, kept):
    publisher.prepare(posts[kind], {}, kept)
    rehearsal.account.containers.expire()

    with pytest.raises(StillProcessing, match="files"):
        publisher.prepare(replace(posts[kind], items=()), kept.last, kept)
    assert not kept.last[UPLOADED]

    publisher.publish(posts[kind], publisher.prepare(posts[kind], kept.last, kept))
    assert len(rehearsal.account.posts()) == 1


def test_what_was_published_is_never_prepared_again(publisher, photo, rehearsal, kept):
    handle = publisher.prepare(photo, {}, kept)
    publisher.publish(photo, handle)

    with pytest.raises(OutcomeUnknown, match="published"):
        publisher.prepare(photo, handle, kept)
    assert made(rehearsal) == 1


def test_a_new_connection_begins_with_its_own_containers(publisher, photo, kept):
    handle = publisher.prepare(photo, {}, kept)
    theirs = {**handle, "ig_user": "17840000000000000"}

    ours = publisher.prepare(photo, theirs, kept)
    assert ours["ig_user"] == handle["ig_user"]
    assert ours["containers"]["post"]["id"] != handle["containers"]["post"]["id"]


@pytest.mark.parametrize(
    "fault",
    [
        {"drop_before": True},
        {"drop_after": True},
        {"cut": True},
        {"delay": 9},
        {"body": "rubbish"},
        {"body": {"id": None}},
        {"body": {"id": "../me"}},
    ],
)
def test_a_lost_answer_costs_a_container_and_no_more(
    fault, door, photo, rehearsal, kept, short_of_patience
):
    rehearsal.wire.add(path=CREATE, **fault)
    publisher = door(patience=short_of_patience)

    with pytest.raises(TheirsForNow):
        publisher.prepare(photo, {}, kept)
    publisher.publish(photo, publisher.prepare(photo, kept.last, kept))

    assert len(rehearsal.account.posts()) == 1
