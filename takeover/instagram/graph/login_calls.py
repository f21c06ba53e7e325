"""One call of a login: it leaves once, waits no longer than a person would, and tells no secret.

Apart from `client`, which is for an account whose key we have: here the key is what we ask for.
"""

import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from requests import PreparedRequest, Response, Session, exceptions
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

Answer = dict[str, Any]

_CONNECT, _READ = 5.0, 15.0  # seconds
_MOST = 1024 * 1024  # bytes of an answer
_BLOCK = 64 * 1024
_OF_THE_APP = ("client secret", "platform app", "validating application", "app id")


class Refused(Exception):
    """`status` is HTTP's, 0 without an answer; `of_the_app` says that it is we who are unknown."""

    def __init__(self, status: int, *, code: int = 0, of_the_app: bool = False) -> None:
        super().__init__(f"refused: HTTP {status}, code {code}")
        self.status, self.code, self.of_the_app = status, code, of_the_app

    @property
    def is_clear(self) -> bool:
        """Whether Meta itself said no, by a number, and is in working order."""
        return bool(self.code) and self.status < HTTPStatus.INTERNAL_SERVER_ERROR


class _Bearer(AuthBase):
    """As `auth` and not as a header: a .netrc would take the place of a header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def ask(method: str, url: str, said: Mapping[str, str], *, token: str = "") -> Answer:
    """The answer's object. Raises Refused."""
    found = _answer(method, url, said, token)
    if isinstance(found, Refused):
        # Raised here: what requests holds, addresses and secrets, must not hang on to it.
        raise found.with_traceback(None)
    return found


def cursor_after(answer: Answer) -> str | None:
    """Where the next part of a list begins; None where this was the last."""
    paging = answer.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) and after else None


def _answer(method: str, url: str, said: Mapping[str, str], token: str) -> Answer | Refused:
    what: dict[str, Any] = {"params": said} if method == "GET" else {"data": said}
    with Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=0))
        try:
            response = session.request(
                method,
                url,
                auth=_Bearer(token),
                timeout=(_CONNECT, _READ),
                allow_redirects=False,
                stream=True,
                **what,
            )
            with response:
                body = _whole(response, until=time.monotonic() + _READ)
        except (exceptions.RequestException, HTTPError, OSError, ValueError):
            return Refused(0)
    return _understood(response.status_code, body)


def _whole(response: Response, *, until: float) -> bytes:
    body = bytearray()
    while block := response.raw.read1(_BLOCK, decode_content=True):
        body += block
        if len(body) > _MOST or time.monotonic() > until:
            raise TimeoutError
    return bytes(body)


def _understood(status: int, body: bytes) -> Answer | Refused:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return Refused(status)
    if not isinstance(found, dict):
        return Refused(status)
    error = found.get("error")
    if isinstance(error, dict):
        return _refusal(status, error.get("code"), error.get("message"))
    if status != HTTPStatus.OK:  # Instagram's login has a shape of its own for its codes
        return _refusal(status, found.get("code"), found.get("error_message"))
    return found


def _refusal(status: int, code: object, message: object) -> Refused:
    number = code if isinstance(code, int) and not isinstance(code, bool) else 0
    words = str(message).casefold()
    of_the_app = any(said in words for said in _OF_THE_APP)
    return Refused(status, code=number, of_the_app=of_the_app)
