"""The transport that speaks to Instagram itself, over HTTP/1.1: nothing here speaks its HTTP/2."""

import io
import socket
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
import requests
from curl_cffi import CurlHttpVersion

from takeover.instagram.private.way import Curl, way_to

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Odd:
    """Answers the first request; takes the others and hangs up, as a server that is restarted."""

    def __init__(self, listening: socket.socket) -> None:
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.taken: list[bytes] = []
        self._listening = listening

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            while request := self._read(connection):
                self.taken.append(request)
                if len(self.taken) > 1:
                    return
                connection.sendall(ANSWER)

    def _read(self, connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := connection.recv(65536)):
                return b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [h for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")]
        while len(body) < sum(int(length.partition(b":")[2]) for length in lengths):
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body


@pytest.fixture
def odd() -> Iterator[Odd]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Odd(listening)
        thread = Thread(target=server.run)
        thread.start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def curl() -> Iterator[Curl]:
    curl = way_to(None)
    assert isinstance(curl, Curl)
    curl._transport.client.http_version = CurlHttpVersion.V1_1
    yield curl
    curl.close()


def ask(curl: Curl, url: str, data: Any = None) -> requests.Response:
    method = "GET" if data is None else "POST"
    return curl.send(requests.Request(method, url, data=data).prepare(), timeout=(2, 5))


@pytest.mark.parametrize("path", ["media/configure_to_clips/?video=1", "media/1_2/comment/"])
def test_a_request_on_a_dead_connection_is_not_sent_a_second_time(
    curl: Curl, odd: Odd, path: str
) -> None:
    assert ask(curl, f"{odd.url}/api/v1/accounts/current_user/").ok
    with pytest.raises(requests.ConnectionError):
        ask(curl, f"{odd.url}/api/v1/{path}", b"x=1")
    assert len(odd.taken) == 2


def test_a_file_is_sent_whole_and_read_piece_by_piece(curl: Curl, odd: Odd) -> None:
    sizes: list[int | None] = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            sizes.append(size)
            return super().read(size)

    data = bytes(range(256)) * 4096
    assert ask(curl, f"{odd.url}/rupload_igvideo/1_0_2", Watched(data)).ok
    head, _, body = odd.taken[0].partition(b"\r\n\r\n")
    assert body == data
    assert f"content-length: {len(data)}".encode() in head.lower()
    assert b"chunked" not in head
    assert len(sizes) > 2
    assert all(size is not None and 0 < size <= 1024 * 1024 for size in sizes)
