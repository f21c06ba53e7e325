"""Both ways a person lets an app use an account: the pages they see, and the tokens that follow.

Instagram's login: GET /oauth/authorize, POST /oauth/access_token, GET /access_token,
GET /refresh_access_token. Facebook's: GET /v26.0/dialog/oauth, GET /v26.0/oauth/access_token.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from takeover.clock import now
from takeover.instagram.rehearsal.accounts import the_accounts
from takeover.instagram.rehearsal.graph_publishing import VERSION
from takeover.instagram.rehearsal.logins import APP_ID, Yes
from takeover.instagram.rehearsal.tokens import EVERYTHING, Login

oauth = Blueprint("oauth", __name__, template_folder="templates")


@oauth.get("/oauth/authorize", defaults={"login": Login.INSTAGRAM, "major": 0})
@oauth.get(f"{VERSION}/dialog/oauth", defaults={"login": Login.FACEBOOK})
def ask(login: Login, major: int) -> ResponseReturnValue:
    """The question, to whoever is at the browser."""
    if request.args.get("client_id") != APP_ID:
        return _stop("Invalid app ID: the provided app ID does not look like a valid app ID.")
    if request.args.get("response_type", "code") != "code":
        return _stop("Invalid response_type.")
    if urlsplit(_back_to()).scheme not in ("http", "https"):
        return _stop("Invalid redirect_uri: this must be an address on the web.")
    return render_template(
        "rehearsal/login.html",
        login=login,
        accounts=list(the_accounts()),
        scopes=_scopes(),
        unknown=sorted(set(_scopes()) - EVERYTHING[login] - _HARMLESS),
    )


@oauth.post("/oauth/authorize", defaults={"login": Login.INSTAGRAM, "major": 0})
@oauth.post(f"{VERSION}/dialog/oauth", defaults={"login": Login.FACEBOOK})
def answer(login: Login, major: int) -> ResponseReturnValue:
    """Back to the app, with a code or with a no."""
    state = {"state": request.args["state"]} if "state" in request.args else {}
    chosen = tuple(name for name in request.form.getlist("account") if the_accounts().find(name))
    # Facebook takes a yes without a Page; Instagram has one account ticked at all times.
    is_nobodys = not chosen and login is Login.INSTAGRAM
    if request.form.get("answer") != "yes" or is_nobodys:
        no = {
            "error": "access_denied",
            "error_reason": "user_denied",
            "error_description": "Permissions error",
        }
        return redirect(_with(no | state))
    scopes = frozenset(request.form.getlist("scope")) & frozenset(_scopes())
    if login is Login.INSTAGRAM:
        chosen = chosen[:1]
    yes = Yes(login=login, accounts=chosen, scopes=scopes, redirect_uri=_back_to(), at=now())
    end = "#_" if login is Login.INSTAGRAM else ""
    return redirect(_with({"code": the_accounts().logins.code(yes), **state}) + end)


# What an app may ask for besides what the rehearsal makes a difference of.
_HARMLESS = {
    "ads_management", "ads_read", "business_management", "public_profile", "email",
    "instagram_manage_insights", "instagram_business_manage_insights",
    "instagram_business_manage_messages",
}  # fmt: skip


def _scopes() -> list[str]:
    return [s for s in request.args.get("scope", "").replace(" ", ",").split(",") if s]


def _back_to() -> str:
    return request.args.get("redirect_uri", "")


def _with(said: dict[str, Any]) -> str:
    uri = _back_to()
    return f"{uri}{'&' if urlsplit(uri).query else '?'}{urlencode(said)}"


def _stop(why: str) -> ResponseReturnValue:
    return render_template("rehearsal/stopped.html", why=why), 400
