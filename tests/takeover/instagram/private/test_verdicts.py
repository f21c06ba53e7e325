"""What instagrapi's errors mean: its exceptions as a table, and its answers over HTTP."""

from typing import Any

import pytest
from instagrapi import exceptions as theirs
from requests import Response, exceptions

from takeover.instagram.private.publisher import PrivatePublisher
from takeover.instagram.private.verdicts import LATER, after_sending, verdict
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Ours,
    OutcomeUnknown,
    Outgoing,
    PublishingError,
    Reason,
    TheirsForGood,
    TheirsForNow,
)
from takeover.instagram.rehearsal.server import Rehearsal
from tests.takeover.instagram.private.conftest import (
    CONFIGURE,
    LOST_BYTES,
    NOT_YET,
    UPLOAD,
    configures,
    prepared,
    publish,
)


def an_answer(status: int, body: bytes = b"{}") -> Response:
    answer = Response()
    answer.status_code, answer._content = status, body
    return answer


def uploading(kind: type[theirs.ClientError], status: int, text: str = "huh") -> Exception:
    made: Exception = kind(text, response=an_answer(status))
    return made


P, N, G, O = AccountNeedsPerson, TheirsForNow, TheirsForGood, Ours  # noqa: E741
R = Reason
BEFORE: list[tuple[Exception, type[PublishingError], Reason]] = [
    (theirs.ChallengeRequired(), P, R.CHECKPOINT),
    (theirs.ChallengeSelfieCaptcha(), P, R.CHECKPOINT),
    (theirs.ChallengeUnknownStep(), P, R.CHECKPOINT),
    (theirs.RecaptchaChallengeForm(), P, R.CHECKPOINT),
    (theirs.UnknownError("checkpoint_required"), P, R.CHECKPOINT),
    (theirs.AccountSuspended(), P, R.RESTRICTED),
    (theirs.LoginRequired("login_required"), P, R.TOKEN),
    (theirs.ClientLoginRequired(), P, R.TOKEN),
    (theirs.ClientUnauthorizedError(), P, R.TOKEN),
    (uploading(theirs.PhotoNotUpload, 403, "login_required"), P, R.TOKEN),
    (uploading(theirs.VideoNotUpload, 400, "checkpoint_required"), P, R.CHECKPOINT),
    (uploading(theirs.ClipNotUpload, 400, "user_has_logged_out"), P, R.TOKEN),
    (theirs.BadPassword(), P, R.TOKEN),
    (theirs.BadCredentials(), P, R.TOKEN),
    (theirs.ReloginAttemptExceeded(), P, R.TOKEN),
    (theirs.TwoFactorRequired(), P, R.CHECKPOINT),
    (theirs.CaptchaChallengeRequired(), P, R.CHECKPOINT),
    (theirs.FeedbackRequired("feedback_required: no"), P, R.SPAM_BLOCK),
    (theirs.SentryBlock(), P, R.NETWORK),
    (theirs.ProxyAddressIsBlocked(), P, R.NETWORK),
    (theirs.PleaseWaitFewMinutes(), N, R.RATE_LIMITED),
    (theirs.ClientThrottledError(), N, R.RATE_LIMITED),
    (theirs.RateLimitError(), N, R.RATE_LIMITED),
    (theirs.ClientNeedsUpgradeError(), O, R.UNSUPPORTED),
    (theirs.ClientForbiddenError(), P, R.PERMISSION),
    (theirs.ClientNotFoundError(), P, R.PERMISSION),
    (theirs.ClientConnectionError(), N, R.NETWORK),
    (theirs.ClientIncompleteReadError(), N, R.NETWORK),
    (theirs.ClientRequestTimeout(), N, R.NETWORK),
    (theirs.ClientJSONDecodeError(), N, R.TEMPORARY),
    (theirs.ClientError("500"), N, R.TEMPORARY),
    (exceptions.ReadTimeout(), N, R.NETWORK),
    (exceptions.ConnectionError(), N, R.NETWORK),
    (uploading(theirs.PhotoNotUpload, 400), G, R.FORMAT),
    (uploading(theirs.VideoNotUpload, 400), G, R.FORMAT),
    (uploading(theirs.ClipNotUpload, 413), G, R.SIZE),
    (uploading(theirs.ClipNotUpload, 401), P, R.TOKEN),
    (uploading(theirs.ClipNotUpload, 403), P, R.PERMISSION),
    (uploading(theirs.VideoNotUpload, 429), N, R.RATE_LIMITED),
    (uploading(theirs.VideoNotUpload, 503), N, R.UPLOAD),
    (ValueError("huh"), O, R.OTHER),
]


