"""One account of the rehearsal: who it is, its sessions, its uploads, its posts.

It keeps the bytes of what it takes. Nothing is written to disk.
"""

import base64
import itertools
import json
import secrets
from collections import Counter
from dataclasses import replace
from enum import StrEnum
from threading import RLock
from typing import Any

from takeover.clock import now
from takeover.instagram.publisher import Kind
from takeover.instagram.rehearsal.containers import Containers
from takeover.instagram.rehearsal.photos import look_at
from takeover.instagram.rehearsal.posts import Comment, Item, Photo, Post, Video, shortcode

_FIRST_PK = 3_400_000_000_000_000_001
_APART = 1_000_000_000  # numbers between the first posts of two accounts


class Standing(StrEnum):
    """What Instagram takes an account for; only a professional one may publish by the Graph."""

    BUSINESS = "business"
    CREATOR = "media_creator"
    PERSONAL = "personal"


class Account:
    """An account with its posts. Safe to use from several threads."""

    def __init__(
        self,
        *,
        username: str = "aweekinalife",
        full_name: str = "A week in a life of…",
        number: int = 0,
    ) -> None:
        """`number` sets it apart from the other accounts of a rehearsal."""
        self.pk = 51_000_000_001 + number
        self.ig_id = str(17_841_400_000_000_001 + number)
        self.page_id = str(100_000_000_000_001 + number)
        self.username = username
        self.full_name = full_name
        self.number = number
        self._lock = RLock()
        self.reset()

    def reset(self) -> None:
        """Forget every post, upload and session; a new session is open."""
        with self._lock:
            self._pks = itertools.count(_FIRST_PK + self.number * _APART)
            self._comments = itertools.count(17_900_000_000_000_001 + self.number * _APART)
            self._uploads: dict[str, Item] = {}
            self._tries: Counter[str] = Counter()
            self._posts: list[Post] = []
            self._session_id = secrets.token_urlsafe(24)
            self.containers = Containers(self.number)
            self.standing = Standing.BUSINESS
            self.linked = True  # to a Facebook Page
            self.password = ""  # without one, nobody can sign in
            self.totp_seed = ""  # of the second factor's codes; empty: none is asked for
            self.sign_in_context = ""  # of somebody who gave the password, and no code yet

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
        self.sign_in(secrets.token_urlsafe(24))

    def sign_in(self, session_id: str) -> None:
        """Open this session instead of the one there was."""
        with self._lock:
            self._session_id = session_id

    def keep_upload(self, upload_id: str, data: bytes) -> Photo:
        """Take a photo for the feed that nobody sees yet; raises PhotoRefused."""
        photo = look_at(data)
        self.keep_item(upload_id, photo)
        return photo

    def keep_item(self, upload_id: str, item: Item) -> None:
        with self._lock:
            self._uploads[upload_id] = item

    def keep_cover(self, upload_id: str, cover: Photo) -> None:
        """Put a cover on a clip that was uploaded; does nothing where there is none."""
        with self._lock:
            clip = self._uploads.get(upload_id)
            if isinstance(clip, Video):
                self._uploads[upload_id] = replace(clip, cover=cover)

    def count_try(self, upload_id: str) -> int:
        """How often somebody wanted to publish this upload, this time included."""
        with self._lock:
            self._tries[upload_id] += 1
            return self._tries[upload_id]

    def find_upload(self, upload_id: str) -> Item | None:
        return self._uploads.get(upload_id)

    def publish(
        self, photo: Item, *, upload_id: str, caption: str, alt_text: str, kind: Kind = Kind.PHOTO
    ) -> Post:
        """Put one photo on the account."""
        shown = replace(photo, alt_text=alt_text)
        return self.show(kind, (shown,), upload_id=upload_id, caption=caption)

    def show(self, kind: Kind, items: tuple[Item, ...], *, upload_id: str, **facts: Any) -> Post:
        """Publish. Asked twice, two posts: Instagram promises nothing better."""
        with self._lock:
            pk = next(self._pks)
            post = Post(
                pk=pk,
                code=shortcode(pk),
                media_id=str(18_000_000_000_000_000 + pk - _FIRST_PK),
                kind=kind,
                items=items,
                upload_id=upload_id,
                taken_at=now(),
                **facts,
            )
            self._posts.insert(0, post)
            return post

    def posts(self) -> list[Post]:
        """Every post, newest first, stories included."""
        with self._lock:
            return list(self._posts)

    def find_post(self, media_id: str) -> Post | None:
        """By number (`pk` or `pk_userpk`), by its name in the Graph API, or by its code."""
        pk = media_id.partition("_")[0]
        return next(
            (
                p
                for p in self.posts()
                if str(p.pk) == pk or p.media_id == media_id or p.code == media_id
            ),
            None,
        )

    def comment(self, post: Post, text: str) -> Comment:
        with self._lock:
            made = Comment(
                id=str(next(self._comments)), text=text, username=self.username, at=now()
            )
            post.comments.append(made)
            return made

    def delete(self, post: Post) -> None:
        with self._lock:
            self._posts.remove(post)
