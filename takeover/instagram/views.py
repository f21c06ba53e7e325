"""The sandbox account's profile, so that a post is seen to appear where there is no Instagram."""

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import ParamSpec

from flask import Blueprint, Response, abort, request
from PIL.JpegImagePlugin import JpegImageFile
from sqlalchemy import func, select

from takeover.db import db
from takeover.instagram.models import SandboxPost
from takeover.people.guards import Guard
from takeover.programmes.models import Programme
from takeover.web import page, settings

pages = Blueprint("instagram", __name__)

MOST_SHOWN = 60
HEADER_BYTES = 2048  # a rendition has no metadata: its size stands at the beginning
P = ParamSpec("P")

whoever_tries_it = Guard(
    "anyone signed in, in the demo anyone",
    lambda person: person is not None or settings().demo,
)


def _only_in_the_sandbox(view: Callable[P, Response]) -> Callable[P, Response]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
        if settings().publisher != "sandbox":
            abort(404)
        return view(*args, **kwargs)

    return guarded


@pages.get("/sandbox/<account>")
@whoever_tries_it
@_only_in_the_sandbox
def sandbox(account: str) -> Response:
    programme = db.session.scalar(select(Programme).where(Programme.account == account))
    if programme is None:
        abort(404)
    count, newest = db.session.execute(
        select(func.count(), func.max(SandboxPost.id)).where(SandboxPost.account == account)
    ).one()
    seen = f"{count}-{newest or 0}"
    if request.headers.get("HX-Request") == "true" and request.args.get("seen") == seen:
        return Response(status=204)
    return page(
        "instagram/sandbox.html",
        account=account,
        programme=programme,
        count=count,
        seen=seen,
        posts=_posts_of(account),
    )


@pages.get("/sandbox/photo/<int:post_id>")
@whoever_tries_it
@_only_in_the_sandbox
def sandbox_photo(post_id: int) -> Response:
    photo = db.session.scalar(select(SandboxPost.photo).where(SandboxPost.id == post_id))
    if photo is None:
        abort(404)
    response = Response(photo, content_type="image/jpeg")
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response


def _posts_of(account: str) -> list[dict[str, object]]:
    """The latest first; without the photos themselves, which are large."""
    found = db.session.execute(
        select(
            SandboxPost.id,
            SandboxPost.caption,
            SandboxPost.alt_text,
            SandboxPost.published_at,
            func.substr(SandboxPost.photo, 1, HEADER_BYTES).label("header"),
        )
        .where(SandboxPost.account == account)
        .order_by(SandboxPost.id.desc())
        .limit(MOST_SHOWN)
    )
    return [
        {
            "id": row.id,
            "caption": row.caption,
            "alt_text": row.alt_text,
            "published_at": row.published_at,
            "size": JpegImageFile(BytesIO(row.header)).size,
        }
        for row in found
    ]
