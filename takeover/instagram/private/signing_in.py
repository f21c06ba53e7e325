"""Signing in as the app does: by a person, who gives the password once. Only its session is kept.

Apart from the door that publishes, with a client and a way out of its own: that door can sign in
nowhere, and what is here can do nothing but sign in. No job may call it.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from instagrapi import Client
from instagrapi import exceptions as theirs
from requests import PreparedRequest, Response, exceptions
from requests.adapters import BaseAdapter

from takeover.instagram.obstacles import NotSignedIn, Obstacle
from takeover.instagram.private.client import _MUTED
from takeover.instagram.private.way import Timeout, not_asking_again, read_whole, way_to

_HOSTS = {"i.instagram.com", "b.i.instagram.com"}
_STEPS = re.compile(
    r"/graphql_www"
    r"|/api/v1/(bloks/(apps|async_action)/[\w.]+|attestation/create_android_keystore|qe/sync"
    r"|launcher/sync|accounts/(login|two_factor_login|current_user)|feed/(reels_tray|timeline))/"
)
_LIMITS = (10, 30)  # seconds to connect, and of silence
_CODE = re.compile(r"[0-9]{6}|[0-9]{8}")  # of an app or a message; a backup code
_OF_A_SESSION = ("authorization_data", "cookies", "last_login", "ig_u_rur", "ig_www_claim")


# The first that an error is one of.
_TABLE: tuple[tuple[type[Exception], Obstacle], ...] = (
    (theirs.AccountSuspended, Obstacle.SUSPENDED),
    (theirs.TwoFactorRequired, Obstacle.CODE_WANTED),
    (theirs.ChallengeError, Obstacle.CHECKPOINT),
    (theirs.CaptchaChallengeRequired, Obstacle.CHECKPOINT),
    (theirs.FeedbackRequired, Obstacle.CHECKPOINT),
    (theirs.BadPassword, Obstacle.NOT_BELIEVED),
    (theirs.BadCredentials, Obstacle.NOT_BELIEVED),
    (theirs.PleaseWaitFewMinutes, Obstacle.SLOW_DOWN),
    (theirs.ClientThrottledError, Obstacle.SLOW_DOWN),
    (theirs.RateLimitError, Obstacle.SLOW_DOWN),
    (theirs.SentryBlock, Obstacle.NETWORK_BLOCKED),
    (theirs.ProxyAddressIsBlocked, Obstacle.NETWORK_BLOCKED),
    (theirs.ClientNeedsUpgradeError, Obstacle.OLD_CLIENT),
    (theirs.ClientConnectionError, Obstacle.DOWN),
    (exceptions.RequestException, Obstacle.DOWN),
)
_NO_SESSION = "did not return a session"
_CHECKPOINT_WORDS = re.compile(r"checkpoint_required|challenge_required")


def sign_in(
    *,
    account: str,
    username: str,
    password: str,
    code: str,
    device: Mapping[str, Any] | None,
    base_url: str | None,
    pace: float = 1.0,
) -> dict[str, Any]:
    """A session of that account: the client's settings. They are secret, and hold no password.

    `code` is a code, or the seed that codes are made from; empty without a second factor. `device`
    is an earlier session: Instagram trusts the device that it knows. `pace` is seconds between two
    requests. Raises NotSignedIn.
    """
    client = _SigningIn(_device_of(device), base_url=base_url, pace=pace)
    found = _tried(client, username, password, _code_of(client, code))
    if isinstance(found, Obstacle):
        # Raised here: what the client's errors hang on to must not be seen.
        raise NotSignedIn(found)
    if found.casefold() != account.removeprefix("@").casefold():
        raise NotSignedIn(Obstacle.WRONG_ACCOUNT)
    settings: dict[str, Any] = client.get_settings()
    return settings


class _SigningIn(Client):  # type: ignore[misc]
    """The client as it comes, but that it answers no checkpoint and tells nothing to a log."""

    private_request_logger = public_request_logger = request_logger = _MUTED

    def __init__(self, settings: dict[str, Any], *, base_url: str | None, pace: float) -> None:
        super().__init__(settings=settings, logger=_MUTED, with_challenge_flow=False)
        self.request_timeout = pace
        steps = _Steps(way_to(base_url))
        for session in (self.private, self.public, self.graphql):
            session.get_adapter = lambda url: steps
            session.max_redirects = 0

    def login_flow(self) -> bool:
        """What the app looks at first. Signed in is signed in, whatever becomes of it."""
        try:
            return bool(super().login_flow())
        except Exception:
            return False


class _Steps(BaseAdapter):
    """Lets through the steps of signing in, each with a time limit and once."""

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self._inner = inner

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Timeout = None,
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        url = urlsplit(request.url or "")
        if url.scheme != "https" or url.netloc not in _HOSTS or not _STEPS.fullmatch(url.path):
            raise exceptions.InvalidURL("no step of signing in")
        response = self._inner.send(
            request,
            stream=False,
            timeout=_LIMITS,
            verify=verify or True,
            cert=cert,
            proxies=dict(proxies or {}),
        )
        read_whole(response)
        return not_asking_again(response, request)

    def close(self) -> None:
        self._inner.close()


def _tried(client: _SigningIn, username: str, password: str, code: str) -> str | Obstacle:
    """The name of the account that we are in, or what is in the way."""
    try:
        client.login(username, password, verification_code=code)
        return str(client.private_request("accounts/current_user/?edit=true")["user"]["username"])
    except Exception as error:
        return _obstacle(error, with_code=bool(code))
    finally:
        client.password = None


def _obstacle(error: Exception, *, with_code: bool) -> Obstacle:
    for kind, obstacle in _TABLE:
        if isinstance(error, kind):
            wrong = obstacle is Obstacle.CODE_WANTED and with_code
            return Obstacle.CODE_WRONG if wrong else obstacle
    if isinstance(error, theirs.ClientError):
        if _CHECKPOINT_WORDS.search(str(error)):
            return Obstacle.CHECKPOINT
        if _NO_SESSION in str(error):
            return Obstacle.NOT_BELIEVED
    return Obstacle.DOWN


def _code_of(client: _SigningIn, typed: str) -> str:
    """Six digits of an app or a message, eight of a backup code; else it is a seed."""
    text = re.sub(r"[\s-]", "", typed)
    if not text or _CODE.fullmatch(text):
        return text
    try:
        return str(client.totp_generate_code(text.upper()))
    except Exception:
        raise NotSignedIn(Obstacle.NO_SEED) from None


def _device_of(session: Mapping[str, Any] | None) -> dict[str, Any]:
    return {k: deepcopy(v) for k, v in (session or {}).items() if k not in _OF_A_SESSION}
