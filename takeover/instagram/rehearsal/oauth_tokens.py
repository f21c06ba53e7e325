"""From a code to a token, from a short token to a long one, and what a token says of itself."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from takeover.clock import now
from takeover.instagram.rehearsal.accounts import the_accounts
from takeover.instagram.rehearsal.graph_asking import alive, given, the_token
from takeover.instagram.rehearsal.graph_errors import GraphError, told, wrong
from takeover.instagram.rehearsal.graph_publishing import VERSION
from takeover.instagram.rehearsal.logins import APP_ID, APP_SECRET, Yes
from takeover.instagram.rehearsal.tokens import LONG, RIPE, SHORT, Login, Token

_DATA_ACCESS = timedelta(days=90)

oauth_tokens = Blueprint("oauth_tokens", __name__)
oauth_tokens.register_error_handler(GraphError, told)


@oauth_tokens.post("/oauth/access_token")
def instagram_code() -> ResponseReturnValue:
    """Instagram's login: a code for a token of one hour. Its errors have a shape of their own."""
    asked = given()
    if not _is_the_app(asked):
        return _refused("Invalid platform app")
    if asked.get("grant_type") != "authorization_code":
        return _refused("Invalid grant_type")
    yes = _spent(asked, Login.INSTAGRAM)
    if yes is None:
        return _refused("Matching code was not found or was already used")
    token = _given(yes, lasts=SHORT)
    account = the_accounts().get(yes.accounts[0])
    return {
        "access_token": token.secret,
        "user_id": int(account.ig_id),
        "permissions": sorted(yes.scopes),
    }


@oauth_tokens.get("/access_token")
def instagram_exchange() -> ResponseReturnValue:
    """Instagram's login: a token of one hour for one of 60 days."""
    asked = given()
    if asked.get("grant_type") != "ig_exchange_token":
        raise wrong("Invalid grant_type")
    if asked.get("client_secret") != APP_SECRET:
        raise GraphError("Error validating client secret.", 101)
    token = _of_instagram()
    if token.long:
        raise GraphError("Unsupported request - method type: get", 100)
    return _bearer(_renewed(token))


@oauth_tokens.get("/refresh_access_token")
def instagram_refresh() -> ResponseReturnValue:
    """Instagram's login: another 60 days, for a token that is a day old and not dead."""
    if given().get("grant_type") != "ig_refresh_token":
        raise wrong("Invalid grant_type")
    token = _of_instagram()
    if not token.long or now() < token.made_at + RIPE:
        raise GraphError("The access token cannot be refreshed yet.", 100)
    return _bearer(_renewed(token))


@oauth_tokens.route(f"{VERSION}/oauth/access_token", methods=["GET", "POST"])
def facebook_token(major: int) -> ResponseReturnValue:
    """Facebook's login: a code for a token of one hour, or that one for one of 60 days."""
    asked = given()
    if not _is_the_app(asked):
        raise GraphError("Error validating client secret.", 1)
    if asked.get("grant_type") == "fb_exchange_token":
        token = alive(str(asked.get("fb_exchange_token", "")))
        if token.login is not Login.FACEBOOK or token.page:
            raise GraphError("Invalid OAuth access token.", 190)
        return _bearer(_renewed(token))
    yes = _spent(asked, Login.FACEBOOK)
    if yes is None:
        raise GraphError("This authorization code has been used.", 100, 36009)
    return _bearer(_given(yes, lasts=SHORT))


@oauth_tokens.get(f"{VERSION}/debug_token")
def debug_token(major: int) -> ResponseReturnValue:
    """What a token of Facebook's login is: for the app (`id|secret`), or for who has a token."""
    asked = given()
    of_the_app = f"{APP_ID}|{APP_SECRET}"
    by_header = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if of_the_app not in (asked.get("access_token"), by_header):
        the_token()
    token = the_accounts().tokens.find(str(asked.get("input_token", "")))
    if token is None or token.login is Login.INSTAGRAM:
        error = {"code": 190, "message": "Invalid OAuth access token."}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    return {"data": _debugged(token)}


@oauth_tokens.get(f"{VERSION}/me/permissions")
def permissions(major: int) -> ResponseReturnValue:
    """What a person agreed to."""
    granted = sorted(the_token().scopes)
    return {"data": [{"permission": scope, "status": "granted"} for scope in granted]}


def _debugged(token: Token) -> dict[str, Any]:
    ends = int(token.expires_at.timestamp()) if token.expires_at else 0
    accounts = [the_accounts().get(name) for name in token.accounts]
    valid = not token.is_dead(now())
    session_over = {"code": 190, "message": "The session has expired.", "subcode": 463}
    return {
        "app_id": APP_ID,
        "type": "PAGE" if token.page else "USER",
        "application": "Takeover",
        "data_access_expires_at": int((token.made_at + _DATA_ACCESS).timestamp()),
        "expires_at": ends,
        "is_valid": valid,
        "issued_at": int(token.made_at.timestamp()),
        "scopes": sorted(token.scopes),
        "granular_scopes": [
            {"scope": scope, "target_ids": [account.ig_id for account in accounts]}
            for scope in sorted(token.scopes)
            if scope.startswith("instagram_")
        ],
        **({"profile_id": accounts[0].page_id} if token.page else {}),
        **({} if valid else {"error": session_over}),
    }


def _is_the_app(asked: dict[str, Any]) -> bool:
    return asked.get("client_id") == APP_ID and asked.get("client_secret") == APP_SECRET


def _spent(asked: dict[str, Any], login: Login) -> Yes | None:
    return the_accounts().logins.spend(
        str(asked.get("code", "")).removesuffix("#_"),
        login=login,
        redirect_uri=str(asked.get("redirect_uri", "")),
        at=now(),
    )


def _given(yes: Yes, *, lasts: timedelta) -> Token:
    return the_accounts().tokens.give(
        yes.login, yes.accounts, scopes=yes.scopes, at=now(), lasts=lasts
    )


def _renewed(token: Token) -> Token:
    return the_accounts().tokens.give(
        token.login, token.accounts, scopes=token.scopes, at=now(), lasts=LONG
    )


def _of_instagram() -> Token:
    token = the_token()
    if token.login is not Login.INSTAGRAM:
        raise GraphError("Invalid OAuth access token.", 190)
    return token


def _bearer(token: Token) -> ResponseReturnValue:
    lasts = (token.expires_at or now()) - token.made_at
    return {
        "access_token": token.secret,
        "token_type": "bearer",
        "expires_in": int(lasts.total_seconds()),
    }


def _refused(message: str) -> ResponseReturnValue:
    return {"error_type": "OAuthException", "code": 400, "error_message": message}, 400
