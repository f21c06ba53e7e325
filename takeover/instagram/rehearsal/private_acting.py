"""The app's private API: what is done to a post that is there."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from takeover.instagram.rehearsal.private_asking import (
    fail,
    only_with_a_session,
    signed_body,
    the_account,
)
from takeover.instagram.rehearsal.private_shapes import comment, media

private_acting = Blueprint("private_acting", __name__)
private_acting.before_request(only_with_a_session)

_GONE = "Media not found or unavailable"


@private_acting.get("/api/v1/media/<media_id>/info/")
def media_info(media_id: str) -> ResponseReturnValue:
    post = the_account().find_post(media_id)
    if post is None:
        return fail(_GONE)
    return {"items": [media(the_account(), post)], "num_results": 1, "status": "ok"}


@private_acting.post("/api/v1/media/<media_id>/delete/")
def delete(media_id: str) -> ResponseReturnValue:
    post = the_account().find_post(media_id)
    if post is None:
        return fail(_GONE)
    the_account().delete(post)
    return {"did_delete": True, "status": "ok"}


@private_acting.get("/api/v1/media/<media_id>/comments/")
def comments(media_id: str) -> ResponseReturnValue:
    """Newest first, all of them."""
    post = the_account().find_post(media_id)
    if post is None:
        return fail(_GONE)
    said = [comment(the_account(), made, post) for made in reversed(post.comments)]
    return {"comments": said, "comment_count": len(said), "status": "ok"}


@private_acting.post("/api/v1/media/<media_id>/comment/")
def write_comment(media_id: str) -> ResponseReturnValue:
    post = the_account().find_post(media_id)
    text = str(signed_body().get("comment_text", ""))
    if post is None:
        return fail(_GONE)
    if not text or not post.comments_enabled:
        return fail("Commenting on this post has been limited.")
    made = the_account().comment(post, text)
    return {"comment": comment(the_account(), made, post), "status": "ok"}


@private_acting.post("/api/v1/media/<media_id>/disable_comments/", defaults={"enabled": False})
@private_acting.post("/api/v1/media/<media_id>/enable_comments/", defaults={"enabled": True})
def set_comments(media_id: str, enabled: bool) -> ResponseReturnValue:
    post = the_account().find_post(media_id)
    if post is None:
        return fail(_GONE)
    post.comments_enabled = enabled
    return {"status": "ok"}
