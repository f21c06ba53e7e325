"""instagrapi's client with one way out: what may leave, how often, and how long it may take.

The gate is a `requests` adapter around the one that really sends. instagrapi would send a
publishing request again after a 408, after an answer that was cut off or empty, or when a handler
swallowed an error, and it waits for ever. Here every request is on one of three errands, has a time
limit, and leaves once.
"""

import io
import json
import logging
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from instagrapi import Client
from instagrapi import exceptions as theirs
from instagrapi.transports import create_curl_h2_adapter
from PIL import Image
from requests import PreparedRequest, Response, exceptions
from requests.adapters import BaseAdapter, HTTPAdapter

INSTAGRAM = "https://i.instagram.com"

_MUTED = logging.Logger("instagrapi")  # its logs hold whole answers, and its errors hold more
_MUTED.disabled = True

Timeout = float | tuple[float | None, float | None] | None


class Refused(Exception):
    """A request that this product never makes was about to leave. It did not."""


class AlreadySent(Refused):
    """The publishing request of this upload has left before."""


class Errand(StrEnum):
    READ = "read"
    UPLOAD = "upload"
    CONFIGURE = "configure"  # the one that publishes


_ERRANDS = (
    (Errand.READ, "GET", re.compile(r"/api/v1/accounts/current_user/")),
    (Errand.READ, "GET", re.compile(r"/api/v1/feed/user/\d+/")),
    (Errand.UPLOAD, "POST", re.compile(r"/rupload_igphoto/\w+")),
    (Errand.CONFIGURE, "POST", re.compile(r"/api/v1/media/configure/")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Time limits in seconds. The curl transport takes the sum of connect and the other as the
    limit of the whole exchange, so an upload of 8 MB over a slow line must fit.

    All of it must fit into a worker's lease on a post (`longest`): once that ran out, a person may
    have said that the post is not there, while this one still publishes it.
    """

    connect: float = 10
    read: float = 30
    upload: float = 120
    configure: float = 90

    @property
    def longest(self) -> float:
        """From the check of the session to the answer of the request that publishes."""
        return sum(sum(self.timeout(errand)) for errand in Errand)

    def timeout(self, errand: Errand) -> tuple[float, float]:
        waits = {
            Errand.READ: self.read,
            Errand.UPLOAD: self.upload,
            Errand.CONFIGURE: self.configure,
        }
        return (self.connect, waits[errand])


@dataclass(slots=True)
class Permit:
    """Leave for one publishing request, and what became of it."""

    upload_id: str
    sent: bool = False  # true from the instant before it leaves
    answer: Response | None = None  # whole, or None when none came back


class PublishGate(BaseAdapter):
    """Lets through what the private door needs, and a publishing request once per permit."""

    def __init__(self, inner: BaseAdapter, patience: Patience) -> None:
        super().__init__()
        self._inner = inner
        self._patience = patience
        self._permit: Permit | None = None
        self._used: set[str] = set()

    @contextmanager
    def permit(self, upload_id: str) -> Iterator[Permit]:
        """Allow one publishing request, for this upload only, until the block ends.

        When one has left for this upload before, the permit is spent (`sent`) from the start.
        """
        self._permit = Permit(upload_id, sent=upload_id in self._used)
        try:
            yield self._permit
        finally:
            self._permit = None

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
        permit = self._spend(request) if errand is Errand.CONFIGURE else None
        response = self._inner.send(
            request,
            stream=False,
            timeout=self._patience.timeout(errand),
            verify=verify or True,  # a saved session may not switch certificate checks off
            cert=cert,
            proxies=proxies,
        )
        _read_whole(response)
        if permit is not None:
            permit.answer = response
        if response.status_code == HTTPStatus.REQUEST_TIMEOUT:
            # The client would wait a minute, and send it again.
            raise exceptions.ReadTimeout("Instagram answered 408", request=request)
        return response

    def close(self) -> None:
        self._inner.close()

    def _spend(self, request: PreparedRequest) -> Permit:
        permit = self._permit
        if permit is None:
            raise Refused("a publishing request without a permit")
        if permit.sent:
            raise AlreadySent("the client wanted to send its publishing request again")
        if _upload_id_in(request) != permit.upload_id:
            raise Refused("a publishing request for another upload")
        self._used.add(permit.upload_id)
        permit.sent = True
        return permit


class Elsewhere(HTTPAdapter):
    """Sends what is meant for Instagram to another address, and lets the client believe otherwise:
    the Host header and the answer's address stay Instagram's, so cookies keep their domain.

    HTTP/1.1 without retries: the client's own curl transport speaks HTTP/2 only.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__(max_retries=0)
        self._base_url = base_url.rstrip("/")

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Timeout = None,
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        moved = request.copy()
        moved.url = self._base_url + request.path_url
        # The proxies were chosen for Instagram's address, not for this one.
        response = super().send(moved, stream=stream, timeout=timeout, verify=verify, cert=cert)
        response.url = request.url or ""
        response.request = request
        return response


class GatedClient(Client):  # type: ignore[misc]
    """instagrapi's client with one way out, which sends the approved bytes and adopts no posts."""

    private_request_logger = public_request_logger = request_logger = _MUTED

    def __init__(self, settings: dict[str, Any], *, gate: PublishGate, pace: float) -> None:
        super().__init__(settings=settings, logger=_MUTED, with_challenge_flow=False)
        self.request_timeout = pace  # in spite of its name: seconds slept before each request
        for session in (self.private, self.public, self.graphql):
            # Whatever the library mounts, now or when settings are loaded again: one way out.
            session.get_adapter = lambda url: gate
            session.max_redirects = 0
        self._photo = b""

    def publish(self, photo: bytes, *, caption: str, alt_text: str, upload_id: str) -> None:
        self._photo = photo
        extra = {"custom_accessibility_caption": alt_text} if alt_text else {}
        self.photo_upload(Path("photo.jpg"), caption, upload_id=upload_id, extra_data=extra)

    def photo_rupload(
        self, path: Path, upload_id: str = "", *args: object, **kwargs: object
    ) -> tuple[str, int, int]:
        """Upload the approved JPEG as it is; the library's own would shrink and re-encode it.

        The request is instagrapi 3.2.2's, header for header; `path` is not read.
        """
        name = f"{upload_id}_0_{1_000_000_000 + secrets.randbelow(9_000_000_000)}"
        compression = {"lib_name": "moz", "lib_version": "3.1.m", "quality": "80"}
        rupload = {
            "retry_context": (
                '{"num_step_auto_retry":0,"num_reupload":0,"num_step_manual_retry":0}'
            ),
            "media_type": "1",
            "xsharing_user_ids": "[]",
            "upload_id": upload_id,
            "image_compression": json.dumps(compression),
        }
        headers = {
            "Accept-Encoding": "gzip",
            "X-Instagram-Rupload-Params": json.dumps(rupload),
            "X_FB_PHOTO_WATERFALL_ID": str(uuid4()),
            "X-Entity-Type": "image/jpeg",
            "Offset": "0",
            "X-Entity-Name": name,
            "X-Entity-Length": str(len(self._photo)),
            "Content-Type": "application/octet-stream",
            "Content-Length": str(len(self._photo)),
        }
        response = self.private.post(
            f"{INSTAGRAM}/rupload_igphoto/{name}",
            data=self._photo,
            headers=self.private_headers(headers),
        )
        if response.status_code != HTTPStatus.OK:
            raise theirs.PhotoNotUpload(response.text, response=response)
        with Image.open(io.BytesIO(self._photo), formats=["JPEG"]) as image:
            return upload_id, *image.size

    def _current_media_ids(self, amount: int = 20) -> None:
        """No list of earlier posts: from it the library would take a stranger's post for ours."""


def way_to(base_url: str | None) -> BaseAdapter:
    """What really sends: to Instagram as the app does, or to the address of a stand-in."""
    if base_url:
        return Elsewhere(base_url)
    adapter: BaseAdapter = create_curl_h2_adapter()
    return adapter


def _errand_of(request: PreparedRequest) -> Errand:
    url = urlsplit(request.url or "")
    if f"{url.scheme}://{url.netloc}" == INSTAGRAM:
        for errand, method, path in _ERRANDS:
            if request.method == method and path.fullmatch(url.path):
                return errand
    raise Refused(f"{request.method} to a place this product has no business with")


def _upload_id_in(request: PreparedRequest) -> str:
    """The upload a publishing request is for, read from its `signed_body=SIGNATURE.{…}`."""
    body = request.body
    text = body.decode() if isinstance(body, bytes) else str(body or "")
    signed = parse_qs(text).get("signed_body", [""])[0].partition(".")[2]
    try:
        return str(json.loads(signed)["upload_id"])
    except (ValueError, KeyError, TypeError):
        return ""


def _read_whole(response: Response) -> None:
    """Read the body here: one that is cut off must not reach the client, which would ask again."""
    try:
        _ = response.content
    except exceptions.ChunkedEncodingError as error:
        raise exceptions.ConnectionError("the answer was cut off") from error
