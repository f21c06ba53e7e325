"""Somebody who speaks plain HTTP to the rehearsal, and files on the web for it to fetch."""

import socket
from collections.abc import Iterator
from typing import Any

import av
import pytest
import requests
from PIL import Image

from takeover.instagram.rehearsal.account import Account
from takeover.instagram.rehearsal.server import Rehearsal
from takeover.instagram.rehearsal.tokens import Login
from tests.takeover.instagram.graph.shelf import Shelf, a_shelf


class Graph:
    """The Graph API as anybody can ask it."""

    def __init__(self, rehearsal: Rehearsal, account: Account, token: str) -> None:
        self.url, self.account = f"{rehearsal.url}/v26.0", account
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, **given: Any) -> requests.Response:
        where = "params" if method == "GET" else "data"
        return requests.request(
            method, f"{self.url}/{path}", headers=self.headers, timeout=5, **{where: given}
        )

    def get(self, path: str, **given: Any) -> Any:
        return self.ask("GET", path, **given).json()

    def post(self, path: str, **given: Any) -> Any:
        return self.ask("POST", path, **given).json()

    def container(self, **given: Any) -> Any:
        return self.post(f"{self.account.ig_id}/media", **given)

    def publish(self, container: str) -> Any:
        return self.post(f"{self.account.ig_id}/media_publish", creation_id=container)

    def status(self, container: str) -> str:
        answer = self.get(container, fields="status_code,status")
        return str(answer["status_code"])

    def listed(self, edge: str = "media", **given: Any) -> list[Any]:
        answer = self.get(f"{self.account.ig_id}/{edge}", **given)
        return list(answer["data"])


def code_of(answer: Any) -> tuple[int, int]:
    """The code and the subcode of an error."""
    return answer["error"]["code"], answer["error"].get("error_subcode", 0)


@pytest.fixture
def graph(rehearsal: Rehearsal) -> Graph:
    return Graph(rehearsal, rehearsal.account, rehearsal.token())


@pytest.fixture
def by_instagram(rehearsal: Rehearsal) -> Graph:
    """Somebody who came by Instagram's own login."""
    return Graph(rehearsal, rehearsal.account, rehearsal.token(login=Login.INSTAGRAM))


@pytest.fixture(scope="session")
def _web() -> Iterator[Shelf]:
    with a_shelf() as shelf:
        yield shelf


@pytest.fixture
def web(_web: Shelf, jpeg: Any, clip: bytes) -> Shelf:
    _web.files = {
        "/photo.jpg": (jpeg(1080, 1350), "image/jpeg"),
        "/tall.jpg": (jpeg(1080, 1920), "image/jpeg"),
        "/clip.mp4": (clip, "video/mp4"),
    }
    return _web


@pytest.fixture(scope="session")
def make_clip(tmp_path_factory: pytest.TempPathFactory) -> Any:
    def make(seconds: float = 4, *, size: tuple[int, int] = (180, 320), **options: Any) -> bytes:
        """H.264 as it should be, if nothing else is asked for."""
        path = tmp_path_factory.mktemp("clips") / "clip.mp4"
        rate = options.pop("rate", 24)
        ways = {"movflags": "faststart", "use_editlist": "0"} | options.pop("ways", {})
        with av.open(str(path), "w", options=ways) as container:
            stream = container.add_stream(
                options.pop("codec", "libx264"), rate=rate, options={"bf": "0"}
            )
            stream.width, stream.height = size
            stream.pix_fmt = options.pop("pix_fmt", "yuv420p")
            picture = av.VideoFrame.from_image(Image.new("RGB", size, "steelblue"))
            for number in range(round(seconds * rate)):
                picture.pts = number
                container.mux(stream.encode(picture))
            container.mux(stream.encode(None))
        return path.read_bytes()

    return make


@pytest.fixture(scope="session")
def clip(make_clip: Any) -> bytes:
    made: bytes = make_clip()
    return made


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
