"""The one account of the rehearsal: who it is, its session, its uploads, its posts.

It looks at every photo as Instagram does, and keeps the bytes. Nothing is written to disk.
"""

import base64
import io
import itertools
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import Any

from flask import current_app
from PIL import Image, UnidentifiedImageError

from takeover.clock import now

# Meta, "IG User Media": JPEG, at most 8 MB, 4:5 to 1.91:1, at least 320 pixels wide.
LARGEST_BYTES = 8_000_000
TALLEST, WIDEST = 4 / 5, 1.91
NARROWEST = 320
_RATIO_SLACK = 0.005  # a side is a whole number of pixels

_FIRST_PK = 3_400_000_000_000_000_001
_SHORTCODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class PhotoRefused(Exception):
    """Instagram would not take this photo; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo that was looked at and taken."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What anybody can see on the account."""

    pk: int
    code: str
    upload_id: str
    taken_at: datetime
    caption: str
    alt_text: str
    photo: Photo


def look_at(data: bytes) -> Photo:
    """Accept a photo by Instagram's rules and our own (no metadata); raises PhotoRefused."""
    if len(data) > LARGEST_BYTES:
        raise PhotoRefused(f"The photo has {len(data)} bytes; {LARGEST_BYTES} are allowed.")
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            image.load()
            width, height = image.size
            metadata = {"exif", "xmp", "photoshop"} & image.info.keys()
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise PhotoRefused("This is not a whole JPEG.") from error
    if width < NARROWEST:
        raise PhotoRefused(f"The photo is {width} pixels wide; {NARROWEST} are needed.")
    if not TALLEST - _RATIO_SLACK <= width / height <= WIDEST + _RATIO_SLACK:
        raise PhotoRefused(f"{width}x{height} is outside 4:5 to 1.91:1.")
    if metadata:
        raise PhotoRefused(f"The photo carries metadata: {', '.join(sorted(metadata))}.")
    return Photo(data=data, width=width, height=height)


def shortcode(pk: int) -> str:
    """The letters a post's address is made of: its number in base 64."""
    letters = ""
    while pk:
        pk, rest = divmod(pk, 64)
        letters = _SHORTCODE[rest] + letters
    return letters


class Account:
    """An account with its posts. Safe to use from several threads."""

    def __init__(
        self, *, username: str = "aweekinalife", full_name: str = "A week in a life of…"
    ) -> None:
        self.pk = 51_000_000_001
        self.username = username
        self.full_name = full_name
        self._lock = RLock()
        self.reset()

    def reset(self) -> None:
        """Forget every post, upload and session; a new session is open."""
        with self._lock:
            self._pks = itertools.count(_FIRST_PK)
            self._uploads: dict[str, Photo] = {}
            self._posts: list[Post] = []
            self._session_id = secrets.token_urlsafe(24)

    def session(self) -> dict[str, Any]:
        """Settings of a signed-in instagrapi client, as its `get_settings()` would give them."""
        return {
            "authorization_data": {"ds_user_id": str(self.pk), "sessionid": self._session_id},
            "cookies": {"ds_user_id": str(self.pk), "sessionid": self._session_id},
        }

    def knows(self, authorization: str) -> bool:
        """Whether this `Authorization` header belongs to the open session."""
        try:
            kept = json.loads(base64.b64decode(authorization.removeprefix("Bearer IGT:2:")))
            return bool(kept["sessionid"] == self._session_id)
        except (ValueError, KeyError, TypeError):
            return False

    def sign_out(self) -> None:
        """End the session, as a changed password does."""
        with self._lock:
            self._session_id = secrets.token_urlsafe(24)

    def keep_upload(self, upload_id: str, data: bytes) -> Photo:
        """Take a photo nobody sees yet; raises PhotoRefused."""
        photo = look_at(data)
        with self._lock:
            self._uploads[upload_id] = photo
        return photo

    def find_upload(self, upload_id: str) -> Photo | None:
        return self._uploads.get(upload_id)

    def publish(self, photo: Photo, *, upload_id: str, caption: str, alt_text: str) -> Post:
        """Put a photo on the account. Asked twice, two posts: Instagram promises nothing better."""
        with self._lock:
            pk = next(self._pks)
            post = Post(
                pk=pk,
                code=shortcode(pk),
                upload_id=upload_id,
                taken_at=now(),
                caption=caption,
                alt_text=alt_text,
                photo=photo,
            )
            self._posts.insert(0, post)
            return post

    def posts(self) -> list[Post]:
        """Every post, newest first."""
        with self._lock:
            return list(self._posts)

    def find_post(self, media_id: str) -> Post | None:
        """By number (`pk` or `pk_userpk`) or by the code in its address."""
        pk = media_id.partition("_")[0]
        return next((p for p in self.posts() if str(p.pk) == pk or p.code == media_id), None)

    def delete(self, post: Post) -> None:
        with self._lock:
            self._posts.remove(post)


def the_account() -> Account:
    """The account of the rehearsal that is answering now."""
    account: Account = current_app.extensions["rehearsal.account"]
    return account
