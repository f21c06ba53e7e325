"""What the world outside asks of us: files lent to Instagram, and the sandbox account's profile, so
that a post is seen to appear where there is no Instagram."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, abort, request
from sqlalchemy import func, select

from takeover.clock import now
from takeover.db import db
from takeover.instagram.lending import find_lent
from takeover.instagram.models import SandboxItem, SandboxPost
from takeover.instagram.profile import Videos, posts_of, sign_on_profile
from takeover.instagram.publisher import Kind
from takeover.media.serving import File, send
from takeover.media.store import open_store
from takeover.people.guards import Guard, anyone
from takeover.programmes.models import Programme
from takeover.web import page, settings

pages = Blueprint("instagram", __name__)

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


@pages.get("/pub/<token>.<suffix>")
@anyone
def lent(token: str, suffix: str) -> Response:
    """A file that Instagram fetches. It has no cookie; the address is all it needs to know."""
    found = find_lent(db.session, token, at=now())
    if found is None or found.key.rpartition(".")[2] != suffix:
        abort(404)
    file = File(
        key=found.key,
        digest=found.token,
        content_type=found.content_type,
        disposition="inline",
    )
    return send(file, open_store(settings().media_url))


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
    posts = posts_of(db.session, account)
    return page(
        "instagram/sandbox.html",
        account=account,
        programme=programme,
        count=count,
        seen=seen,
        posts=posts,
        stories=[post for post in posts if post.kind is Kind.STORY],
        in_feed=[post for post in posts if post.kind is not Kind.STORY],
        signs={post.id: sign_on_profile(post) for post in posts},
    )


@pages.get("/sandbox/photo/<int:item_id>")
@whoever_tries_it
@_only_in_the_sandbox
def sandbox_photo(item_id: int) -> Response:
    """The photo, or a video's cover."""
    photo = db.session.scalar(select(SandboxItem.picture).where(SandboxItem.id == item_id))
    if photo is None:
        abort(404)
    response = Response(photo, content_type="image/jpeg")
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response


@pages.get("/sandbox/video/<int:item_id>")
@whoever_tries_it
@_only_in_the_sandbox
def sandbox_video(item_id: int) -> Response:
    of_post = select(SandboxPost.client_id).join(SandboxPost.items)
    client_id = db.session.scalar(of_post.where(SandboxItem.id == item_id))
    video = File(
        key=str(item_id),
        digest=f"{client_id}-{item_id}",  # what is on the account does not change
        content_type="video/mp4",
        disposition=f'inline; filename="video-{item_id}.mp4"',
    )
    return send(video, Videos(db.sessionmaker))
