"""What instagrapi's errors mean, as a table: before the request that publishes, and after it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from instagrapi import exceptions as theirs
from requests import Response
from requests.exceptions import RequestException

from takeover.instagram.private import answers
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Ours,
    OutcomeUnknown,
    PublishingError,
    Reason,
    TheirsForGood,
    TheirsForNow,
)

SOON = timedelta(minutes=1)
LATER = timedelta(minutes=30)

_NOT_YET = "Transcode not finished yet"
_LOST_BYTES = "media_needs_reupload"
_LONGEST_SAID = 300  # characters


@dataclass(frozen=True, slots=True)
class Line:
    meant: type[PublishingError]
    reason: Reason


_WAIT = Line(TheirsForNow, Reason.RATE_LIMITED)
_CHECKPOINT = Line(AccountNeedsPerson, Reason.CHECKPOINT)
_SESSION = Line(AccountNeedsPerson, Reason.TOKEN)
_SHUT = Line(AccountNeedsPerson, Reason.PERMISSION)
_ADDRESS = Line(AccountNeedsPerson, Reason.NETWORK)
_BLOCK = Line(AccountNeedsPerson, Reason.SPAM_BLOCK)
_LINE = Line(TheirsForNow, Reason.NETWORK)

# The first that an error is one of. Whoever answers one of the named has understood the request.
NAMED: tuple[tuple[type[Exception], Line], ...] = (
    (theirs.PleaseWaitFewMinutes, _WAIT),
    (theirs.ClientThrottledError, _WAIT),
    (theirs.RateLimitError, _WAIT),
    (theirs.AccountSuspended, Line(AccountNeedsPerson, Reason.RESTRICTED)),
    (theirs.ChallengeError, _CHECKPOINT),
    (theirs.CaptchaChallengeRequired, _CHECKPOINT),
    (theirs.TwoFactorRequired, _CHECKPOINT),
    (theirs.LoginRequired, _SESSION),
    (theirs.BadPassword, _SESSION),
    (theirs.BadCredentials, _SESSION),
    (theirs.ReloginAttemptExceeded, _SESSION),
    (theirs.FeedbackRequired, _BLOCK),
    (theirs.SentryBlock, _ADDRESS),
    (theirs.ProxyAddressIsBlocked, _ADDRESS),
    (theirs.ClientNeedsUpgradeError, Line(Ours, Reason.UNSUPPORTED)),
)
# The same by their words, where the library has no class: uploads, and what it does not know.
WORDS: tuple[tuple[re.Pattern[str], Line], ...] = (
    (re.compile("Please wait a few minutes"), _WAIT),
    (re.compile("checkpoint_required|challenge_required"), _CHECKPOINT),
    (re.compile("login_required|user_has_logged_out"), _SESSION),
    (re.compile("feedback_required"), _BLOCK),
)
BY_STATUS: tuple[tuple[type[Exception], Line], ...] = (
    (theirs.ClientLoginRequired, _SESSION),
    (theirs.ClientUnauthorizedError, _SESSION),
    (theirs.ClientForbiddenError, _SHUT),
    (theirs.ClientNotFoundError, _SHUT),
)
OTHERWISE: tuple[tuple[type[Exception], Line], ...] = (
    (theirs.ClientConnectionError, _LINE),
    (theirs.ClientIncompleteReadError, _LINE),
    (theirs.ClientRequestTimeout, _LINE),
    (RequestException, _LINE),
    (theirs.ClientError, Line(TheirsForNow, Reason.TEMPORARY)),
    (Exception, Line(Ours, Reason.OTHER)),
)
_UNDERSTOOD = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)
_UPLOADS = (theirs.PhotoNotUpload, theirs.VideoNotUpload, theirs.ClipNotUpload)


def verdict(error: Exception) -> PublishingError:
    """What an error means as long as the publishing request has not left."""
    text, said = f"Instagram: {type(error).__name__}", _sentence(error)
    line = _known(error)
    if line is None and isinstance(error, _UPLOADS):
        return _upload_refused(error.code, said)
    line = line or next(line for kind, line in OTHERWISE if isinstance(error, kind))
    if line.meant is TheirsForNow:
        return TheirsForNow(text, wait=LATER, reason=line.reason, said=said)
    return line.meant(text, reason=line.reason, said=said)


def after_sending(answer: Response | None, error: Exception | None) -> PublishingError:
    """What is known once the publishing request has left and no post came back.

    Only what Instagram calls unpublished may be tried again; a refusal by name goes to a person.
    Everything else, a 429 or 403 from who knows whom included, is unknown.
    """
    body, status = answers.json_of(answer), answer.status_code if answer is not None else 0
    message = str(body.get("message", ""))
    if message == _LOST_BYTES and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return TheirsForNow("Instagram lost the upload", wait=SOON, reason=Reason.UPLOAD)
    if message.startswith(_NOT_YET) and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return TheirsForNow("a clip is not ready", wait=SOON, reason=Reason.STILL_PROCESSING)
    line = _named(error)
    if line and line.meant is AccountNeedsPerson and _is_refusal(status) and _is_fail(body):
        text = f"Instagram, when publishing: {type(error).__name__}"
        return AccountNeedsPerson(text, reason=line.reason, said=_sentence_in(body))
    return OutcomeUnknown(f"no clear answer: {type(error).__name__}", reason=_reason_of(error))


def after_acting(answer: Response | None, error: Exception, *, may_repeat: bool) -> PublishingError:
    """What is known of something done to a post, once the request has left.

    What does no harm when it is done twice is merely tried again.
    """
    body, status = answers.json_of(answer), answer.status_code if answer is not None else 0
    line = _named(error)
    needs_person = line is not None and line.meant is AccountNeedsPerson
    is_clear = _is_fail(body) and (status in _UNDERSTOOD or needs_person)
    if is_clear and line is None:  # there may be no such post
        text = f"Instagram refused: {type(error).__name__}"
        return TheirsForGood(text, said=_sentence_in(body))
    if is_clear or may_repeat:
        return verdict(error)
    return OutcomeUnknown(f"no clear answer: {type(error).__name__}", reason=_reason_of(error))


def _named(error: Exception | None) -> Line | None:
    """What Instagram called it, in so many words."""
    for kind, line in NAMED:
        if isinstance(error, kind):
            return line
    if isinstance(error, theirs.ClientError):
        return next((line for words, line in WORDS if words.search(str(error))), None)
    return None


def _known(error: Exception) -> Line | None:
    by_status = (line for kind, line in BY_STATUS if isinstance(error, kind))
    return _named(error) or next(by_status, None)


def _reason_of(error: Exception | None) -> Reason:
    if error is None:
        return Reason.OTHER
    line = _known(error) or next(line for kind, line in OTHERWISE if isinstance(error, kind))
    return line.reason


def _is_fail(body: Mapping[str, Any]) -> bool:
    return body.get("status") == "fail"


def _upload_refused(status: int | None, said: str) -> PublishingError:
    """The library has one exception for every refused upload; the status tells them apart."""
    text = f"Instagram answered the upload with {status}"
    if status == HTTPStatus.UNAUTHORIZED:
        return AccountNeedsPerson(text, reason=Reason.TOKEN, said=said)
    if status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
        return AccountNeedsPerson(text, reason=Reason.PERMISSION, said=said)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return TheirsForNow(text, wait=LATER, reason=Reason.RATE_LIMITED, said=said)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return TheirsForGood(text, reason=Reason.SIZE, said=said)
    if _is_refusal(status):
        return TheirsForGood(text, reason=Reason.FORMAT, said=said)
    return TheirsForNow(text, wait=LATER, reason=Reason.UPLOAD, said=said)


def _is_refusal(status: int | None) -> bool:
    return status is not None and status // 100 * 100 == HTTPStatus.BAD_REQUEST


def _sentence(error: Exception) -> str:
    told = {"feedback_message": getattr(error, "feedback_message", "")}
    return _sentence_in(answers.json_of(getattr(error, "response", None)) or told)


def _sentence_in(body: Mapping[str, Any]) -> str:
    """What Instagram says to people: not a code, which has no spaces."""
    for key in ("feedback_message", "message"):
        said = body.get(key)
        if isinstance(said, str) and " " in said.strip() and len(said) <= _LONGEST_SAID:
            return said.strip()
    return ""
