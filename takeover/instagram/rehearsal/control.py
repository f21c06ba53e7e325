"""The control plane: what a test or a script asks of the rehearsal itself, always as JSON.

GET  /_rehearsal/accounts     who there is, with every number they have
POST /_rehearsal/accounts     {"username", "full_name"?, "standing"?, "linked"?, "password"?,
                              "totp_seed"?}: adds one, or changes it; `standing` is business,
                              media_creator or personal; by a password the app's API lets one in
GET  /_rehearsal/posts        what is on the first account; ?account=NAME another's
GET  /_rehearsal/log          every request so far
GET  /_rehearsal/faults       what goes wrong
POST /_rehearsal/faults       a Fault (see faults.py), or {"mishap", "where", "times"?} (mishaps.py)
POST /_rehearsal/faults/clear nothing goes wrong any more
GET  /_rehearsal/behaviour    how it behaves
POST /_rehearsal/behaviour    changes some of it (see behaviour.py)
POST /_rehearsal/expire       {"what": "tokens" | "containers" | "sessions"}
POST /_rehearsal/tokens       {"account"?, "login"?: "facebook" | "instagram"}: one for everything
GET  /_rehearsal/sessions     ?account=NAME: instagrapi's settings of a client that is signed in
POST /_rehearsal/reset        no posts, no faults, no log; new sessions, and no token is good
GET  /_rehearsal/photos/PK.jpg, /_rehearsal/media/PK/POSITION/NAME   the bytes that were published
"""

import hashlib
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from takeover.instagram.rehearsal import mishaps
from takeover.instagram.rehearsal.account import Account, Standing
from takeover.instagram.rehearsal.accounts import NotAMember, the_accounts
from takeover.instagram.rehearsal.behaviour import NotABehaviour
from takeover.instagram.rehearsal.faults import CONTROL, NotAFault, Wire
from takeover.instagram.rehearsal.posts import Item, Post, Video
from takeover.instagram.rehearsal.tokens import Login
from takeover.instagram.rehearsal.videos import first_frame

control = Blueprint("control", __name__)


@control.errorhandler(NotAMember)
@control.errorhandler(NotABehaviour)
@control.errorhandler(NotAFault)
@control.errorhandler(ValueError)
def not_understood(error: Exception) -> ResponseReturnValue:
    return {"error": str(error)}, 400


@control.get(f"{CONTROL}accounts")
def accounts() -> ResponseReturnValue:
    return [_who(account) for account in the_accounts()]


@control.post(f"{CONTROL}accounts")
def change_account() -> ResponseReturnValue:
    asked = _asked()
    account = the_accounts().add(
        str(asked.get("username", "")), full_name=str(asked.get("full_name", ""))
    )
    account.standing = Standing(asked.get("standing", account.standing))
    account.linked = bool(asked.get("linked", account.linked))
    account.password = str(asked.get("password", account.password))
    account.totp_seed = str(asked.get("totp_seed", account.totp_seed))
    return _who(account), 201


@control.get(f"{CONTROL}posts")
def posts() -> ResponseReturnValue:
    return [_described(post) for post in _account(request.args).posts()]


@control.get(f"{CONTROL}log")
def log() -> ResponseReturnValue:
    return [asdict(asked) for asked in the_wire().log()]


@control.get(f"{CONTROL}faults")
def faults() -> ResponseReturnValue:
    return the_wire().faults()


@control.post(f"{CONTROL}faults")
def add_fault() -> ResponseReturnValue:
    asked = _asked()
    if "mishap" in asked:
        asked = mishap(asked)
    the_wire().add(**asked)
    return the_wire().faults(), 201


@control.post(f"{CONTROL}faults/clear")
def clear_faults() -> ResponseReturnValue:
    the_wire().clear_faults()
    return "", 204


@control.get(f"{CONTROL}behaviour")
def behaviour() -> ResponseReturnValue:
    return the_accounts().behaviour.told()


@control.post(f"{CONTROL}behaviour")
def change_behaviour() -> ResponseReturnValue:
    the_accounts().behaviour.set(**_asked())
    return the_accounts().behaviour.told()


