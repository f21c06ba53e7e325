"""The Graph API, as far as reading goes: listings, and every node by its id."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from takeover.clock import now
from takeover.instagram.publisher import Kind
from takeover.instagram.rehearsal.account import Account
from takeover.instagram.rehearsal.accounts import the_accounts
from takeover.instagram.rehearsal.graph_asking import (
    Fields,
    chosen,
    for_deed,
    given,
    owned,
    reachable,
    the_token,
    wanted,
)
from takeover.instagram.rehearsal.graph_errors import GraphError, not_there, told, wrong
from takeover.instagram.rehearsal.graph_nodes import (
    account_node,
    comment_node,
    container_node,
    media_node,
    page_node,
)
from takeover.instagram.rehearsal.graph_publishing import VERSION
from takeover.instagram.rehearsal.posts import Post
from takeover.instagram.rehearsal.tokens import Deed, Login, Token

_PAGE, _LARGEST_PAGE = 25, 100

graph_reading = Blueprint("graph_reading", __name__)
graph_reading.register_error_handler(GraphError, told)


@graph_reading.get(f"{VERSION}/<ig_id>/media")
def media(major: int, ig_id: str) -> ResponseReturnValue:
    """Newest first, without stories."""
    account = _read(ig_id)
    return _listed(account, [post for post in _shown(account) if post.kind is not Kind.STORY])


@graph_reading.get(f"{VERSION}/<ig_id>/stories")
def stories(major: int, ig_id: str) -> ResponseReturnValue:
    """Those of the last 24 hours."""
    account = _read(ig_id)
    return _listed(account, [post for post in _shown(account) if post.kind is Kind.STORY])


@graph_reading.get(f"{VERSION}/me")
def me(major: int) -> ResponseReturnValue:
    """The account, by Instagram's login; the Page, for its own token; a person otherwise."""
    token = the_token()
    # A yes of Facebook's may be for no Page at all.
    account = the_accounts().get(token.accounts[0]) if token.accounts else the_accounts().first
    if token.login is Login.INSTAGRAM:
        for_deed(token, Deed.READ)
        node = {**account_node(account), "id": f"2{account.ig_id[1:]}"}
        return chosen(node, wanted(), kind="User")
    if token.page:
        return chosen(page_node(account, token=token.secret), wanted(), kind="Page")
    person = {"id": f"1{account.page_id[1:]}", "name": "Somebody at the company"}
    return chosen(person, wanted() or {"id": {}, "name": {}}, kind="User")


@graph_reading.get(f"{VERSION}/me/accounts")
def pages(major: int) -> ResponseReturnValue:
    """The Pages a person chose, each with a token of its own."""
    token = the_token()
    for_deed(token, Deed.PAGES)
    if token.page:
        raise wrong("Tried accessing nonexisting field (accounts) on node type (Page)")
    basic: Fields = {name: {} for name in ("access_token", "category", "name", "id", "tasks")}
    asked = given()
    limit = min(_number(asked, "limit") or _PAGE, _LARGEST_PAGE)
    begin = _number(asked, "after")  # Meta's own cursors say nothing to anybody
    names, fields = token.accounts[begin : begin + limit], wanted()
    nodes = [_page(the_accounts().get(name), token) for name in names]
    answer: dict[str, Any] = {"data": [chosen(one, fields or basic, kind="Page") for one in nodes]}
    if begin + limit < len(token.accounts):
        after = str(begin + limit)
        following = urlencode({**request.args.to_dict(), "after": after})
        answer["paging"] = {
            "cursors": {"after": after},
            "next": f"{request.base_url}?{following}",
        }
    return answer


@graph_reading.get(f"{VERSION}/<id>")
def node(major: int, id: str) -> ResponseReturnValue:
    """Whatever has that id: a container, a post, a comment, an account or a Page."""
    token = the_token()
    fields = wanted()
    for name in token.accounts:
        account = the_accounts().get(name)
        if id == account.page_id:
            for_deed(token, Deed.PAGE)
            return chosen(_page(account, token), fields, kind="Page")
        found = _node(account, id)
        if found is not None:
            for_deed(token, Deed.READ)
            reachable(account, token)
            return chosen(found[1], fields, kind=found[0])
    raise not_there(id)


def _node(account: Account, id: str) -> tuple[str, dict[str, Any]] | None:
    if id == account.ig_id:
        return "IGUser", account_node(account)
    container = account.containers.find(id)
    if container is not None:
        return "IGContainer", container_node(container, container.read_status(now()))
    for post in account.posts():
        if post.media_id == id and post.is_live(now()):
            return "IGMedia", media_node(account, post, the_accounts().behaviour)
        for comment in post.comments:
            if comment.id == id:
                return "IGComment", comment_node(comment, account)
    return None


def _page(account: Account, token: Token) -> dict[str, Any]:
    if token.page:
        return page_node(account, token=token.secret)
    made = the_accounts().tokens.give(
        Login.FACEBOOK,
        (account.username,),
        scopes=token.scopes,
        at=now(),
        # The Page's token of a long-lived one has no end; of another it ends with it.
        lasts=None if token.long or token.expires_at is None else token.expires_at - now(),
        page=True,
    )
    return page_node(account, token=made.secret)


def _read(ig_id: str) -> Account:
    token = the_token()
    for_deed(token, Deed.READ)
    return owned(ig_id, token)


def _shown(account: Account) -> list[Post]:
    """What is listed already."""
    at = now()
    late = timedelta(seconds=the_accounts().behaviour.shown_after)
    return [post for post in account.posts() if post.is_live(at) and post.taken_at + late <= at]


def _listed(account: Account, posts: Sequence[Post]) -> ResponseReturnValue:
    """A page of a listing: `limit`, `after`, `before`, `since`, `until` (seconds since 1970)."""
    asked = given()
    since, until = (_number(asked, name) for name in ("since", "until"))
    seconds = [(int(post.taken_at.timestamp()), post) for post in posts]
    kept = [p for at, p in seconds if since <= at and (not until or at <= until)]
    limit = min(_number(asked, "limit") or _PAGE, _LARGEST_PAGE)
    begin = _place(kept, asked.get("after"), after=True)
    if asked.get("before"):
        begin = max(0, _place(kept, asked["before"], after=False) - limit)
    page = kept[begin : begin + limit]
    behaviour, fields = the_accounts().behaviour, wanted()
    answer: dict[str, Any] = {
        "data": [chosen(media_node(account, p, behaviour), fields, kind="IGMedia") for p in page]
    }
    if page:
        cursors = {"before": page[0].media_id, "after": page[-1].media_id}
        answer["paging"] = {"cursors": cursors}
        if begin + limit < len(kept):
            following = urlencode({**request.args.to_dict(), "after": cursors["after"]})
            answer["paging"]["next"] = f"{request.base_url}?{following}"
    return answer


def _number(asked: dict[str, Any], name: str) -> int:
    value = str(asked.get(name) or "0")
    if not value.isdigit():
        raise wrong(f"The parameter {name} must be a number.")
    return int(value)


def _place(posts: Sequence[Post], cursor: object, *, after: bool) -> int:
    for index, post in enumerate(posts):
        if post.media_id == cursor:
            return index + after
    return len(posts) if cursor and after else 0
