"""The app's private API: bytes that nobody sees before they are configured."""

import json
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from takeover.instagram.rehearsal import photos, videos
from takeover.instagram.rehearsal.photos import PhotoRefused
from takeover.instagram.rehearsal.posts import Video
from takeover.instagram.rehearsal.private_asking import fail, only_with_a_session, the_account

private_uploads = Blueprint("private_uploads", __name__)
private_uploads.before_request(only_with_a_session)


class _NotAnUpload(Exception):
    """What goes with the bytes is missing, or does not fit them."""


@private_uploads.post("/rupload_igphoto/<name>")
def upload_photo(name: str) -> ResponseReturnValue:
    """A photo, or the cover of a clip that has the same `upload_id`."""
    data = request.get_data()
    try:
        upload_id = str(_params(name, data)["upload_id"])
        if not name.startswith(f"{upload_id}_"):
            return fail("X-Entity-Name does not begin with the upload's id.")
        clip = the_account().find_upload(upload_id)
        if isinstance(clip, Video):
            cover = photos.look_at_story(data)
            the_account().keep_cover(upload_id, cover)
        else:
            # Whether it is for the feed or a story is said only when it is configured.
            the_account().keep_item(upload_id, photos.look_at_either(data))
    except (_NotAnUpload, PhotoRefused) as refused:
        return fail(str(refused))
    return {"upload_id": upload_id, "status": "ok"}


@private_uploads.post("/upload_settings/<session_id>")
def upload_settings(session_id: str) -> ResponseReturnValue:
    """The app describes a reel before it uploads it."""
    return {"upload_settings": {}, "status": "ok"}


@private_uploads.get("/rupload_igvideo/<name>")
def ask_video(name: str) -> ResponseReturnValue:
    """How much has arrived."""
    return {"offset": 0}


@private_uploads.post("/rupload_igvideo/<name>")
def upload_video(name: str) -> ResponseReturnValue:
    data = request.get_data()
    try:
        asked = _params(name, data)
        clip = videos.look_at(data, _limits(asked))
    except (_NotAnUpload, videos.VideoRefused) as refused:
        return fail(str(refused))
    the_account().keep_item(str(asked["upload_id"]), clip)
    return {"upload_id": asked["upload_id"], "status": "ok"}


def _limits(asked: dict[str, Any]) -> videos.Limits:
    if asked.get("is_sidecar"):
        return videos.CHILD
    return videos.STORY if asked.get("for_album") else videos.REEL


def _params(name: str, data: bytes) -> dict[str, Any]:
    """What goes with the bytes; raises _NotAnUpload."""
    try:
        asked = json.loads(request.headers["X-Instagram-Rupload-Params"])
        _ = asked["upload_id"]
    except (KeyError, TypeError, ValueError):
        raise _NotAnUpload("X-Instagram-Rupload-Params is missing.") from None
    if request.headers.get("X-Entity-Length") != str(len(data)):
        raise _NotAnUpload("X-Entity-Length is not the length of the body.")
    if request.headers.get("X-Entity-Name") != name:
        raise _NotAnUpload("X-Entity-Name is not the name in the address.")
    return dict(asked)
