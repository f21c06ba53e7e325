"""Publishing photos through the app's private API, with instagrapi. One account, one worker.

It never signs in: there is no password here. A person makes the session, and makes it anew when
Instagram wants to see somebody. Written against instagrapi 3.2.2; pin it exactly.
"""

import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Any

from instagrapi import exceptions as theirs
from requests import Response
from requests.exceptions import RequestException

from takeover.clock import now
from takeover.instagram import answers
from takeover.instagram.gate import GatedClient, Patience, Permit, PublishGate, way_to
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Handle,
    Kind,
    OnAccount,
    Ours,
    OutcomeUnknown,
    Outgoing,
    Photo,
    PublishingError,
    TheirsForGood,
    TheirsForNow,
)
from takeover.posts.words import SINGLE_PHOTOS_ONLY

_log = logging.getLogger(__name__)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_JPEG = b"\xff\xd8\xff"
_PAGES, _PAGE = 5, 30  # how far back to read the account: 150 posts

_WAIT = (theirs.PleaseWaitFewMinutes, theirs.ClientThrottledError, theirs.RateLimitError)
# By name: whoever answers this has understood the request, and refused it.
_STOPPED: tuple[type[Exception], ...] = (
    theirs.ChallengeError, theirs.AccountSuspended, theirs.LoginRequired, theirs.FeedbackRequired,
    theirs.SentryBlock, theirs.ProxyAddressIsBlocked, theirs.BadPassword, theirs.BadCredentials,
    theirs.TwoFactorRequired, theirs.ReloginAttemptExceeded, theirs.CaptchaChallengeRequired,
)  # fmt: skip
_NOT_LET_IN: tuple[type[Exception], ...] = (
    theirs.ClientLoginRequired, theirs.ClientUnauthorizedError, theirs.ClientForbiddenError,
    theirs.ClientNotFoundError,
)  # fmt: skip
# The same, where the library keeps only the text: uploads, and refusals it has no class for.
_STOP_WORDS = re.compile(
    "login_required|checkpoint_required|challenge_required|user_has_logged_out|feedback_required"
)
_WAIT_WORDS = re.compile("Please wait a few minutes")


