"""The app's private API: the requests that publish. Each is the only one for its kind of post."""

from dataclasses import replace
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from takeover.instagram.publisher import Kind
from takeover.instagram.rehearsal import photos
from takeover.instagram.rehearsal.accounts import the_accounts
from takeover.instagram.rehearsal.behaviour import Republish
from takeover.instagram.rehearsal.photos import PhotoRefused
from takeover.instagram.rehearsal.posts import Item, Post, Video
from takeover.instagram.rehearsal.private_asking import (
    an_object,
    fail,
    only_with_a_session,
    signed_body,
    the_account,
)
from takeover.instagram.rehearsal.private_shapes import media

_FEWEST, _MOST = 2, 20

private_publishing = Blueprint("private_publishing", __name__)
private_publishing.before_request(only_with_a_session)


@private_publishing.post("/api/v1/media/configure/")
def configure() -> ResponseReturnValue:
    """A photo; or a clip, which becomes a reel."""
    asked = signed_body()
    item = the_account().find_upload(_upload_id(asked))
    if isinstance(item, Video):
        return _publish(Kind.REEL, asked, (item,))
    if item is None:
        return _lost(_upload_id(asked))
    if asked.get("extra") != {"source_width": item.width, "source_height": item.height}:
        return fail("The size is not the photo's.")
    try:
        photos.fit_for_feed(item)
    except PhotoRefused as refused:
        return fail(str(refused))
    return _publish(Kind.PHOTO, asked, (item,))


@private_publishing.post("/api/v1/media/configure_sidecar/")
def configure_sidecar() -> ResponseReturnValue:
    """A carousel of what was uploaded, in that order."""
    asked = signed_body()
    children = [an_object(child) for child in asked.get("children_metadata") or []]
    if not _FEWEST <= len(children) <= _MOST:
        return fail("A carousel has between 2 and 20 items.")
    items: list[Item] = []
    for child in children:
        item = the_account().find_upload(_upload_id(child))
        if item is None:
            return _lost(_upload_id(child))
        items.append(replace(item, alt_text=_alt_text(child)))
    return _publish(Kind.CAROUSEL, asked, tuple(items))


@private_publishing.post("/api/v1/media/configure_to_clips/")
def configure_to_clips() -> ResponseReturnValue:
    """A reel, with the cover that was uploaded under the same id."""
    asked = signed_body()
    item = the_account().find_upload(_upload_id(asked))
    if not isinstance(item, Video):
        return _lost(_upload_id(asked))
    return _publish(Kind.REEL, asked, (item,))


@private_publishing.post("/api/v1/media/configure_to_story/")
def configure_to_story() -> ResponseReturnValue:
    """A photo or a clip, for a day."""
    asked = signed_body()
    item = the_account().find_upload(_upload_id(asked))
    if item is None:
        return _lost(_upload_id(asked))
    return _publish(Kind.STORY, {**asked, "caption": ""}, (item,))


def _publish(kind: Kind, asked: dict[str, Any], items: tuple[Item, ...]) -> ResponseReturnValue:
    account, behaviour = the_account(), the_accounts().behaviour
    upload_id = _upload_id(asked)
    has_video = any(isinstance(item, Video) for item in items)
    if has_video and account.count_try(_sources(asked)) <= behaviour.transcode_polls:
        return fail("Transcode not finished yet.", 202)
    before = next((post for post in account.posts() if post.upload_id == upload_id), None)
    if before is not None and behaviour.republish is Republish.ERROR:
        return fail("media_already_configured")
    if before is not None and behaviour.republish is Republish.SAME:
        return _told(before)
    if kind is not Kind.CAROUSEL:
        items = (replace(items[0], alt_text=_alt_text(asked)),)
    post = account.show(
        kind,
        items,
        upload_id=upload_id,
        caption="" if behaviour.drops_captions else str(asked.get("caption", "")),
        location=_location(asked),
        cover=items[0].cover if kind is Kind.REEL and isinstance(items[0], Video) else None,
        comments_enabled=str(asked.get("disable_comments", "0")) not in ("1", "True", "true"),
    )
    return _told(post)


def _sources(asked: dict[str, Any]) -> str:
    """Names what is to be published; a carousel has another `upload_id` at every try."""
    children = [an_object(child) for child in asked.get("children_metadata") or []]
    return " ".join(_upload_id(child) for child in children or [asked])


def _told(post: Post) -> ResponseReturnValue:
    return {
        "media": media(the_account(), post),
        "upload_id": post.upload_id,
        "status": "ok",
    }


def _lost(upload_id: str) -> ResponseReturnValue:
    return {
        "error_title": "bad image input extra:{}",
        "media": {"device_timestamp": upload_id, "upload_id": upload_id},
        "message": "media_needs_reupload",
        "status": "ok",
    }


def _upload_id(asked: dict[str, Any]) -> str:
    return str(asked.get("upload_id", ""))


def _alt_text(asked: dict[str, Any]) -> str:
    return str(asked.get("custom_accessibility_caption", ""))


def _location(asked: dict[str, Any]) -> str:
    location = str(asked.get("location") or "")
    return "" if location == "{}" else location
