"""The one place that speaks HTTP to the Graph API.

Every request leaves once, with a time limit, follows nobody elsewhere, and carries its key in a
header: no address, log line or error of ours can hold it.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from math import inf
from typing import Any, Protocol
from urllib.parse import urlsplit

from requests import PreparedRequest, Response, Session, exceptions
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from takeover.instagram import shares
from takeover.instagram.graph.answers import Answer, GraphError, understood
from takeover.instagram.graph.credentials import Addresses, Credentials

_MOST = 4 * 1024 * 1024  # bytes of an answer
_BLOCK = 64 * 1024
_UPLOADS = re.compile(r"/ig-api-upload/[A-Za-z0-9._/-]+")
_THEIRS = re.compile(r"https://[a-z0-9.-]+\.facebook\.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Time limits in seconds."""

    connect: float = 10
    read: float = 30  # of silence, and of a whole answer
    create: float = 60  # while Instagram fetches a photo, or looks at a clip, before it answers
    publish: float = 90
    after: float = 5  # for what is only nice to know
    upload: float = 120  # of a clip in one go; it goes on later where it broke off
    whole: float = inf  # of all that a client asks, from when it is made

    def within(self, lease: timedelta) -> "Patience":
        """As much of it as there is while a worker has the account."""
        limits = {name: shares.answer(limit, lease) for name, limit in asdict(self).items()}
        connect = shares.connecting(self.connect, lease)
        return Patience(**limits | {"connect": connect, "whole": self.whole})


SOON = Patience(connect=3, read=5, whole=10)
"""Where somebody waits before a page."""


class Body(Protocol):
    """Bytes that are read as they leave; `len` is how many there will be."""

    def __len__(self) -> int: ...
    def read(self, size: int = -1, /) -> bytes: ...


class _Key(AuthBase):
    """As `auth` and not as a header: a .netrc would take the place of a header."""

    def __init__(self, scheme: str, token: str) -> None:
        self._scheme, self._token = scheme, token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"{self._scheme} {self._token}"
        return request


class GraphClient:
    """One account's way to the Graph API. Not for several threads at once.

    Every call returns the answer's object, or raises GraphError.
    """

    def __init__(
        self,
        credentials: Credentials,
        addresses: Addresses,
        patience: Patience | None = None,
    ) -> None:
        self.account = credentials.ig_user_id
        self.patience = patience or Patience()
        self._until = time.monotonic() + self.patience.whole
        self._addresses = addresses
        self._reading = _Key("Bearer", credentials.user_token)
        self._writing = _Key("Bearer", credentials.writing_token)
        self._pushing = _Key("OAuth", credentials.writing_token)
        self._secrets = tuple({credentials.user_token, credentials.writing_token})
        self._session = Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=0))

    def get(
        self,
        path: str,
        *,
        fields: str,
        page: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> Answer:
        asked = {"fields": fields, **(page or {})}
        return self._ask("GET", self._url(path), self._reading, params=asked, within=within)

    def post(self, path: str, form: Mapping[str, str], *, within: float | None = None) -> Answer:
        return self._ask("POST", self._url(path), self._writing, data=form, within=within)

    def delete(self, path: str) -> Answer:
        """By the user's token: Meta's reference of deleting names no other."""
        return self._ask("DELETE", self._url(path), self._reading)

    def push(self, uri: str, body: Body, *, offset: int, size: int) -> Answer:
        """Send the bytes of a clip from `offset` on to where Instagram wants them."""
        headers = {
            "Content-Type": "application/octet-stream",
            "offset": str(offset),
            "file_size": str(size),
        }
        return self._ask(
            "POST",
            self._upload_place(uri),
            self._pushing,
            within=self.patience.create,
            data=body,
            headers=headers,
        )

    def _url(self, path: str) -> str:
        return f"{self._addresses.graph}/{self._addresses.version}/{path}"

    def _upload_place(self, uri: str) -> str:
        """Where it says; but the key goes to Meta, or to the stand-in, and to nobody else."""
        try:
            parts = urlsplit(uri)
        except ValueError:
            parts = urlsplit("")
        if not _UPLOADS.fullmatch(parts.path):
            raise GraphError("an address for uploads that is none", left=False)
        host, ours = f"{parts.scheme}://{parts.netloc}", self._addresses.rupload
        place = host if _THEIRS.fullmatch(host) and _THEIRS.fullmatch(ours) else ours
        return f"{place}{parts.path}{'?' if parts.query else ''}{parts.query}"

    def _ask(
        self, method: str, url: str, key: _Key, *, within: float | None = None, **what: Any
    ) -> Answer:
        limit = min(within or self.patience.read, self._until - time.monotonic())
        if limit <= 0:
            raise GraphError("no time is left to ask", left=False)
        found = self._answer(method, url, key, limit, what)
        if isinstance(found, GraphError):
            # Raised here: what requests and answers hold must not hang on to it.
            raise found.with_traceback(None)
        return found

    def _answer(
        self, method: str, url: str, key: _Key, limit: float, what: dict[str, Any]
    ) -> Answer | GraphError:
        try:
            response = self._session.request(
                method,
                url,
                auth=key,
                timeout=(min(self.patience.connect, limit), limit),
                allow_redirects=False,
                stream=True,
                **what,
            )
            with response:
                body = _whole(response, until=time.monotonic() + limit)
        except (exceptions.RequestException, HTTPError, OSError, ValueError) as error:
            return GraphError(type(error).__name__, left=_may_have_left(error))
        try:
            status, headers = response.status_code, response.headers
            return understood(status, headers, body, secrets=self._secrets)
        except GraphError as error:
            return error


def _whole(response: Response, *, until: float) -> bytes:
    """The body, block by block: one that drips for ever is given up."""
    body = bytearray()
    while block := response.raw.read1(_BLOCK, decode_content=True):
        body += block
        if len(body) > _MOST:
            raise ValueError("too long an answer")
        if time.monotonic() > until:
            raise TimeoutError
    return bytes(body)


def _may_have_left(error: Exception) -> bool:
    """False only where no connection was made."""
    if isinstance(error, exceptions.ConnectTimeout):
        return False
    cause = error.args[0] if error.args else None
    return not (
        isinstance(error, exceptions.ConnectionError)
        and isinstance(cause, MaxRetryError)
        and isinstance(cause.reason, NewConnectionError)
    )
