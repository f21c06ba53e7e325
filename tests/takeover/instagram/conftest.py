"""A rehearsal of Instagram over real HTTP, the private door set up to use it, and the clock."""

import io
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import av
import pytest
from flask import Flask
from instagrapi.mixins import media, photo, private
from PIL import Image
from sqlalchemy.orm import Session

from takeover.instagram.private import publisher as private_publisher
from takeover.instagram.private.gate import Patience
from takeover.instagram.private.publisher import PrivatePublisher
from takeover.instagram.publisher import Kind, OnAccount, Outgoing, Photo
from takeover.instagram.rehearsal.server import Rehearsal, running
from takeover.posts.models import Post, PostState
from takeover.schedule import run_once
from tests.cast import NOW, Cast
from tests.preparing import an_approved_post

Jpeg = Callable[..., bytes]


@pytest.fixture(scope="session")
def stage() -> Iterator[Rehearsal]:
    with running() as rehearsal:
        yield rehearsal


@pytest.fixture
def rehearsal(stage: Rehearsal) -> Iterator[Rehearsal]:
    """An empty account. Whatever a test does, nobody may try to sign in or ask strange things."""
    stage.reset()
    yield stage
    assert stage.wire.log("sign_in") == []
    assert stage.wire.log("unknown") == []


@pytest.fixture(scope="session")
def jpeg() -> Jpeg:
    """A photo with enough in it that encoding it again would show."""

    @cache
    def make(width: int = 640, height: int = 640, *, seed: int = 1, **options: Any) -> bytes:
        noise = random.Random(seed).randbytes(32 * 32 * 3)
        image = Image.frombytes("RGB", (32, 32), noise).resize((width, height))
        out = io.BytesIO()
        image.save(out, options.pop("format", "JPEG"), **({"quality": 93} | options))
        return out.getvalue()

    return make


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Four seconds of H.264, its table of contents first, without an edit list."""
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    options = {"movflags": "+faststart", "use_editlist": "0"}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream("libx264", rate=24, options={"bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 360, 640, "yuv420p"
        for number in range(96):
            picture = Image.new("RGB", (360, 640), (number * 2, 90, 140))
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode(None))
    return path.read_bytes()


@pytest.fixture
def outgoing(rehearsal: Rehearsal, jpeg: Jpeg) -> Outgoing:
    return Outgoing(
        post_id=7,
        account=rehearsal.account.username,
        kind=Kind.PHOTO,
        caption="Première journée à l'atelier 🔧\n\n#aweekinalife & more = 100 %",
        items=(Photo(jpeg=jpeg(), alt_text="Two people in helmets laugh beside a robot's arm."),),
    )


@pytest.fixture
def another(outgoing: Outgoing, jpeg: Jpeg) -> Outgoing:
    items = (Photo(jpeg=jpeg(seed=2), alt_text="Somebody else"),)
    return replace(outgoing, post_id=8, caption="Something else", items=items)


@pytest.fixture
def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The client waits for seconds between its requests; here it only says how long."""
    slept: list[float] = []
    calm = SimpleNamespace(**vars(time) | {"sleep": slept.append})
    for module in (media, photo, private, private_publisher):
        monkeypatch.setattr(module, "time", calm)
    return slept


@pytest.fixture
def sessions() -> list[dict[str, Any]]:
    """What the publisher wanted to be kept."""
    return []


@pytest.fixture
def known() -> list[OnAccount]:
    """What is on the account and known as other posts of ours."""
    return []


@pytest.fixture
def publisher(
    rehearsal: Rehearsal,
    sessions: list[dict[str, Any]],
    known: list[OnAccount],
    sleeps: list[float],
) -> PrivatePublisher:
    return PrivatePublisher(
        rehearsal.account.session(),
        base_url=rehearsal.url,
        on_session=sessions.append,
        is_ours=known.__contains__,
        pace=0,
        patience=Patience(connect=2, ask=0.5, upload=2, upload_clip=5, configure=0.5, act=0.5),
        clip_settles=timedelta(0),
    )


@pytest.fixture
def tick(app: Flask, session: Session) -> Callable[..., None]:
    """`tick()` is the clock's turn at publishing, and the work that comes of it."""

    def turn(job: str = "publish") -> None:
        session.commit()
        run_once(app, job)
        session.expire_all()

    return turn


@pytest.fixture
def published(session: Session, cast: Cast, tick: Callable[..., None]) -> Post:
    post = an_approved_post(session, cast, slot_at=NOW)
    tick()
    assert post.state is PostState.PUBLISHED
    return post
