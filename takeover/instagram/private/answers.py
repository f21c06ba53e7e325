"""Reading the private API's raw answers: is this our post, and where is it?

Raw, because the client's own models drop `device_timestamp`: the name our upload was given, which
Instagram gives back with the post. It is the one sure sign that a post is ours.
"""

import re
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from requests import Response

from takeover.instagram.publisher import CannotTell, Kind, OnAccount, OutcomeUnknown, Outgoing

EARLY = timedelta(minutes=2)  # Instagram's clock is not ours
LATE = timedelta(minutes=15)  # by then what was sent has been taken, or never will be
STORY_LASTS = timedelta(hours=23)  # a day, and an hour is too near to its end

_CODE = re.compile(r"[A-Za-z0-9_-]+")
_NAME = re.compile(r"[A-Za-z0-9._]{1,30}")
_PHOTO, _VIDEO, _ALBUM = 1, 2, 8
_TYPES = {
    Kind.PHOTO: {_PHOTO},
    Kind.REEL: {_VIDEO},
    Kind.CAROUSEL: {_ALBUM},
    Kind.STORY: {_PHOTO, _VIDEO},
}
_PAGES = {Kind.REEL: "reel"}  # in addresses; "p" for the others

Media = Mapping[str, Any]


def json_of(answer: Response | None) -> dict[str, Any]:
    """The JSON object in an answer; empty when there is none."""
    try:
        body = None if answer is None else answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def published(answer: Response | None, *, names: Set[str]) -> Media | None:
    """Our post, if the answer to the publishing request says without a doubt that it is there.

    A refusal may come with status 200, "ok" and a `media`; it has an `error_title` then. Beside the
    post, or in it, is the name of what was asked for.
    """
    body = json_of(answer)
    media = body.get("media")
    if answer is None or answer.status_code != HTTPStatus.OK or body.get("status") != "ok":
        return None
    if "error_title" in body or not isinstance(media, dict):
        return None
    is_ours = names_of(media) <= names or str(body.get("upload_id")) in names
    return media if is_ours else None


def items_of(page: Mapping[str, Any]) -> list[Media]:
    """The posts on a page of the account; raises OutcomeUnknown if that is not what it is."""
    items = page.get("items")
    if page.get("status") != "ok" or not isinstance(items, list):
        raise OutcomeUnknown("the account could not be read: no list of posts")
    if not all(isinstance(i, dict) and isinstance(i.get("taken_at"), int) for i in items):
        raise OutcomeUnknown("the account could not be read: not posts")
    return items


def stories_of(page: Mapping[str, Any]) -> list[Media]:
    """The stories of the last day; raises OutcomeUnknown if that is not what it is."""
    if page.get("status") != "ok" or "reel" not in page:
        raise OutcomeUnknown("the account could not be read: no stories")
    reel = page["reel"]
    if reel is None:  # that is how it says that there are none
        return []
    return items_of({**reel, "status": "ok"} if isinstance(reel, dict) else {})


def match(
    items: Sequence[Media],
    outgoing: Outgoing,
    *,
    names: Set[str],
    sent_at: datetime,
    is_ours: Callable[[Media], bool],
) -> Media | None:
    """The post of these uploads; None when it is certainly not among the items.

    By an upload's name, else the one post of that kind and time with this caption that names no
    upload, and that is not known as another of ours; one that names another is somebody's own.
    Raises CannotTell.
    """
    for item in items:
        if names_of(item) & names:
            return item
    near = [i for i in items if sent_at - EARLY <= taken_at(i) <= sent_at + LATE]
    near = [i for i in near if i.get("media_type") in (None, *_TYPES[outgoing.kind])]
    near = [i for i in near if names_of(i) or not is_ours(i)]
    words = _words(outgoing.caption)
    alike = [item for item in near if words and caption_of(item) == words]
    if len(alike) == 1 and not names_of(alike[0]):
        return alike[0]
    if alike or not all(names_of(item) for item in near):
        raise CannotTell("posts of that time cannot be told apart")
    return None


def on_account(media: Media, outgoing: Outgoing, *, site: str, account_pk: str) -> OnAccount:
    """Where a post is; raises OutcomeUnknown when its address cannot be read."""
    pk = str(media.get("pk") or "")
    path = _story_path(outgoing.account, pk) if outgoing.kind is Kind.STORY else None
    path = path or _path(media, _PAGES.get(outgoing.kind, "p"))
    if not pk or path is None:
        raise OutcomeUnknown("the post is there; its address cannot be read")
    media_id = str(media.get("id") or f"{pk}_{account_pk}")
    return OnAccount(media_id=media_id, permalink=f"{site}/{path}/")


def lost_its_caption(media: Media, *, caption: str) -> bool:
    """Whether a post says that its caption is not the one it was sent with. It has happened."""
    return "caption" in media and caption_of(media) != _words(caption)


def names_of(media: Media) -> frozenset[str]:
    """The uploads a post came from, as far as it says so."""
    name = media.get("device_timestamp") or media.get("upload_id")
    return frozenset({str(name)} if name else ())


def caption_of(media: Media) -> str:
    """A post's caption, its spaces evened out."""
    caption = media.get("caption")
    return _words(str(caption.get("text") or "")) if isinstance(caption, dict) else ""


def same_words(one: str, other: str) -> bool:
    return _words(one) == _words(other)


def taken_at(media: Media) -> datetime:
    return datetime.fromtimestamp(media["taken_at"], UTC)


def _path(media: Media, page: str) -> str | None:
    code = media.get("code")
    return f"{page}/{code}" if isinstance(code, str) and _CODE.fullmatch(code) else None


def _story_path(account: str, pk: str) -> str | None:
    name = account.removeprefix("@")
    return f"stories/{name}/{pk}" if pk.isdecimal() and _NAME.fullmatch(name) else None


def _words(text: str) -> str:
    return " ".join(text.split())
