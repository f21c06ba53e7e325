"""A client of the tus protocol that says just what it is told to, and what it may send."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import new
from http.client import HTTPConnection, HTTPResponse
from random import Random

from werkzeug.test import TestResponse

from tests.pages import Browser

PLACE = "/media/uploads/"
CONTENT_TYPE = "application/offset+octet-stream"


def a_file(size: int = 1000, *, seed: int = 0) -> bytes:
    """So many bytes that begin as a JPEG does."""
    return b"\xff\xd8\xff\xe0" + Random(seed).randbytes(size - 4)


def in_words(**metadata: str) -> str:
    return ",".join(
        f"{key} {b64encode(value.encode()).decode()}" for key, value in metadata.items()
    )


def sum_of(data: bytes, algorithm: str = "sha1") -> str:
    return f"{algorithm} {b64encode(new(algorithm, data).digest()).decode()}"


@dataclass
class Tus:
    """Through Flask's test client."""

    browser: Browser

    def ask(self, method: str, path: str, data: bytes = b"", **headers: object) -> TestResponse:
        return self.browser.fetch(path, method=method, data=data, headers=_headers(headers))

    def create(self, size: int, **headers: object) -> TestResponse:
        return self.ask("POST", PLACE, Upload_Length=size, **headers)

    def begin(self, size: int, **headers: object) -> str:
        answer = self.create(size, **headers)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def patch(self, path: str, offset: object, data: bytes, **headers: object) -> TestResponse:
        told = {"Upload_Offset": offset, "Content_Type": CONTENT_TYPE} | headers
        return self.ask("PATCH", path, data, **told)

    def send(self, data: bytes, **headers: object) -> str:
        """All of a file, at once."""
        path = self.begin(len(data), **headers)
        assert self.patch(path, 0, data).status_code == 204
        return path

    def offset(self, path: str) -> int:
        return int(self.ask("HEAD", path).headers["Upload-Offset"])


@dataclass
class Wire:
    """Through a socket, in the time it takes."""

    port: int
    cookie: str

    def open(self, method: str, path: str, length: int = 0, **headers: object) -> HTTPConnection:
        """A request whose body of `length` bytes is still to be sent."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(method, path)
        told = {"Cookie": self.cookie, "Content_Length": length} | headers
        for name, value in _headers(told).items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection

    def patch(self, path: str, offset: int, length: int) -> HTTPConnection:
        return self.open("PATCH", path, length, Upload_Offset=offset, Content_Type=CONTENT_TYPE)

    def ask(self, method: str, path: str, **headers: object) -> HTTPResponse:
        return answer_of(self.open(method, path, **headers))

    def begin(self, size: int) -> str:
        return self.ask("POST", PLACE, Upload_Length=size).headers["Location"]

    def offset(self, path: str) -> int:
        return int(self.ask("HEAD", path).headers["Upload-Offset"])


def answer_of(connection: HTTPConnection) -> HTTPResponse:
    """Its answer, read; the connection is closed."""
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def _headers(told: dict[str, object]) -> dict[str, str]:
    all_of_them = {"Tus_Resumable": "1.0.0"} | told
    return {n.replace("_", "-"): str(v) for n, v in all_of_them.items() if v is not None}