class _UploadIds:
    """Names for uploads, as the app makes them: milliseconds since 1970; never one twice."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = Lock()

    def next(self) -> str:
        with self._lock:
            self._last = max(self._last + 1, (now() - _EPOCH) // timedelta(milliseconds=1))
            return str(self._last)


_upload_ids = _UploadIds()


class PrivatePublisher:
    """A Publisher (see there for what each call promises and raises) for single photos."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        *,
        base_url: str | None,
        on_session: Callable[[dict[str, Any]], None],
        pace: float = 1.0,
        patience: Patience | None = None,
    ) -> None:
        """Open the account's saved session (instagrapi's `get_settings()`); asks nothing yet.

        base_url is where a stand-in for Instagram listens; None is Instagram. on_session is given
        the session after each call, to be kept: it is a secret. pace is seconds between requests.
        Raises Ours when there is no session in the settings.
        """
        self._gate = PublishGate(way_to(base_url), patience or Patience())
        self._site = (base_url or "https://www.instagram.com").rstrip("/")
        self._on_session = on_session
        self._client = _opened(settings, gate=self._gate, pace=pace)

    def prepare(self, outgoing: Outgoing) -> Handle:
        """Check photo and session, and choose the upload's name."""
        _photo_of(outgoing)
        answer = self._ask("accounts/current_user/?edit=true")
        if isinstance(answer, Exception):
            raise verdict(answer)
        if not self._is_for(outgoing.account, answer.get("user")):
            raise Ours("the saved session belongs to another account")
        self._keep_session()
        return {"upload_id": _upload_ids.next(), "account_pk": self._pk}

    def publish(self, outgoing: Outgoing, handle: Handle) -> OnAccount:
        """Upload the photo and send the one request that publishes it."""
        if handle["account_pk"] != self._pk:
            raise Ours("the saved session belongs to another account")
        permit, error = self._send(outgoing, handle["upload_id"])
        if not permit.sent:
            raise verdict(error) if error else Ours("the client sent nothing")
        media = answers.published(permit.answer, upload_id=permit.upload_id)
        if media is None:
            media = self._despite(_after_sending(permit.answer, error), permit.upload_id)
        if answers.lost_its_caption(media, caption=outgoing.caption):
            _log.warning("post %s is published, with another caption", outgoing.post_id)
        self._keep_session()
        return self._where(media)

    def find(self, outgoing: Outgoing, handle: Handle, *, sent_at: datetime) -> OnAccount | None:
        """Look by the upload's name; else for the one photo with this caption of that time."""
        if handle["account_pk"] != self._pk:
            raise OutcomeUnknown("the saved session belongs to another account")
        media = answers.match(
            self._feed_since(sent_at - answers.EARLY),
            upload_id=handle["upload_id"],
            caption=outgoing.caption,
            sent_at=sent_at,
        )
        self._keep_session()
        return self._where(media) if media else None

    @property
    def _pk(self) -> str:
        return str(self._client.user_id)

    def _is_for(self, account: str, user: object) -> bool:
        """Whether Instagram says that this session's user is the account, with or without @."""
        if not isinstance(user, dict):
            raise TheirsForNow("the session could not be checked")
        name = str(user.get("username")).casefold()
        return str(user.get("pk")) == self._pk and name == account.removeprefix("@").casefold()

    def _where(self, media: answers.Media) -> OnAccount:
        return answers.on_account(media, site=self._site, account_pk=self._pk)

    def _ask(
        self, endpoint: str, params: dict[str, Any] | None = None
    ) -> dict[str, Any] | Exception:
        """An answer, or the error: raised anew elsewhere, so that no secret hangs on to it."""
        try:
            answer: dict[str, Any] = self._client.private_request(endpoint, params=params)
        except Exception as error:
            return error
        return answer

    def _send(self, outgoing: Outgoing, upload_id: str) -> tuple[Permit, Exception | None]:
        """Try to publish; what became of the one request, and what the client made of it."""
        photo = _photo_of(outgoing)
        with self._gate.permit(upload_id) as permit:
            try:
                self._client.publish(
                    photo.jpeg,
                    caption=outgoing.caption,
                    alt_text=photo.alt_text,
                    upload_id=upload_id,
                )
            except Exception as error:
                return permit, error
        return permit, None

    def _feed_since(self, since: datetime) -> list[answers.Media]:
        """The account's posts, raw, newest first (pinned ones before), back to an instant."""
        items: list[answers.Media] = []
        params: dict[str, Any] = {"count": _PAGE}
        for _ in range(_PAGES):
            page = self._page(params)
            items += answers.items_of(page)
            if not page.get("more_available") and not page.get("next_max_id"):
                return items
            if items and answers.taken_at(items[-1]) < since:
                return items
            params["max_id"] = page.get("next_max_id")
        raise OutcomeUnknown("the account has too many posts since then")

    def _despite(self, refusal: PublishingError, upload_id: str) -> answers.Media:
        """Our post, if it is there in spite of the refusal; else raises what is known.

        AccountNeedsPerson is taken for proof that nothing went out, so only after a look: where
        there is no looking, whatever the reason, nothing is known.
        """
        if not isinstance(refusal, AccountNeedsPerson):
            raise refusal
        try:
            items = answers.items_of(self._page({"count": _PAGE}))
        except (AccountNeedsPerson, TheirsForNow):
            raise OutcomeUnknown(
                f"{refusal}; then it could not be looked for", needs_person=True
            ) from None
        for item in items:
            if answers.upload_of(item) == upload_id:
                return item
        raise refusal

    def _page(self, params: dict[str, Any]) -> dict[str, Any]:
        answer = self._ask(f"feed/user/{self._pk}/", params)
        if not isinstance(answer, Exception):
            return answer
        meant = verdict(answer)
        if isinstance(meant, AccountNeedsPerson) or isinstance(answer, _WAIT):
            raise meant
        raise OutcomeUnknown(f"the account could not be read: {type(answer).__name__}")

    def _keep_session(self) -> None:
        """Never in the way of an outcome: what was published stays published."""
        try:
            self._on_session(self._client.get_settings())
        except Exception as error:
            _log.error("the refreshed session could not be kept: %s", type(error).__name__)


