"""What a person and a test see of the rehearsal: the profile page, and the control plane.

GET /_rehearsal/posts, /_rehearsal/photos/<pk>.jpg, /_rehearsal/log, /_rehearsal/faults;
POST /_rehearsal/faults (a Fault as JSON), /_rehearsal/reset.
"""

import hashlib
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from takeover.instagram.rehearsal.account import Post, the_account
from takeover.instagram.rehearsal.faults import CONTROL, NotAFault, Wire

control = Blueprint("control", __name__)


@control.get("/<username>/")
def profile(username: str) -> ResponseReturnValue:
    account = the_account()
    if username != account.username:
        abort(404)
    return render_template("rehearsal/profile.html", account=account, posts=account.posts())


@control.get("/p/<code>/")
def permalink(code: str) -> ResponseReturnValue:
    post = the_account().find_post(code)
    if post is None:
        abort(404)
    return render_template("rehearsal/profile.html", account=the_account(), posts=[post])


@control.get(f"{CONTROL}photos/<int:pk>.jpg")
def photo(pk: int) -> ResponseReturnValue:
    post = the_account().find_post(str(pk))
    if post is None:
        abort(404)
    return Response(post.photo.data, content_type="image/jpeg")


@control.get(f"{CONTROL}posts")
def posts() -> ResponseReturnValue:
    return [_described(post) for post in the_account().posts()]


@control.get(f"{CONTROL}log")
def log() -> ResponseReturnValue:
    return [asdict(asked) for asked in the_wire().log()]


@control.get(f"{CONTROL}faults")
def faults() -> ResponseReturnValue:
    return the_wire().faults()


@control.post(f"{CONTROL}faults")
def add_fault() -> ResponseReturnValue:
    described = request.get_json()
    try:
        the_wire().add(**described if isinstance(described, dict) else {})
    except NotAFault as error:
        return {"error": str(error)}, 400
    return the_wire().faults(), 201


@control.post(f"{CONTROL}reset")
def reset() -> ResponseReturnValue:
    the_wire().clear()
    the_account().reset()
    return "", 204


def the_wire() -> Wire:
    """The log and the faults of the rehearsal that is answering now."""
    wire: Wire = current_app.extensions["rehearsal.wire"]
    return wire


def _described(post: Post) -> dict[str, Any]:
    return {
        "pk": str(post.pk),
        "code": post.code,
        "upload_id": post.upload_id,
        "taken_at": post.taken_at.isoformat(),
        "caption": post.caption,
        "alt_text": post.alt_text,
        "width": post.photo.width,
        "height": post.photo.height,
        "bytes": len(post.photo.data),
        "sha256": hashlib.sha256(post.photo.data).hexdigest(),
    }
