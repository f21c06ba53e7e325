"""The app's private API, as far as instagrapi 3.2.2 needs it: who is signed in, and listings.

Shapes: what the client asked and accepted when it was tried. Nobody can sign in to an account that
has no password: a publisher that tries it is broken, and the log shows it (`sign_in`).
"""

from datetime import timedelta

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from takeover.clock import now
from takeover.instagram.publisher import Kind
from takeover.instagram.rehearsal.accounts import the_accounts
from takeover.instagram.rehearsal.posts import Post
from takeover.instagram.rehearsal.private_asking import fail, only_with_a_session, the_account
from takeover.instagram.rehearsal.private_shapes import media, user
from takeover.instagram.rehearsal.private_signing_in import find_answer

# Everything instagrapi's ways of signing in, and of answering a checkpoint, begin with.
SIGN_IN = (
    "accounts/login", "accounts/two_factor", "attestation", "bloks", "challenge", "launcher", "qe",
)  # fmt: skip

private_api = Blueprint("private_api", __name__)


@private_api.before_request
def guard() -> ResponseReturnValue | None:
    if request.endpoint in ("private_api.sign_in", "private_api.unknown"):
        return None
    return only_with_a_session()


@private_api.get("/api/v1/accounts/current_user/")
def current_user() -> ResponseReturnValue:
    return {"user": {**user(the_account()), "is_business": True}, "status": "ok"}, {
        "ig-set-x-mid": "rehearsed-machine-id"
    }


@private_api.get("/api/v1/feed/user/<int:pk>/")
def feed(pk: int) -> ResponseReturnValue:
    """The account's posts, newest first, in pages: `count`, and `max_id` as the place to begin."""
    if pk != the_account().pk:
        return fail("User not found", 404)
    begin = request.args.get("max_id", default=0, type=int)
    count = request.args.get("count", default=12, type=int)
    posts = [post for post in _shown() if post.kind is not Kind.STORY]
    page = posts[begin : begin + count]
    more = begin + count < len(posts)
    return {
        "items": [media(the_account(), post) for post in page],
        "num_results": len(page),
        "more_available": more,
        **({"next_max_id": str(begin + count)} if more else {}),
        "status": "ok",
    }


@private_api.get("/api/v1/feed/user/<int:pk>/story/")
def stories(pk: int) -> ResponseReturnValue:
    """The stories of the last day, oldest first as they are watched; `reel` is null without any."""
    if pk != the_account().pk:
        return fail("User not found", 404)
    posts = [post for post in reversed(_shown()) if post.kind is Kind.STORY]
    items = [media(the_account(), post) for post in posts]
    reel = {"id": pk, "user": user(the_account()), "items": items, "media_count": len(items)}
    return {"reel": reel if items else None, "status": "ok"}


@private_api.route("/graphql_www", methods=["GET", "POST"])
@private_api.route("/challenge/<path:path>", methods=["GET", "POST"])
def sign_in(path: str = "") -> ResponseReturnValue:
    return find_answer(request.path) or fail("The rehearsal lets nobody sign in.")


@private_api.post("/api/v1/feed/reels_tray/")
@private_api.post("/api/v1/feed/timeline/")
def first_looks() -> ResponseReturnValue:
    """What the app shows first, to whoever has just signed in."""
    return {"tray": [], "feed_items": [], "more_available": False, "status": "ok"}


@private_api.route("/api/v1/<path:path>", methods=["GET", "POST"])
def unknown(path: str) -> ResponseReturnValue:
    return fail("The rehearsal does not speak this.", 404)


for _path in SIGN_IN:
    private_api.add_url_rule(
        f"/api/v1/{_path}/", "sign_in", sign_in, methods=["GET", "POST"], defaults={"path": ""}
    )
    private_api.add_url_rule(
        f"/api/v1/{_path}/<path:path>", "sign_in", sign_in, methods=["GET", "POST"]
    )


def _shown() -> list[Post]:
    """What is listed already, and still."""
    at = now()
    late = timedelta(seconds=the_accounts().behaviour.shown_after)
    return [p for p in the_account().posts() if p.is_live(at) and p.taken_at + late <= at]