def verdict(error: Exception) -> PublishingError:
    """What an error means as long as the publishing request has not left."""
    said = f"Instagram: {type(error).__name__}"
    if isinstance(error, _WAIT) or _says(error, _WAIT_WORDS):
        return TheirsForNow(said)
    if isinstance(error, _STOPPED + _NOT_LET_IN):
        return AccountNeedsPerson(said)
    if isinstance(error, theirs.ClientNeedsUpgradeError):
        return Ours(said)
    if _says(error, _STOP_WORDS):
        return AccountNeedsPerson(said)
    if isinstance(error, theirs.PhotoNotUpload):
        return _upload_refused(error.code)
    if isinstance(error, (theirs.ClientError, RequestException)):
        return TheirsForNow(said)
    return Ours(f"{type(error).__name__} before anything was sent")


def _says(error: Exception, words: re.Pattern[str]) -> bool:
    return isinstance(error, theirs.ClientError) and bool(words.search(str(error)))


def _upload_refused(status: int | None) -> PublishingError:
    """The library has one exception for every refused upload; the status tells them apart."""
    said = f"Instagram answered the upload with {status}"
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
        return AccountNeedsPerson(said)
    if _is_refusal(status) and status != HTTPStatus.TOO_MANY_REQUESTS:
        return TheirsForGood(said)
    return TheirsForNow(said)


def _after_sending(answer: Response | None, error: Exception | None) -> PublishingError:
    """What is known once the publishing request has left and no post came back.

    Only what Instagram calls unpublished may be tried again; a refusal by name goes to a person.
    Everything else, a 429 or 403 from who knows whom included, is unknown.
    """
    body = answers.json_of(answer)
    said = str(body.get("message", ""))
    if said == "media_needs_reupload" or said.startswith("Transcode not finished yet"):
        return TheirsForNow("Instagram wants the photo uploaded again", wait=timedelta(minutes=5))
    refused = _is_refusal(answer.status_code if answer is not None else None)
    by_name = isinstance(error, _STOPPED) or _STOP_WORDS.search(said)
    if refused and by_name and body.get("status") == "fail":
        return AccountNeedsPerson(f"Instagram, when publishing: {type(error).__name__}")
    return OutcomeUnknown(f"no clear answer: {type(error).__name__}")


def _is_refusal(status: int | None) -> bool:
    return status is not None and status // 100 * 100 == HTTPStatus.BAD_REQUEST


def _opened(settings: Mapping[str, Any], *, gate: PublishGate, pace: float) -> GatedClient:
    """The client with its session; raises Ours when there is none to be had from the settings."""
    try:
        client = GatedClient(dict(settings), gate=gate, pace=pace)
        signed_in = bool(client.user_id and client.sessionid)
    except Exception:  # whatever a damaged session makes the library raise
        signed_in = False
    if not signed_in:
        raise Ours("the saved session is missing or damaged")
    return client


def _photo_of(outgoing: Outgoing) -> Photo:
    """The one photo; raises TheirsForGood when it is not one JPEG."""
    match outgoing.kind, outgoing.items:
        case Kind.PHOTO, (Photo() as photo,):
            if photo.jpeg.startswith(_JPEG):
                return photo
            raise TheirsForGood("the photo is not a JPEG")
    raise TheirsForGood(SINGLE_PHOTOS_ONLY)
