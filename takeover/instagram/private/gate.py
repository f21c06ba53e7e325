"""What may leave by the private door, how often, and how long it may take.

The gate is a `requests` adapter around the one that really sends. instagrapi would send a
publishing request again after a 408, after an answer that was cut off or empty, or when a handler
swallowed an error, and it waits for ever. Here every request is on an errand, has a time limit, and
leaves once.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter

from takeover.instagram import shares
from takeover.instagram.private.way import Timeout, not_asking_again, read_whole

INSTAGRAM = "https://i.instagram.com"


class Refused(Exception):
    """A request that this product never makes was about to leave. It did not."""


class AlreadySent(Refused):
    """The publishing request of this upload has left before."""


class Errand(StrEnum):
    ASK = "ask"  # changes nothing that anybody sees
    UPLOAD = "upload"  # a photo
    UPLOAD_CLIP = "upload_clip"
    CONFIGURE = "configure"  # the one that publishes
    ACT = "act"  # on what is published


_ERRANDS = (
    (Errand.ASK, "GET", re.compile(r"/api/v1/accounts/current_user/")),
    (Errand.ASK, "GET", re.compile(r"/api/v1/feed/user/\d+/(story/)?")),
    (Errand.ASK, "GET", re.compile(r"/api/v1/media/\d+_\d+/comments/")),
    (Errand.ASK, "GET", re.compile(r"/rupload_igvideo/[\w-]+")),
    (Errand.ASK, "POST", re.compile(r"/upload_settings/[\w-]+")),
    (Errand.UPLOAD, "POST", re.compile(r"/rupload_igphoto/\w+")),
    (Errand.UPLOAD_CLIP, "POST", re.compile(r"/rupload_igvideo/[\w-]+")),
    (Errand.CONFIGURE, "POST", re.compile(r"/api/v1/media/configure(_sidecar|_to_\w+)?/")),
    (Errand.ACT, "POST", re.compile(r"/api/v1/media/\d+_\d+/(delete|comment|disable_comments)/")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Time limits in seconds. The curl transport takes the sum of connect and the other as the
    limit of the whole exchange, so an upload over a slow line must fit: 300 MB at 13 Mbit/s.

    What is done between two renewals of a worker's lease must fit into it (`longest`): once that
    ran out, a person may have said that the post is not there, while this one still publishes it.
    """

    connect: float = 10
    ask: float = 30
    upload: float = 120
    upload_clip: float = 185
    configure: float = 90
    act: float = 60
    settles: float = 3  # what the app leaves between an upload and publishing it
    pace: float = 1  # and between two requests

    @property
    def longest(self) -> float:
        """A reel is announced, asked for and sent; or a post is published and looked for."""
        ask, clip, photo, configure = (
            sum(self.timeout(errand))
            for errand in (Errand.ASK, Errand.UPLOAD_CLIP, Errand.UPLOAD, Errand.CONFIGURE)
        )
        return max(2 * ask + clip, ask + photo, configure + ask)

    def within(self, lease: timedelta) -> "Patience":
        """As much of it as there is while a worker has the account."""
        waits = {errand.value: getattr(self, errand.value) for errand in Errand}
        naps = {"settles": self.settles, "pace": self.pace}
        return Patience(
            connect=shares.connecting(self.connect, lease),
            **{name: shares.answer(limit, lease) for name, limit in waits.items()},
            **{name: shares.nap(seconds, lease) for name, seconds in naps.items()},
        )

    def timeout(self, errand: Errand) -> tuple[float, float]:
        waits: float = getattr(self, errand.value)
        return (self.connect, waits)


@dataclass(slots=True)
class Permit:
    """Leave for one request that does something, and what became of it.

    `name` is the upload that is published, or the path of what is done to a post.
    """

    name: str
    sent: bool = False  # true from the instant before it leaves
    answer: Response | None = None  # whole, or None when none came back


class PublishGate(BaseAdapter):
    """Lets through what the private door needs, and whatever does something once per permit."""

    def __init__(self, inner: BaseAdapter, patience: Patience) -> None:
        super().__init__()
        self._inner = inner
        self._patience = patience
        self._permit: Permit | None = None
        self._used: set[str] = set()

    @contextmanager
    def permit(self, name: str) -> Iterator[Permit]:
        """Allow one such request until the block ends.

        When one has left for this upload before, the permit is spent (`sent`) from the start.
        """
        self._permit = Permit(name, sent=name in self._used)
        try:
            yield self._permit
        finally:
            self._permit = None

    def has_let_out(self, upload_id: str) -> bool:
        """Whether its publishing request has left by this gate, for all that is known of it."""
        return upload_id in self._used

    def forget(self, upload_id: str) -> None:
        """Instagram said that it did not publish this: its request may leave once more."""
        self._used.discard(upload_id)

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Timeout = None,
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        proxies: dict[str, str] | None = None,
    ) -> Response:
        """Send a request on a known errand; raises Refused, or what `requests` raises."""
        errand = _errand_of(request)
        permit = self._spend(request, errand)
        response = self._inner.send(
            request,
            stream=False,
            timeout=self._patience.timeout(errand),
            verify=verify or True,  # a saved session may not switch certificate checks off
            cert=cert,
            proxies=proxies,
        )
        read_whole(response)
        if permit is not None:
            permit.answer = response
        return not_asking_again(response, request)

    def close(self) -> None:
        self._inner.close()

    def _spend(self, request: PreparedRequest, errand: Errand) -> Permit | None:
        if errand not in (Errand.CONFIGURE, Errand.ACT):
            return None
        permit = self._permit
        if permit is None:
            raise Refused("a request that does something, without a permit")
        if permit.sent:
            raise AlreadySent("the client wanted to send its request again")
        is_configure = errand is Errand.CONFIGURE
        if permit.name != (_upload_id_in(request) if is_configure else _path_of(request)):
            raise Refused("a request for something else than its permit")
        if is_configure:
            self._used.add(permit.name)
        permit.sent = True
        return permit


def _errand_of(request: PreparedRequest) -> Errand:
    url = urlsplit(request.url or "")
    if f"{url.scheme}://{url.netloc}" == INSTAGRAM:
        for errand, method, path in _ERRANDS:
            if request.method == method and path.fullmatch(url.path):
                return errand
    raise Refused(f"{request.method} to a place this product has no business with")


def _path_of(request: PreparedRequest) -> str:
    return urlsplit(request.url or "").path


def _upload_id_in(request: PreparedRequest) -> str:
    """The upload a publishing request is for, read from its `signed_body=SIGNATURE.{…}`."""
    body = request.body
    text = body.decode() if isinstance(body, bytes) else str(body or "")
    signed = parse_qs(text).get("signed_body", [""])[0].partition(".")[2]
    try:
        return str(json.loads(signed)["upload_id"])
    except (ValueError, KeyError, TypeError):
        return ""
