"""The Graph API, as far as it changes what is published: comments, and taking down."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from takeover.clock import now
from takeover.instagram.rehearsal.account import Account
from takeover.instagram.rehearsal.accounts import the_accounts
from takeover.instagram.rehearsal.graph_asking import (
    Fields,
    chosen,
    for_deed,
    given,
    reachable,
    the_token,
    wanted,
)
from takeover.instagram.rehearsal.graph_errors import GraphError, not_there, told, wrong
from takeover.instagram.rehearsal.graph_nodes import comment_node
from takeover.instagram.rehearsal.graph_publishing import VERSION
from takeover.instagram.rehearsal.parameters import is_true
from takeover.instagram.rehearsal.posts import Comment, Post
from takeover.instagram.rehearsal.tokens import Deed, Login, Token

LONGEST_COMMENT = 300  # characters

graph_acting = Blueprint("graph_acting", __name__)
graph_acting.register_error_handler(GraphError, told)


@graph_acting.get(f"{VERSION}/<id>/comments")
def comments(major: int, id: str) -> ResponseReturnValue:
    """Newest first."""
    account, post = _post(id, the_token(), Deed.COMMENT)
    basic: Fields = {name: {} for name in ("id", "text", "timestamp")}
    fields = wanted() or basic
    nodes = [comment_node(comment, account) for comment in reversed(post.comments)]
    return {"data": [chosen(node, fields, kind="IGComment") for node in nodes]}


@graph_acting.post(f"{VERSION}/<id>/comments")
def comment(major: int, id: str) -> ResponseReturnValue:
    account, post = _post(id, the_token(), Deed.COMMENT)
    message = str(given().get("message") or "")
    if not message:
        raise wrong("The parameter message is required.")
    if len(message) > LONGEST_COMMENT:
        raise wrong("The comment has more than 300 characters.")
    if not post.comments_enabled:
        raise GraphError("Comments are turned off for this media.", 10)
    return {"id": account.comment(post, message).id}


@graph_acting.post(f"{VERSION}/<id>")
def change(major: int, id: str) -> ResponseReturnValue:
    """`comment_enabled` of a post, `hide` of a comment."""
    token, asked = the_token(), given()
    found = _find_comment(id, token)
    if found is not None and "hide" in asked:
        for_deed(token, Deed.COMMENT)
        found[1].hidden = is_true(asked["hide"])
        return {"success": True}
    _, post = _post(id, token, Deed.COMMENT, verb="post")
    if "comment_enabled" not in asked:
        raise wrong("The parameter comment_enabled is required.")
    post.comments_enabled = is_true(asked["comment_enabled"])
    return {"success": True}


@graph_acting.delete(f"{VERSION}/<id>")
def delete(major: int, id: str) -> ResponseReturnValue:
    """A comment, or a post of any kind; posts by Facebook's login only."""
    token = the_token()
    found = _find_comment(id, token)
    if found is not None:
        for_deed(token, Deed.COMMENT)
        found[0].comments.remove(found[1])
        return {"success": True}
    if token.login is Login.INSTAGRAM:
        raise not_there(id, verb="delete")
    account, post = _post(id, token, Deed.DELETE, verb="delete")
    account.delete(post)
    return {"success": True, "deleted_id": id}


def _post(id: str, token: Token, deed: Deed, *, verb: str = "get") -> tuple[Account, Post]:
    """A post of the token's accounts; raises GraphError."""
    for name in token.accounts:
        account = the_accounts().get(name)
        for post in account.posts():
            if post.media_id == id and post.is_live(now()):
                for_deed(token, deed)
                reachable(account, token)
                return account, post
    raise not_there(id, verb=verb)


def _find_comment(id: str, token: Token) -> tuple[Post, Comment] | None:
    found = the_accounts().find_comment(id)
    return found[1:] if found is not None and found[0].username in token.accounts else None
