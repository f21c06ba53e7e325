"""What really sends the private door's requests: to Instagram as the app does, or to a stand-in."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from curl_cffi import CurlOpt
from instagrapi.transports import create_curl_h2_adapter
from requests import PreparedRequest, Response, exceptions
from requests.adapters import BaseAdapter, HTTPAdapter

Timeout = float | tuple[float | None, float | None] | None

# What must not be done twice.
_DEEDS = re.compile(r"/api/v1/media/")


def way_to(base_url: str | None) -> BaseAdapter:
    return Elsewhere(base_url) if base_url else Curl()


def read_whole(response: Response) -> None:
    """Read the body here: one that is cut off must not reach the client, which would ask again."""
    try:
        _ = response.content
    except exceptions.ChunkedEncodingError as error:
        raise exceptions.ConnectionError("the answer was cut off") from error


def not_asking_again(response: Response, request: PreparedRequest) -> Response:
    """The answer, but for a 408: on that the client would wait a minute, and send it again."""
    if response.status_code == HTTPStatus.REQUEST_TIMEOUT:
        raise exceptions.ReadTimeout("Instagram answered 408", request=request)
    return response


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


class Curl(BaseAdapter):
    """instagrapi's transport, and two things it leaves out.

    A file is sent as it is read, where the transport would hold all of it. And a request that
    publishes gets a connection of its own: on one that was used before and turns out to be dead,
    curl sends a request a second time without a word.
    """

    def __init__(self) -> None:
        super().__init__()
        self._transport: Any = create_curl_h2_adapter()
        self._transport.client.request = _streaming(self._transport.client.request)

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Timeout = None,
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        deed = request.method == "POST" and _DEEDS.match(urlsplit(request.url or "").path)
        self._transport.client.curl_options[CurlOpt.FRESH_CONNECT] = 1 if deed else 0
        body: Any = request.body
        if hasattr(body, "read"):
            request.body = _File(body)
        response: Response = self._transport.send(
            request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies
        )
        return response

    def close(self) -> None:
        self._transport.close()


class _File(bytes):
    """No bytes for the transport, which asks for some; what the file is hidden in on its way."""

    file: BinaryIO

    def __new__(cls, file: BinaryIO) -> "_File":
        made = super().__new__(cls)
        made.file = file
        return made


def _streaming(request: Callable[..., Any]) -> Callable[..., Any]:
    def send(method: str, url: str, *, data: object, **options: Any) -> Any:
        if isinstance(data, _File):
            return request(method, url, content=data.file, **options)
        return request(method, url, data=data, **options)

    return send