@control.post(f"{CONTROL}expire")
def expire() -> ResponseReturnValue:
    the_accounts().expire(str(_asked().get("what")))
    return "", 204


@control.post(f"{CONTROL}tokens")
def token() -> ResponseReturnValue:
    asked = _asked()
    made = the_accounts().token(_account(asked), login=Login(asked.get("login", Login.FACEBOOK)))
    return {"access_token": made.secret}, 201


@control.get(f"{CONTROL}sessions")
def session() -> ResponseReturnValue:
    return _account(request.args).session()


@control.post(f"{CONTROL}reset")
def reset() -> ResponseReturnValue:
    the_wire().clear()
    the_accounts().reset()
    return "", 204


@control.get(f"{CONTROL}photos/<int:pk>.jpg")
def photo(pk: int) -> ResponseReturnValue:
    return Response(_picture_of(_post(pk)), content_type="image/jpeg")


@control.get(f"{CONTROL}media/<int:pk>/<int:position>/<name>")
def media(pk: int, position: int, name: str) -> ResponseReturnValue:
    """`clip.mp4` where there is one; whatever else is asked for, a picture."""
    post = _post(pk)
    if position >= len(post.items):
        abort(404)
    item = post.items[position]
    if isinstance(item, Video) and name == "clip.mp4":
        answer = Response(item.data, content_type="video/mp4")
        return answer.make_conditional(
            request.environ, accept_ranges=True, complete_length=len(item.data)
        )
    return Response(_still(item, post), content_type="image/jpeg")


def the_wire() -> Wire:
    """The log and the faults of the rehearsal that is answering now."""
    wire: Wire = current_app.extensions["rehearsal.wire"]
    return wire


def mishap(asked: Any) -> dict[str, Any]:
    """The fault of a name and a place; raises NotAFault."""
    try:
        times = int(asked.get("times") or 1)
        return mishaps.fault(str(asked["mishap"]), str(asked.get("where")), times=times)
    except (KeyError, ValueError) as error:
        raise NotAFault("There is no such mishap, or no such place.") from error


def _asked() -> dict[str, Any]:
    described = request.get_json()
    return described if isinstance(described, dict) else {}


def _account(asked: Any) -> Account:
    name = asked.get("account")
    return the_accounts().get(str(name)) if name else the_accounts().first


def _post(pk: int) -> Post:
    found = the_accounts().find_post(str(pk))
    if found is None:
        abort(404)
    return found[1]


def _picture_of(post: Post) -> bytes:
    return post.cover.data if post.cover else _still(post.items[0], post)


def _still(item: Item, post: Post) -> bytes:
    if not isinstance(item, Video):
        return item.data
    cover = item.cover or post.cover
    return cover.data if cover else first_frame(item)


def _who(account: Account) -> dict[str, Any]:
    return {
        "username": account.username,
        "full_name": account.full_name,
        "ig_id": account.ig_id,
        "page_id": account.page_id,
        "pk": str(account.pk),
        "standing": str(account.standing),
        "linked": account.linked,
        "posts": len(account.posts()),
    }


def _described(post: Post) -> dict[str, Any]:
    first = post.items[0]
    return {
        "pk": str(post.pk),
        "code": post.code,
        "media_id": post.media_id,
        "kind": str(post.kind),
        "through": post.through,
        "upload_id": post.upload_id,
        "taken_at": post.taken_at.isoformat(),
        "caption": post.caption,
        "alt_text": post.alt_text,
        "location": post.location,
        "comments_enabled": post.comments_enabled,
        "comments": [comment.text for comment in post.comments],
        "has_cover": post.cover is not None,
        "items": [_bytes_of(item) for item in post.items],
        **_bytes_of(first),
    }


def _bytes_of(item: Item) -> dict[str, Any]:
    return {
        "type": "video" if isinstance(item, Video) else "photo",
        "alt_text": item.alt_text,
        "width": item.width,
        "height": item.height,
        "bytes": len(item.data),
        "sha256": hashlib.sha256(item.data).hexdigest(),
    }