@pytest.mark.parametrize(
    ("error", "meant", "reason"), BEFORE, ids=[f"{type(e).__name__} {e}"[:60] for e, _, _ in BEFORE]
)
def test_before_the_publishing_request(
    error: Exception, meant: type[PublishingError], reason: Reason
) -> None:
    found = verdict(error)
    assert (type(found), found.reason) == (meant, reason)
    if isinstance(found, TheirsForNow):
        assert found.wait == LATER


@pytest.mark.parametrize(
    "error",
    [e for e, meant, _ in BEFORE if meant is not G] + [theirs.PhotoConfigureError(), KeyError("m")],
    ids=lambda error: type(error).__name__,
)
def test_after_it_left_no_error_by_itself_says_that_nothing_was_published(error: Exception) -> None:
    for answer in (None, an_answer(200), an_answer(500), an_answer(400), an_answer(400, b"[]")):
        assert type(after_sending(answer, error)) is OutcomeUnknown


def fail(message: str, **more: Any) -> dict[str, Any]:
    return {"message": message, "status": "fail", **more}


@pytest.mark.parametrize(
    ("fault", "meant", "reason"),
    [
        ({"status": 400, "body": fail("challenge_required", challenge={})}, P, R.CHECKPOINT),
        (
            {"status": 400, "body": fail("challenge_required", challenge={"url": "/suspended/"})},
            P,
            R.RESTRICTED,
        ),
        ({"status": 400, "body": fail("checkpoint_required")}, P, R.CHECKPOINT),
        ({"status": 403, "body": fail("login_required")}, P, R.TOKEN),
        ({"status": 400, "body": fail("feedback_required")}, P, R.SPAM_BLOCK),
        ({"status": 400, "body": fail("", error_type="sentry_block")}, P, R.NETWORK),
        ({"status": 200, "body": LOST_BYTES}, N, R.UPLOAD),
        ({"status": 202, "body": NOT_YET}, N, R.STILL_PROCESSING),
        (
            {"status": 400, "body": fail("Please wait a few minutes")},
            OutcomeUnknown,
            R.RATE_LIMITED,
        ),
        ({"status": 429}, OutcomeUnknown, R.RATE_LIMITED),
        ({"status": 401, "body": fail("huh")}, OutcomeUnknown, R.TOKEN),
        ({"status": 403, "body": fail("huh")}, OutcomeUnknown, R.PERMISSION),
        ({"status": 404, "body": fail("huh")}, OutcomeUnknown, R.PERMISSION),
        ({"status": 500, "body": fail("login_required")}, OutcomeUnknown, R.TOKEN),
        ({"status": 503}, OutcomeUnknown, R.TEMPORARY),
        ({"status": 408}, OutcomeUnknown, R.NETWORK),
    ],
    ids=str,
)  # fmt: skip
def test_what_instagram_answers_to_the_publishing_request(
    publisher: PrivatePublisher,
    outgoing: Outgoing,
    rehearsal: Rehearsal,
    fault: dict[str, Any],
    meant: type[PublishingError],
    reason: Reason,
) -> None:
    handle = prepared(publisher, outgoing)
    rehearsal.wire.add(path=CONFIGURE, **fault)
    with pytest.raises(meant) as raised:
        publisher.publish(outgoing, handle)
    assert (type(raised.value), raised.value.reason) == (meant, reason)
    assert configures(rehearsal) == 1
    assert rehearsal.account.posts() == []


def test_instagrams_own_sentence_is_passed_on_and_its_codes_are_not(
    publisher: PrivatePublisher, outgoing: Outgoing, rehearsal: Rehearsal
) -> None:
    told = "We restrict certain activity to protect our community."
    body = fail("feedback_required", feedback_message=told)
    for where, said in ((CONFIGURE, told), (UPLOAD, told)):
        rehearsal.wire.add(path=where, status=400, body=body)
        with pytest.raises(AccountNeedsPerson) as raised:
            publish(publisher, outgoing)
        assert raised.value.said == said
        assert told not in str(raised.value)
    rehearsal.wire.add(path=UPLOAD, status=400, body=fail("The aspect ratio is not allowed."))
    with pytest.raises(TheirsForGood) as refused:
        publish(publisher, outgoing)
    assert refused.value.said == "The aspect ratio is not allowed."
    for body in (fail("some_code"), fail("a " * 200), {"message": 5}):
        rehearsal.wire.add(path=UPLOAD, status=400, body=body)
        with pytest.raises(TheirsForGood) as refused:
            publish(publisher, outgoing)
        assert refused.value.said == ""
