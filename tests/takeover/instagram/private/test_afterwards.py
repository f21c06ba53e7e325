"""What is done to a post that is there: taking it down, its comments."""

from dataclasses import replace
from typing import Any

import pytest

from takeover.instagram.private.publisher import PrivatePublisher
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    CannotTakeDown,
    OnAccount,
    OutcomeUnknown,
    Outgoing,
    PublishingError,
    Reason,
    TheirsForGood,
    TheirsForNow,
)
from takeover.instagram.rehearsal.server import Rehearsal
from tests.takeover.instagram.private.conftest import LOST, REFUSALS, WAITS, publish

ACTING = r"/(delete|comment|disable_comments)/$"
COMMENTS = r"/comments/$"


@pytest.fixture
def on(publisher: PrivatePublisher, outgoing: Outgoing) -> OnAccount:
    return publish(publisher, outgoing)


def test_each_kind_is_taken_down_and_being_gone_is_fine(
    publisher: PrivatePublisher, post: Outgoing, rehearsal: Rehearsal
) -> None:
    on = publish(publisher, post)
    publisher.take_down(on)
    publisher.take_down(on)
    assert rehearsal.account.posts() == []


@pytest.mark.parametrize("media_id", ["18000000000000000", "18000000000000000_5", "17"])
def test_a_post_of_another_door_or_account_is_for_a_person(
    publisher: PrivatePublisher, on: OnAccount, rehearsal: Rehearsal, media_id: str
) -> None:
    rehearsal.wire.clear()
    strange = replace(on, media_id=media_id)
    with pytest.raises(CannotTakeDown) as refused:
        publisher.take_down(strange)
    assert refused.value.reason is Reason.UNSUPPORTED
    for act in (publisher.comment, publisher.has_comment):
        with pytest.raises(TheirsForGood):
            act(strange, "First!")
    with pytest.raises(TheirsForGood):
        publisher.close_comments(strange)
    assert rehearsal.wire.log() == []


def test_it_comments_and_sees_its_own_comments_only(
    publisher: PrivatePublisher, on: OnAccount, rehearsal: Rehearsal
) -> None:
    assert not publisher.has_comment(on, "#one #two")
    publisher.comment(on, "#one  #two")
    assert [c.text for c in rehearsal.account.posts()[0].comments] == ["#one  #two"]
    assert publisher.has_comment(on, "#one #two")
    others = {"comments": [{"text": "#three", "user": {"pk": 5}}], "status": "ok"}
    rehearsal.wire.add(path=COMMENTS, body=others)
    assert not publisher.has_comment(on, "#three")


def test_it_closes_comments(
    publisher: PrivatePublisher, on: OnAccount, rehearsal: Rehearsal
) -> None:
    publisher.close_comments(on)
    publisher.close_comments(on)
    assert not rehearsal.account.posts()[0].comments_enabled
    with pytest.raises(TheirsForGood) as refused:
        publisher.comment(on, "Late")
    assert refused.value.said == "Commenting on this post has been limited."


@pytest.mark.parametrize(
    "fault", [f for name, f in LOST.items() if "media" not in name and "huh" not in str(f)], ids=str
)
def test_a_comment_whose_answer_is_lost_is_unknown_and_left_once(
    publisher: PrivatePublisher, on: OnAccount, rehearsal: Rehearsal, fault: dict[str, Any]
) -> None:
    rehearsal.wire.add(path=ACTING, **fault)
    with pytest.raises(OutcomeUnknown):
        publisher.comment(on, "First!")
    assert len(rehearsal.wire.log("write_comment")) == 1
    assert publisher.has_comment(on, "First!")


@pytest.mark.parametrize(
    "fault",
    [
        {"body": {"status": "ok"}}, {"body": {"comments": None, "status": "ok"}}, {"body": ""},
        {"body": {"comments": [5], "status": "ok"}}, {"status": 500}, {"drop_before": True},
        {"body": {"comments": [], "next_min_id": "x", "status": "ok"}, "times": 9},
    ],
    ids=str,
)  # fmt: skip
def test_comments_that_cannot_be_read_never_mean_that_there_are_none(
    publisher: PrivatePublisher, on: OnAccount, rehearsal: Rehearsal, fault: dict[str, Any]
) -> None:
    rehearsal.wire.add(path=COMMENTS, **fault)
    with pytest.raises(OutcomeUnknown):
        publisher.has_comment(on, "First!")


@pytest.mark.parametrize(
    ("fault", "meant"),
    [
        *((fault, AccountNeedsPerson) for fault in REFUSALS.values() if fault["status"] == 400),
        (WAITS["please wait"], TheirsForNow),
        ({"status": 400}, TheirsForGood), ({"status": 404}, TheirsForGood),
        ({"status": 500}, TheirsForNow), ({"status": 429}, TheirsForNow),
        ({"drop_before": True}, TheirsForNow),
        ({"body": {"did_delete": False, "status": "ok"}, "status": 200}, TheirsForNow),
    ],
    ids=str,
)  # fmt: skip
def test_what_comes_of_a_refusal_to_take_down(
    publisher: PrivatePublisher,
    on: OnAccount,
    rehearsal: Rehearsal,
    fault: dict[str, Any],
    meant: type[PublishingError],
) -> None:
    rehearsal.wire.add(path=ACTING, **fault)
    with pytest.raises(meant):
        publisher.take_down(on)
    assert len(rehearsal.wire.log("delete")) == 1
    assert len(rehearsal.account.posts()) == 1
