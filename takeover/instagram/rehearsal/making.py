"""From what was asked to a container: fetch, look, keep. And from a container to a post."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from takeover.instagram.publisher import Kind
from takeover.instagram.rehearsal import photos, videos
from takeover.instagram.rehearsal.account import Account
from takeover.instagram.rehearsal.behaviour import Behaviour, Republish
from takeover.instagram.rehearsal.containers import DAY, Container, Status
from takeover.instagram.rehearsal.fetching import PHOTO, VIDEO, fetch
from takeover.instagram.rehearsal.graph_errors import GraphError, wrong
from takeover.instagram.rehearsal.parameters import Asked, Making
from takeover.instagram.rehearsal.photos import PhotoRefused
from takeover.instagram.rehearsal.posts import Item, Photo, Post, Video

_KINDS = {
    Making.PHOTO: Kind.PHOTO,
    Making.CHILD_PHOTO: Kind.PHOTO,
    Making.CHILD_VIDEO: Kind.REEL,
    Making.CAROUSEL: Kind.CAROUSEL,
    Making.REEL: Kind.REEL,
    Making.STORY: Kind.STORY,
}


def make(account: Account, asked: Asked, behaviour: Behaviour, *, at: datetime) -> Container:
    """A container. A photo that is no good is refused here; a clip's fails, and says so later.

    Raises GraphError.
    """
    if account.containers.made_since(at - DAY) >= behaviour.containers_per_day:
        raise GraphError("(#4) Application request limit reached", 4)
    is_video = asked.resumable or bool(asked.text("video_url"))
    facts: dict[str, Any] = {
        "is_child": asked.making in (Making.CHILD_PHOTO, Making.CHILD_VIDEO),
        "is_video": is_video,
        "facts": {"caption": asked.text("caption"), "location": asked.text("location_id")},
        "polls": behaviour.processing_polls,
        "error": behaviour.processing_error,
        "cover": _cover(asked),
    }
    if asked.making is Making.CAROUSEL:
        facts["items"] = _children(account, asked.children, at)
    elif asked.resumable:
        facts["awaits_bytes"] = True
    elif not is_video:
        facts["items"] = (_photo(asked),)
    made = account.containers.add(_KINDS[asked.making], at=at, **facts)
    if is_video and not asked.resumable:
        _fetch_clip(made, asked.text("video_url"))
    offset = int(asked.text("thumb_offset") or 0) / 1000
    if any(isinstance(item, Video) and offset > item.duration for item in made.items):
        raise GraphError("The thumbnail offset is out of range.", 1, 2207057)
    return made


def take_clip(container: Container, data: bytes) -> None:
    """The bytes of a container's clip; what is wrong with them becomes the container's error."""
    limits = videos.CHILD if container.is_child else videos.REEL
    if container.kind is Kind.STORY:
        limits = videos.STORY
    try:
        container.items = (videos.look_at(data, limits, cover=container.cover),)
    except videos.VideoRefused as refused:
        container.error = refused.subcode
    container.awaits_bytes = False


def publish(account: Account, container: Container, behaviour: Behaviour, *, at: datetime) -> Post:
    """The one call that shows it to everybody; raises GraphError, and then nothing was shown."""
    with account.containers.lock:
        status = container.status(at)
        if status is Status.PUBLISHED:
            return _again(account, container, behaviour, at)
        if container.is_child:
            raise wrong("A carousel's item cannot be published by itself.", 2207023)
        if status in (Status.EXPIRED, Status.ERROR):
            raise GraphError("The media builder is missing or expired.", 24, 2207008)
        if status is Status.IN_PROGRESS:
            raise GraphError("Media ID is not available", 9007, 2207027)
        return _show(account, container, behaviour, at)


def used(account: Account, behaviour: Behaviour, *, since: datetime) -> int:
    """Posts that count against the quota."""
    return behaviour.quota_used + account.containers.published_since(since)


def _again(account: Account, container: Container, behaviour: Behaviour, at: datetime) -> Post:
    if behaviour.republish is Republish.ERROR:
        raise GraphError("The media builder is missing or expired.", 24, 2207008)
    if behaviour.republish is Republish.SAME and container.post is not None:
        return container.post
    return _show(account, container, behaviour, at)


def _show(account: Account, container: Container, behaviour: Behaviour, at: datetime) -> Post:
    if used(account, behaviour, since=at - DAY) >= behaviour.quota_total:
        raise GraphError("Application request limit reached", 9, 2207042, status=403)
    facts = dict(container.facts)
    if behaviour.drops_captions:
        facts["caption"] = ""
    container.post = account.show(
        container.kind,
        container.items,
        upload_id=str(int(at.timestamp() * 1000)),  # Instagram's own: nobody outside chose it
        cover=container.cover,
        through="graph",
        **facts,
    )
    account.containers.note_published(at)
    return container.post


def _photo(asked: Asked) -> Photo:
    data = fetch(asked.text("image_url"), types=PHOTO)
    look = photos.look_at_story if asked.making is Making.STORY else photos.look_at
    try:
        return replace(look(data), alt_text=asked.text("alt_text"), tags=asked.tags)
    except PhotoRefused as refused:
        raise GraphError(str(refused), refused.code, refused.subcode) from None


def _cover(asked: Asked) -> Photo | None:
    if not asked.text("cover_url"):
        return None
    try:
        return photos.look_at_story(fetch(asked.text("cover_url"), types=PHOTO))
    except PhotoRefused as refused:
        raise GraphError(str(refused), refused.code, refused.subcode) from None


def _fetch_clip(container: Container, url: str) -> None:
    try:
        take_clip(container, fetch(url, types=VIDEO))
    except GraphError as error:
        container.error = error.subcode


def _children(account: Account, ids: list[str], at: datetime) -> tuple[Item, ...]:
    items: list[Item] = []
    for id in ids:
        child = account.containers.find(id)
        if child is None or not child.is_child:
            raise wrong(f"The child {id} is not a carousel's item.", 2207023)
        if child.status(at) is not Status.FINISHED:
            raise GraphError("Media ID is not available", 9007, 2207027)
        items += child.items
    return tuple(items)
