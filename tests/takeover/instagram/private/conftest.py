"""Posts of each kind for the private door; what goes wrong on its way, and what is refused."""

import io
from dataclasses import replace
from typing import Any

import pytest

from takeover.instagram.publisher import (
    Handle,
    Kind,
    OnAccount,
    Outgoing,
    Photo,
    Publisher,
    Video,
)
from takeover.instagram.rehearsal.server import Rehearsal

CONFIGURE = r"/media/configure"
UPLOAD = r"^/rupload_ig"
SESSION = r"accounts/current_user/"
FEED = r"feed/user/"
NOT_YET = {"message": "Transcode not finished yet.", "status": "fail"}
LOST_BYTES = {"message": "media_needs_reupload", "status": "ok", "error_title": "bad image"}

REFUSALS: dict[str, dict[str, Any]] = {
    "login_required": {"status": 403, "body": {"message": "login_required", "status": "fail"}},
    "challenge": {
        "status": 400,
        "body": {
            "message": "challenge_required",
            "challenge": {"api_path": "/challenge/1/abc/"},
            "status": "fail",
        },
    },
    "checkpoint": {
        "status": 400,
        "body": {"message": "checkpoint_required", "error_type": "checkpoint", "status": "fail"},
    },
    "feedback_required": {
        "status": 400,
        "body": {"message": "feedback_required", "spam": True, "status": "fail"},
    },
}
WAITS: dict[str, dict[str, Any]] = {
    "429": {"status": 429},
    "please wait": {
        "status": 400,
        "body": {"message": "Please wait a few minutes before you try again.", "status": "fail"},
    },
}
# What may happen to an answer after Instagram has done what it was asked.
LOST: dict[str, dict[str, Any]] = {
    "the connection dies": {"drop_after": True},
    "the answer is cut": {"cut": True},
    "it takes too long": {"delay": 1.5},
    "408": {"status_after": 408},
    "429": {"status_after": 429},
    "500": {"status_after": 500},
    "502": {"status_after": 502},
    "503": {"status_after": 503, "body": "<html>Oops</html>"},
    "403 from a proxy": {"status_after": 403, "body": "Forbidden"},
    "404 from a proxy": {"status_after": 404, "body": "Not Found"},
    "a redirect": {"status_after": 307},
    "an error with media": {
        "status_after": 500,
        "body": {"media": {"pk": 1, "code": "Babc"}, "status": "ok"},
    },
    "rubbish": {"body": "<html>Sorry</html>"},
    "nothing at all": {"body": ""},
    "an empty object": {"body": {}},
    "a list": {"body": []},
    "no media": {"body": {"status": "ok"}},
    "media is null": {"body": {"media": None, "status": "ok"}},
    "media without an address": {"body": {"media": {"user": {}}, "status": "ok"}},
    "another's media": {
        "body": {"media": {"pk": 1, "code": "Babc", "device_timestamp": 5}, "status": "ok"}
    },
    "a failure nobody knows": {"status_after": 400, "body": {"message": "huh", "status": "fail"}},
}


def jpeg_of(outgoing: Outgoing) -> bytes:
    (photo,) = outgoing.items
    assert isinstance(photo, Photo)
    return photo.jpeg


def showing(outgoing: Outgoing, jpeg: bytes) -> Outgoing:
    return replace(outgoing, items=(Photo(jpeg=jpeg, alt_text="Two people"),))


def configures(rehearsal: Rehearsal) -> int:
    """How many requests that publish have left, of whatever kind."""
    return len([asked for asked in rehearsal.wire.log() if asked.what.startswith("configure")])


def nothing(handle: Handle) -> None:
    """What is not kept."""


def nobodys(on: OnAccount) -> bool:
    """No post on the account is known as another of ours."""
    return False


def prepared(publisher: Publisher, outgoing: Outgoing, handle: Handle | None = None) -> Handle:
    return publisher.prepare(outgoing, handle or {}, nothing)


def publish(publisher: Publisher, outgoing: Outgoing) -> OnAccount:
    return publisher.publish(outgoing, prepared(publisher, outgoing))


@pytest.fixture
def posts(outgoing: Outgoing, jpeg: Any, clip: bytes) -> dict[str, Outgoing]:
    """One of each kind; `outgoing` is the photo."""

    def photo(seed: int) -> Photo:
        return Photo(jpeg=jpeg(seed=seed), alt_text=f"Photo {seed}")

    def video(seed: int) -> Video:
        cover = jpeg(360, 640, seed=seed)
        return Video(mp4=io.BytesIO(clip), cover=cover, alt_text=f"Clip {seed}")

    story = replace(outgoing, kind=Kind.STORY, caption="")
    return {
        "photo": outgoing,
        "carousel": replace(outgoing, kind=Kind.CAROUSEL, items=(photo(3), video(4), photo(5))),
        "photos": replace(outgoing, kind=Kind.CAROUSEL, items=(photo(6), photo(7))),
        "reel": replace(outgoing, kind=Kind.REEL, items=(video(8),)),
        "story photo": replace(story, items=(Photo(jpeg=jpeg(1080, 1920), alt_text="Tall"),)),
        "story clip": replace(story, items=(video(9),)),
    }


EACH_KIND = ("photo", "carousel", "photos", "reel", "story photo", "story clip")


@pytest.fixture(params=EACH_KIND)
def post(request: pytest.FixtureRequest, posts: dict[str, Outgoing]) -> Outgoing:
    return posts[request.param]
