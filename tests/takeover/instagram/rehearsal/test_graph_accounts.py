"""The Graph API of the rehearsal: who may read and change what, and how one comes by a key."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from PIL import Image

from takeover.clock import now
from takeover.instagram.publisher import Kind
from takeover.instagram.rehearsal.account import Account, Standing
from takeover.instagram.rehearsal.logins import APP_ID, APP_SECRET
from takeover.instagram.rehearsal.photos import look_at
from takeover.instagram.rehearsal.posts import Post
from takeover.instagram.rehearsal.server import Rehearsal, running
from takeover.instagram.rehearsal.tokens import EVERYTHING, LONG, Login
from tests.takeover.instagram.rehearsal.conftest import Graph, code_of

BACK = "http://127.0.0.1:9/back?from=ig"


def shown(account: Account, jpeg: Any, caption: str = "", kind: Kind = Kind.PHOTO) -> Post:
    return account.show(kind, (look_at(jpeg()),), upload_id="5", caption=caption)


# --- listings


def test_a_listing_comes_in_pages(graph: Graph, jpeg: Any) -> None:
    ids = [shown(graph.account, jpeg, str(n)).media_id for n in range(5)][::-1]
    path = f"{graph.account.ig_id}/media"
    first = graph.get(path, limit=2)
    assert [post["id"] for post in first["data"]] == ids[:2]
    second = requests.get(first["paging"]["next"], headers=graph.headers, timeout=5).json()
    assert [post["id"] for post in second["data"]] == ids[2:4]
    last = graph.get(path, limit=2, after=second["paging"]["cursors"]["after"])
    assert [post["id"] for post in last["data"]] == ids[4:]
    assert "next" not in last["paging"]
    back = graph.get(path, limit=2, before=last["paging"]["cursors"]["before"])
    assert [post["id"] for post in back["data"]] == ids[2:4]


def test_a_listing_may_begin_and_end_at_an_instant(graph: Graph, jpeg: Any) -> None:
    with time_machine.travel(now() - timedelta(hours=1)):
        old = shown(graph.account, jpeg).media_id
    new = shown(graph.account, jpeg).media_id
    between = int(now().timestamp()) - 600
    assert [post["id"] for post in graph.listed(since=between)] == [new]
    assert [post["id"] for post in graph.listed(until=between)] == [old]


def test_a_new_post_may_be_listed_late(graph: Graph, rehearsal: Rehearsal, jpeg: Any) -> None:
    rehearsal.behaviour.set(shown_after=60)
    shown(graph.account, jpeg)
    assert graph.listed() == []
    with time_machine.travel(now() + timedelta(seconds=61)):
        assert len(graph.listed()) == 1


def test_fields_that_do_not_exist_are_code_100(graph: Graph, jpeg: Any) -> None:
    post = shown(graph.account, jpeg)
    for fields in ("id,colour", "children{id", "id}"):
        assert code_of(graph.get(post.media_id, fields=fields)) == (100, 0)
    assert graph.get(post.media_id) == {"id": post.media_id}


def test_captions_may_come_without_at(graph: Graph, rehearsal: Rehearsal, jpeg: Any) -> None:
    post = shown(graph.account, jpeg, "With @somebody")
    rehearsal.behaviour.set(hides_at=True)
    assert graph.get(post.media_id, fields="caption")["caption"] == "With somebody"


# --- comments, and taking down


def test_comments_are_written_read_hidden_and_closed(graph: Graph, jpeg: Any) -> None:
    post = shown(graph.account, jpeg)
    id = graph.post(f"{post.media_id}/comments", message="First!")["id"]
    [comment] = graph.get(f"{post.media_id}/comments", fields="id,text,username")["data"]
    assert comment == {"id": id, "text": "First!", "username": graph.account.username}

    assert graph.post(id, hide="true") == {"success": True}
    assert post.comments[0].hidden
    assert graph.post(post.media_id, comment_enabled="false") == {"success": True}
    assert graph.get(post.media_id, fields="is_comment_enabled")["is_comment_enabled"] is False
    assert code_of(graph.post(f"{post.media_id}/comments", message="Late"))[0] == 10
    assert graph.ask("DELETE", id).json() == {"success": True}
    assert post.comments == []


def test_comments_that_make_no_sense_are_code_100(graph: Graph, jpeg: Any) -> None:
    post = shown(graph.account, jpeg)
    assert code_of(graph.post(f"{post.media_id}/comments")) == (100, 0)
    assert code_of(graph.post(f"{post.media_id}/comments", message="x" * 301)) == (100, 0)
    assert code_of(graph.post(post.media_id)) == (100, 0)
    assert code_of(graph.post("1/comments", message="x")) == (100, 33)


def test_only_facebooks_login_takes_posts_down(
    graph: Graph, by_instagram: Graph, jpeg: Any
) -> None:
    for kind in Kind:
        post = shown(graph.account, jpeg, kind=kind)
        assert code_of(by_instagram.ask("DELETE", post.media_id).json()) == (100, 33)
        deleted = {"success": True, "deleted_id": post.media_id}
        assert graph.ask("DELETE", post.media_id).json() == deleted
        assert code_of(graph.ask("DELETE", post.media_id).json()) == (100, 33)
    assert graph.account.posts() == []


# --- keys


def test_a_key_that_is_no_good_is_told_apart(graph: Graph, rehearsal: Rehearsal) -> None:
    path = f"{graph.url}/{graph.account.ig_id}/media"
    assert code_of(requests.get(path, timeout=5).json()) == (104, 0)
    wrong = {"Authorization": "Bearer EAArubbish"}
    assert code_of(requests.get(path, headers=wrong, timeout=5).json()) == (190, 0)
    rehearsal.accounts.expire("tokens")
    assert code_of(graph.get(f"{graph.account.ig_id}/media")) == (190, 463)


def test_an_error_has_metas_shape(graph: Graph) -> None:
    error = graph.container(image_url="http://127.0.0.1:9/a.jpg")["error"]
    assert error.keys() == {
        "message", "type", "code", "error_subcode", "is_transient", "error_user_title",
        "error_user_msg", "fbtrace_id",
    }  # fmt: skip
    assert error["type"] == "OAuthException"


@pytest.mark.parametrize("login", Login)
def test_every_deed_needs_its_permission(rehearsal: Rehearsal, login: Login, jpeg: Any) -> None:
    account = rehearsal.account
    post = shown(account, jpeg)
    basic = "instagram_basic" if login is Login.FACEBOOK else "instagram_business_basic"
    token = rehearsal.accounts.tokens.give(
        login, (account.username,), scopes=frozenset({basic}), at=now(), lasts=LONG
    )
    graph = Graph(rehearsal, account, token.secret)
    assert len(graph.listed()) == 1
    refused = [
        graph.container(image_url="http://127.0.0.1:9/a.jpg"),
        graph.publish("1"),
        graph.get(f"{account.ig_id}/content_publishing_limit"),
        graph.post(f"{post.media_id}/comments", message="x"),
        graph.post(post.media_id, comment_enabled="false"),
        graph.get("me/accounts"),
    ]
    if login is Login.FACEBOOK:
        refused += [graph.ask("DELETE", post.media_id).json(), graph.get(account.page_id)]
    assert {code_of(answer) for answer in refused} == {(10, 0)}


def test_personal_accounts_and_those_without_a_page_are_not_there(
    graph: Graph, by_instagram: Graph, jpeg: Any
) -> None:
    path = f"{graph.account.ig_id}/media"
    graph.account.linked = False
    assert code_of(graph.get(path)) == (100, 33)
    assert by_instagram.get(path)["data"] == []
    page = graph.get(graph.account.page_id, fields="instagram_business_account")
    assert page == {"id": graph.account.page_id}
    graph.account.standing = Standing.PERSONAL
    assert code_of(by_instagram.get(path)) == (100, 33)


def test_forty_accounts_stay_apart(jpeg: Any) -> None:
    out = io.BytesIO()
    Image.new("RGB", (400, 400)).save(out, "JPEG")
    names = [f"account{n}" for n in range(40)]

    with running(usernames=names) as rehearsal:

        def post_and_look(name: str) -> list[Any]:
            account = rehearsal.accounts.get(name)
            account.publish(look_at(out.getvalue()), upload_id="5", caption=name, alt_text="")
            graph = Graph(rehearsal, account, rehearsal.token(name))
            other = rehearsal.accounts.get(names[names.index(name) - 1])
            assert code_of(graph.get(f"{other.ig_id}/media")) == (100, 33)
            return graph.listed(fields="caption,id,shortcode")

        with ThreadPoolExecutor(8) as pool:
            listed = list(pool.map(post_and_look, names))
    assert [[post["caption"] for post in posts] for posts in listed] == [[n] for n in names]
    assert len({posts[0]["shortcode"] for posts in listed}) == 40
    assert len({posts[0]["id"] for posts in listed}) == 40


# --- both ways in


def agreed(rehearsal: Rehearsal, path: str, scopes: Any, **form: Any) -> dict[str, list[str]]:
    """Look at the page, press a button; what came back to the app."""
    given = {"client_id": APP_ID, "redirect_uri": BACK, "scope": ",".join(scopes), "state": "s 1"}
    url = f"{rehearsal.url}{path}"
    page = requests.get(url, params=given, timeout=5)
    assert page.status_code == 200
    assert all(scope in page.text for scope in scopes)
    filled = {"account": rehearsal.account.username, "scope": list(scopes), "answer": "yes"} | form
    answer = requests.post(url, params=given, data=filled, timeout=5, allow_redirects=False)
    assert answer.headers["Location"].startswith(BACK + "&")
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == ["s 1"]
    return back


def test_a_person_says_yes_by_facebook(rehearsal: Rehearsal) -> None:
    app = {"client_id": APP_ID, "client_secret": APP_SECRET}
    scopes = EVERYTHING[Login.FACEBOOK]
    code = agreed(rehearsal, "/v26.0/dialog/oauth", scopes)["code"][0]
    exchange = f"{rehearsal.url}/v26.0/oauth/access_token"

    def ask(**given: str) -> Any:
        return requests.get(exchange, params=app | given, timeout=5).json()

    assert "error" in ask(code=code, redirect_uri=BACK, client_secret="wrong")
    short = ask(code=code, redirect_uri=BACK)
    assert short["expires_in"] == 3600
    assert code_of(ask(code=code, redirect_uri=BACK)) == (100, 36009)

    long = ask(grant_type="fb_exchange_token", fb_exchange_token=short["access_token"])
    assert long["expires_in"] == 60 * 24 * 3600
    graph = Graph(rehearsal, rehearsal.account, long["access_token"])
    [page] = graph.get("me/accounts", fields="id,access_token,instagram_business_account")["data"]
    assert page["id"] == rehearsal.account.page_id
    assert page["instagram_business_account"]["id"] == rehearsal.account.ig_id

    by_page = Graph(rehearsal, rehearsal.account, page["access_token"])
    assert by_page.listed() == []
    told = graph.get("debug_token", input_token=page["access_token"])["data"]
    assert (told["type"], told["is_valid"], told["expires_at"]) == ("PAGE", True, 0)
    assert set(told["scopes"]) == scopes
    with time_machine.travel(now() + timedelta(days=61)):
        assert code_of(graph.get("me")) == (190, 463)
        assert by_page.listed() == []


def test_a_person_says_yes_by_instagram(rehearsal: Rehearsal) -> None:
    app = {"client_id": APP_ID, "client_secret": APP_SECRET, "grant_type": "authorization_code"}
    code = agreed(rehearsal, "/oauth/authorize", EVERYTHING[Login.INSTAGRAM])["code"][0]
    given = app | {"code": code, "redirect_uri": BACK}
    url = f"{rehearsal.url}/oauth/access_token"
    wrong = requests.post(url, data=given | {"redirect_uri": "http://x"}, timeout=5).json()
    assert wrong["error_type"] == "OAuthException"

    code = agreed(rehearsal, "/oauth/authorize", EVERYTHING[Login.INSTAGRAM])["code"][0]
    short = requests.post(url, data=given | {"code": code}, timeout=5).json()
    assert str(short["user_id"]) == rehearsal.account.ig_id

    def ask(path: str, **given: str) -> Any:
        return requests.get(f"{rehearsal.url}{path}", params=given, timeout=5).json()

    exchange = {"grant_type": "ig_exchange_token", "client_secret": APP_SECRET}
    long = ask("/access_token", **exchange, access_token=short["access_token"])
    assert long["expires_in"] == 60 * 24 * 3600
    refresh = {"grant_type": "ig_refresh_token", "access_token": long["access_token"]}
    assert code_of(ask("/refresh_access_token", **refresh)) == (100, 0)
    with time_machine.travel(now() + timedelta(days=2)):
        again = ask("/refresh_access_token", **refresh)["access_token"]
    with time_machine.travel(now() + timedelta(days=61)):
        assert code_of(ask("/refresh_access_token", **refresh)) == (190, 463)
        me = Graph(rehearsal, rehearsal.account, again).get("me", fields="user_id,username")
    assert me["user_id"] == rehearsal.account.ig_id
    assert me["username"] == rehearsal.account.username


@pytest.mark.parametrize("path", ["/oauth/authorize", "/v26.0/dialog/oauth"])
def test_a_person_may_say_no_or_less(rehearsal: Rehearsal, path: str) -> None:
    login = Login.FACEBOOK if "dialog" in path else Login.INSTAGRAM
    scopes = sorted(EVERYTHING[login])
    assert agreed(rehearsal, path, scopes, answer="no")["error"] == ["access_denied"]
    code = agreed(rehearsal, path, scopes, scope=scopes[:1])["code"][0]
    yes = rehearsal.accounts.logins.spend(code, login=login, redirect_uri=BACK, at=now())
    assert yes.scopes == {scopes[0]}


def test_the_login_page_knows_one_app(rehearsal: Rehearsal) -> None:
    for given in (
        {"client_id": "1", "redirect_uri": BACK},
        {"client_id": APP_ID, "redirect_uri": "javascript:alert(1)"},
        {"client_id": APP_ID, "redirect_uri": BACK, "response_type": "token"},
    ):
        asked = requests.get(f"{rehearsal.url}/oauth/authorize", params=given, timeout=5)
        assert asked.status_code == 400
