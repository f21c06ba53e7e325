"""The official door, set up to use the stand-in; and posts of each kind to send through it."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from takeover.instagram.graph.answers import GraphError, understood
from takeover.instagram.graph.client import Patience
from takeover.instagram.graph.credentials import Credentials
from takeover.instagram.graph.door import open_door
from takeover.instagram.graph.preparing import Pace
from takeover.instagram.graph.publisher import GraphPublisher
from takeover.instagram.publisher import Handle, Kind, Outgoing, Photo, Video
from takeover.instagram.rehearsal.server import Rehearsal
from takeover.instagram.rehearsal.tokens import EVERYTHING, LONG, Login
from tests.takeover.instagram.graph.shelf import Shelf, a_shelf

CAPTION = "Première journée à l'atelier 🔧 @faurecia\n\n#aweekinalife & more = 100 %"
Door = Callable[..., GraphPublisher]


class Kept:
    """What the publisher put on the record, each time it did."""

    def __init__(self) -> None:
        self.handles: list[Handle] = []

    def __call__(self, handle: Handle) -> None:
        self.handles.append(handle)

    @property
    def last(self) -> Handle:
        return self.handles[-1] if self.handles else {}


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture(scope="session")
def _shelf() -> Iterator[Shelf]:
    with a_shelf() as shelf:
        yield shelf


@pytest.fixture
def shelf(_shelf: Shelf) -> Shelf:
    _shelf.files.clear()
    _shelf.fetched.clear()
    return _shelf


@pytest.fixture
def posts(outgoing: Outgoing, jpeg: Any, clip: bytes) -> dict[str, Outgoing]:
    """One post of each kind; `outgoing` is the photo."""

    def photo(seed: int) -> Photo:
        return Photo(jpeg=jpeg(seed=seed), alt_text=f"Photo {seed}")

    def video(seed: int) -> Video:
        return Video(mp4=io.BytesIO(clip), cover=jpeg(360, 640, seed=seed), alt_text="")

    a_photo = replace(outgoing, caption=CAPTION)
    story = replace(a_photo, kind=Kind.STORY, caption="")
    return {
        "photo": a_photo,
        "carousel": replace(a_photo, kind=Kind.CAROUSEL, items=(photo(3), video(4), photo(5))),
        "reel": replace(a_photo, kind=Kind.REEL, items=(video(6),)),
        "story photo": replace(story, items=(photo(7),)),
        "story clip": replace(story, items=(video(8),)),
    }


@pytest.fixture
def photo(posts: dict[str, Outgoing]) -> Outgoing:
    return posts["photo"]


@pytest.fixture
def reel(posts: dict[str, Outgoing]) -> Outgoing:
    return posts["reel"]


@pytest.fixture
def carousel(posts: dict[str, Outgoing]) -> Outgoing:
    return posts["carousel"]


def credentials_for(rehearsal: Rehearsal, host: str = "facebook") -> Credentials:
    account = rehearsal.account
    login = Login(host)
    given = rehearsal.accounts.tokens.give(
        login,
        (account.username,),
        scopes=EVERYTHING[login],
        at=datetime.now(UTC),
        lasts=LONG,
    )
    page = rehearsal.token() if login is Login.FACEBOOK else None
    return Credentials(
        host=host,  # type: ignore[arg-type]
        ig_user_id=account.ig_id,
        user_token=given.secret,
        page_token=page,
    )


@pytest.fixture
def credentials(rehearsal: Rehearsal) -> Credentials:
    return credentials_for(rehearsal)


@pytest.fixture
def door(rehearsal: Rehearsal, shelf: Shelf) -> Door:
    """`door()` opens it; by other credentials, with less patience, where a test says so."""

    def opened(
        host: str = "facebook", ours: frozenset[str] = frozenset(), **changed: Any
    ) -> GraphPublisher:
        patience = Patience(connect=2, read=1, create=5, publish=1, after=0.5, upload=5)
        facts: dict[str, Any] = {
            "hosting": shelf,
            "is_ours": lambda on: on.media_id in ours,
            "graph_url": rehearsal.url,
            "rupload_url": rehearsal.url,
            "patience": patience,
            "pace": Pace(looks=(0.0,)),
        }
        given = changed.pop("credentials", None) or credentials_for(rehearsal, host)
        return open_door(given, **facts | changed)

    return opened


@pytest.fixture
def publisher(door: Door) -> GraphPublisher:
    return door()


@pytest.fixture
def sent_at() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=1)


@pytest.fixture
def make_answer() -> Callable[[int, dict[str, str], Any], GraphError]:
    """The error that an answer is understood as."""

    def made(status: int, headers: dict[str, str], body: Any) -> GraphError:
        with pytest.raises(GraphError) as raised:
            understood(status, headers, json.dumps(body).encode(), secrets=())
        return raised.value

    return made


@pytest.fixture
def short_of_patience() -> Patience:
    return Patience(connect=0.5, read=0.5, create=0.5, publish=0.5, after=0.5, upload=0.5)
