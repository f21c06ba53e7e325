"""The private mobile API, as far as instagrapi 3.2.2 needs it to publish and read photos.

Shapes: what the client asked and accepted when it was tried. Signing in is not spoken on purpose: a
publisher that tries it is broken, and the log shows it (`sign_in`).
"""

import json
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from takeover.instagram.rehearsal.account import PhotoRefused, Post, the_account
from takeover.instagram.rehearsal.faults import CONTROL

private_api = Blueprint("private_api", __name__)

# Everything instagrapi's ways of signing in, and of answering a checkpoint, begin with.
SIGN_IN = (
    "accounts/login", "accounts/two_factor", "attestation", "bloks", "challenge", "launcher", "qe",
)  # fmt: skip


@private_api.before_request
def only_with_a_session() -> ResponseReturnValue | None:
    if request.endpoint in ("private_api.sign_in", "private_api.unknown"):
        return None
    if the_account().knows(request.headers.get("Authorization", "")):
        return None
    return {"message": "login_required", "logout_reason": 8, "status": "fail"}, 403


@private_api.get("/api/v1/accounts/current_user/")
def current_user() -> ResponseReturnValue:
    return {"user": {**_user(), "is_business": True}, "status": "ok"}, {
        "ig-set-x-mid": "rehearsed-machine-id"
    }


@private_api.get("/api/v1/feed/user/<int:pk>/")
def feed(pk: int) -> ResponseReturnValue:
    """The account's posts, newest first, in pages: `count`, and `max_id` as the place to begin."""
    if pk != the_account().pk:
        return _fail("User not found", 404)
    begin = request.args.get("max_id", default=0, type=int)
    count = request.args.get("count", default=12, type=int)
    posts = the_account().posts()
    page = posts[begin : begin + count]
    more = begin + count < len(posts)
    return {
        "items": [_media(post) for post in page],
        "num_results": len(page),
        "more_available": more,
        **({"next_max_id": str(begin + count)} if more else {}),
        "status": "ok",
    }


@private_api.post("/rupload_igphoto/<name>")
def upload_photo(name: str) -> ResponseReturnValue:
    """The bytes of one photo; nobody sees it before it is configured."""
    data = request.get_data()
    try:
        upload_id = str(json.loads(request.headers["X-Instagram-Rupload-Params"])["upload_id"])
    except (KeyError, TypeError, ValueError):
        return _fail("X-Instagram-Rupload-Params is missing.", 400)
    if request.headers.get("X-Entity-Length") != str(len(data)):
        return _fail("X-Entity-Length is not the length of the body.", 400)
    if request.headers.get("X-Entity-Name") != name or not name.startswith(f"{upload_id}_"):
        return _fail("X-Entity-Name is not the name in the address.", 400)
    try:
        the_account().keep_upload(upload_id, data)
    except PhotoRefused as refused:
        return _fail(str(refused), 400)
    return {"upload_id": upload_id, "status": "ok"}


@private_api.post("/api/v1/media/configure/")
def configure() -> ResponseReturnValue:
    """The one request that publishes."""
    asked = _signed_body()
    upload_id = str(asked.get("upload_id", ""))
    photo = the_account().find_upload(upload_id)
    if photo is None:
        return {
            "error_title": "bad image input extra:{}",
            "media": {"device_timestamp": upload_id, "upload_id": upload_id},
            "message": "media_needs_reupload",
            "status": "ok",
        }
    if asked.get("extra") != {"source_width": photo.width, "source_height": photo.height}:
        return _fail("The size is not the photo's.", 400)
    post = the_account().publish(
        photo,
        upload_id=upload_id,
        caption=str(asked.get("caption", "")),
        alt_text=str(asked.get("custom_accessibility_caption", "")),
    )
    return {"media": _media(post), "upload_id": upload_id, "status": "ok"}


@private_api.get("/api/v1/media/<media_id>/info/")
def media_info(media_id: str) -> ResponseReturnValue:
    post = the_account().find_post(media_id)
    if post is None:
        return _fail("Media not found or unavailable", 400)
    return {"items": [_media(post)], "num_results": 1, "status": "ok"}


@private_api.post("/api/v1/media/<media_id>/delete/")
def delete(media_id: str) -> ResponseReturnValue:
    post = the_account().find_post(media_id)
    if post is None:
        return _fail("Media not found or unavailable", 400)
    the_account().delete(post)
    return {"did_delete": True, "status": "ok"}


@private_api.route("/graphql_www", methods=["GET", "POST"])
@private_api.route("/challenge/<path:path>", methods=["GET", "POST"])
def sign_in(path: str = "") -> ResponseReturnValue:
    return _fail("The rehearsal lets nobody sign in.", 400)


@private_api.route("/api/v1/<path:path>", methods=["GET", "POST"])
def unknown(path: str) -> ResponseReturnValue:
    return _fail("The rehearsal does not speak this.", 404)


for _path in SIGN_IN:
    private_api.add_url_rule(
        f"/api/v1/{_path}/", "sign_in", sign_in, methods=["GET", "POST"], defaults={"path": ""}
    )
    private_api.add_url_rule(
        f"/api/v1/{_path}/<path:path>", "sign_in", sign_in, methods=["GET", "POST"]
    )


def _fail(message: str, status: int) -> ResponseReturnValue:
    return {"message": message, "status": "fail"}, status


def _signed_body() -> dict[str, Any]:
    """The JSON object in `signed_body=SIGNATURE.{…}`; empty when there is none."""
    try:
        asked = json.loads(request.form.get("signed_body", "").partition(".")[2])
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _user() -> dict[str, Any]:
    account = the_account()
    return {
        "pk": account.pk,
        "username": account.username,
        "full_name": account.full_name,
        "is_private": False,
        "is_verified": True,
        "profile_pic_url": "https://www.instagram.com/static/rehearsal.jpg",
    }


def _media(post: Post) -> dict[str, Any]:
    """A post as the app sees it. `device_timestamp` is the upload's id: all it is found by."""
    # The Host header says i.instagram.com; the picture is here.
    here = "http://{SERVER_NAME}:{SERVER_PORT}".format_map(request.environ)
    size = {"width": post.photo.width, "height": post.photo.height}
    return {
        "pk": post.pk,
        "id": f"{post.pk}_{the_account().pk}",
        "code": post.code,
        "taken_at": int(post.taken_at.timestamp()),
        "device_timestamp": int(post.upload_id) if post.upload_id.isdigit() else post.upload_id,
        "media_type": 1,
        "product_type": "feed",
        "user": _user(),
        "caption": {"text": post.caption} if post.caption else None,
        "accessibility_caption": post.alt_text,
        "image_versions2": {
            "candidates": [{"url": f"{here}{CONTROL}photos/{post.pk}.jpg", **size}]
        },
        "like_count": 0,
        "comment_count": 0,
    }
