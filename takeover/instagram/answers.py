"""Reading the private API's raw answers: is this our post, and where is it?

Raw, because the client's own models drop `device_timestamp`: the name our upload was given, which
Instagram gives back with the post. It is the one sure sign that a post is ours.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from requests import Response

from takeover.instagram.publisher import OnAccount, OutcomeUnknown

EARLY = timedelta(minutes=2)  # Instagram's clock is not ours
LATE = timedelta(minutes=15)  # by then what was sent has been taken, or never will be

_CODE = re.compile(r"[A-Za-z0-9_-]+")
_PHOTO = 1

Media = Mapping[str, Any]


def json_of(answer: Response | None) -> dict[str, Any]:
    """The JSON object in an answer; empty when there is none."""
    try:
        body = None if answer is None else answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def published(answer: Response | None, *, upload_id: str) -> Media | None:
    """Our post, if the answer to the publishing request says without a doubt that it is there.

    A refusal may come with status 200, "ok" and a `media`; it has an `error_title` then.
    """
    body = json_of(answer)
    media = body.get("media")
    if answer is None or answer.status_code != HTTPStatus.OK or body.get("status") != "ok":
        return None
    if "error_title" in body or not isinstance(media, dict):
        return None
    return media if upload_of(media) in ("", upload_id) else None


def items_of(page: Mapping[str, Any]) -> list[Media]:
    """The posts on a page of the account; raises OutcomeUnknown if that is not what it is."""
    items = page.get("items")
    if page.get("status") != "ok" or not isinstance(items, list):
        raise OutcomeUnknown("the account could not be read: no list of posts")
    if not all(isinstance(i, dict) and isinstance(i.get("taken_at"), int) for i in items):
        raise OutcomeUnknown("the account could not be read: not posts")
    return items


def match(items: list[Media], *, upload_id: str, caption: str, sent_at: datetime) -> Media | None:
    """The post of this upload; None when it is certainly not among the items.

    By the upload's name, else the one photo of that time with this caption that names no upload;
    one that names another is somebody's own. Raises OutcomeUnknown when it cannot be told.
    """
    for item in items:
        if upload_of(item) == upload_id:
            return item
    near = [i for i in items if sent_at - EARLY <= taken_at(i) <= sent_at + LATE]
    words = _words(caption)
    alike = [i for i in near if words and i.get("media_type") == _PHOTO and caption_of(i) == words]
    if len(alike) == 1 and not upload_of(alike[0]):
        return alike[0]
    if alike or not all(upload_of(item) for item in near):
        raise OutcomeUnknown("posts of that time cannot be told apart")
    return None


def on_account(media: Media, *, site: str, account_pk: str) -> OnAccount:
    """Where a post is; raises OutcomeUnknown when its address cannot be read."""
    code, pk = media.get("code"), media.get("pk")
    if not pk or not isinstance(code, str) or not _CODE.fullmatch(code):
        raise OutcomeUnknown("the post is there; its address cannot be read")
    return OnAccount(
        media_id=str(media.get("id") or f"{pk}_{account_pk}"), permalink=f"{site}/p/{code}/"
    )


def lost_its_caption(media: Media, *, caption: str) -> bool:
    """Whether a post says that its caption is not the one it was sent with. It has happened."""
    return "caption" in media and caption_of(media) != _words(caption)


def upload_of(media: Media) -> str:
    """The name of the upload a post came from; empty when it does not say."""
    return str(media.get("device_timestamp") or media.get("upload_id") or "")


def caption_of(media: Media) -> str:
    """A post's caption, its spaces evened out."""
    caption = media.get("caption")
    return _words(str(caption.get("text") or "")) if isinstance(caption, dict) else ""


def taken_at(media: Media) -> datetime:
    return datetime.fromtimestamp(media["taken_at"], UTC)


def _words(text: str) -> str:
    return " ".join(text.split())
