"""Meta's two logins: where a person is sent to, and what is behind the code they come back with.

Facebook's login lets us use accounts that are linked to a Page, Instagram's one account by itself.
Nothing here is kept; whoever calls says what becomes of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from takeover.instagram.graph.credentials import Ends, HostName
from takeover.instagram.graph.ends import ends_of
from takeover.instagram.graph.hurdles import Hurdle, NotLetIn
from takeover.instagram.graph.login_calls import Answer, Refused, ask, cursor_after

# What each permission is for stands in `takeover.instagram.login_words`.
NEEDED: Mapping[HostName, tuple[str, ...]] = {
    "facebook": (
        "instagram_basic",
        "instagram_content_publish",
        "pages_show_list",
        "pages_read_engagement",
    ),
    "instagram": ("instagram_business_basic", "instagram_business_content_publish"),
}
USEFUL: Mapping[HostName, tuple[str, ...]] = {
    "facebook": ("instagram_manage_comments", "instagram_manage_contents"),
    "instagram": ("instagram_business_manage_comments",),
}
_LONG = timedelta(days=60)  # where Meta does not say how long
_TOO_LONG = 10**9  # seconds: a number that is none
_PROFESSIONAL = {"BUSINESS", "MEDIA_CREATOR", "CREATOR"}
_PER_ANSWER = "100"
_MOST_ANSWERS = 20  # of a hundred Pages each


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Who we are to one of the two logins. `back` is the address people come back to."""

    host: HostName
    id: str
    secret: str = field(repr=False)
    back: str
    version: str
    stand_in: str | None = None  # one address for all of Meta

    @property
    def versioned(self) -> str:
        return f"{self.graph}/{self.version}"

    @property
    def graph(self) -> str:
        return self.stand_in or f"https://graph.{self.host}.com"

    @property
    def codes(self) -> str:
        """Where a code is changed for a token."""
        if self.host == "facebook":
            return f"{self.versioned}/oauth/access_token"
        return f"{self.stand_in or 'https://api.instagram.com'}/oauth/access_token"

    def dialog(self, state: str) -> str:
        """Where a person says yes or no. A permission they once refused is asked for again."""
        asked = {
            "client_id": self.id,
            "redirect_uri": self.back,
            "response_type": "code",
            "scope": ",".join(NEEDED[self.host] + USEFUL[self.host]),
            "state": state,
        }
        site = self.stand_in or f"https://www.{self.host}.com"
        if self.host == "instagram":
            return f"{site}/oauth/authorize?{urlencode(asked)}"
        again = urlencode({**asked, "auth_type": "rerequest"})
        return f"{site}/{self.version}/dialog/oauth?{again}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An Instagram account that we were let into."""

    ig_user_id: str
    username: str
    page_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetIn:
    """What a person has agreed to."""

    token: str = field(repr=False)
    ends: Ends
    accounts: tuple[Account, ...]
    lacks: tuple[str, ...]  # of the permissions that are useful

    def account(self, username: str) -> Account:
        """Raises NotLetIn where it is none of them."""
        name = username.removeprefix("@").casefold()
        for one in self.accounts:
            if one.username.casefold() == name:
                return one
        raise NotLetIn(Hurdle.WRONG_ACCOUNT, names=[one.username for one in self.accounts])


def redeem(app: App, code: str, *, at: datetime) -> LetIn:
    """From a code to a token of 60 days and the accounts it opens. Raises NotLetIn."""
    short, granted = _first_token(app, code)
    missing = [scope for scope in NEEDED[app.host] if scope not in granted]
    if missing:
        raise NotLetIn(Hurdle.PERMISSIONS, names=missing)
    token, expires_at = _long_token(app, short, at=at)
    ends = (known_ends(app, token) if app.host == "facebook" else None) or Ends(token=expires_at)
    accounts = _accounts_of_pages(app, token) if app.host == "facebook" else [_me(app, token)]
    lacks = tuple(scope for scope in USEFUL[app.host] if scope not in granted)
    return LetIn(token=token, ends=ends, accounts=tuple(accounts), lacks=lacks)


def renewed(app: App, token: str, *, at: datetime) -> tuple[str, datetime]:
    """Another 60 days for a long token that is not dead, and when they end. Raises NotLetIn."""
    if app.host == "facebook":
        return _long_token(app, token, at=at)
    asked = {"grant_type": "ig_refresh_token"}
    return _ending(_asked("GET", f"{app.graph}/refresh_access_token", asked, token=token), at=at)


def known_ends(app: App, token: str) -> Ends | None:
    """Of Facebook's login, None where it does not say. Raises NotLetIn where the key is no good."""
    for asker in filter(None, (app.id and f"{app.id}|{app.secret}", token)):
        try:
            ends = ends_of(token, versioned=app.versioned, asker=asker)
        except Refused:
            continue
        if ends is None:
            raise NotLetIn(Hurdle.CODE)
        return ends
    return None


def _first_token(app: App, code: str) -> tuple[str, frozenset[str]]:
    """A token of an hour, and what was granted."""
    form = {
        "client_id": app.id,
        "client_secret": app.secret,
        "grant_type": "authorization_code",
        "redirect_uri": app.back,
        "code": code,
    }
    try:
        answer = ask("POST", app.codes, form)
    except Refused as refused:
        raise NotLetIn(_hurdle_of_code(refused)) from None
    token = _token_in(answer)
    if app.host == "facebook":
        return token, _granted(_asked("GET", f"{app.versioned}/me/permissions", {}, token=token))
    said = answer.get("permissions")
    names = said.split(",") if isinstance(said, str) else said
    return token, frozenset(map(str, names)) if isinstance(names, list) else frozenset()


def _hurdle_of_code(refused: Refused) -> Hurdle:
    if refused.of_the_app:
        return Hurdle.APP
    return Hurdle.CODE if refused.is_clear else Hurdle.DOWN


def _long_token(app: App, token: str, *, at: datetime) -> tuple[str, datetime]:
    """In the body where that is possible: an address is what proxies keep."""
    if app.host == "instagram":
        asked = {"grant_type": "ig_exchange_token", "client_secret": app.secret}
        return _ending(_asked("GET", f"{app.graph}/access_token", asked, token=token), at=at)
    form = {
        "grant_type": "fb_exchange_token",
        "client_id": app.id,
        "client_secret": app.secret,
        "fb_exchange_token": token,
    }
    return _ending(_asked("POST", app.codes, form), at=at)


def _accounts_of_pages(app: App, token: str) -> list[Account]:
    pages = list(_pages(app, token))
    if not pages:
        raise NotLetIn(Hurdle.NO_PAGE)
    found = [_account_of_page(page) for page in pages]
    accounts = [account for account in found if account is not None]
    if not accounts:
        raise NotLetIn(Hurdle.NOT_LINKED)
    return accounts


def _pages(app: App, token: str) -> Iterator[dict[str, Any]]:
    """Every Page of that person. By its cursor, as the address that Meta gives for what follows
    has the key in it."""
    asked = {
        "fields": "id,name,access_token,instagram_business_account{id,username}",
        "limit": _PER_ANSWER,
    }
    for _answer in range(_MOST_ANSWERS):
        answer = _asked("GET", f"{app.versioned}/me/accounts", asked, token=token)
        yield from _objects(answer)
        after = cursor_after(answer)
        if after is None:
            return
        asked = {**asked, "after": after}


def _account_of_page(page: Mapping[str, Any]) -> Account | None:
    """A personal account, and one that is linked to no Page, both show up as none."""
    linked = page.get("instagram_business_account")
    if not isinstance(linked, dict):
        return None
    key = page.get("access_token")
    return Account(
        ig_user_id=_text(linked, "id"),
        username=_text(linked, "username"),
        page_token=key if isinstance(key, str) and key else None,
    )


def _me(app: App, token: str) -> Account:
    asked = {"fields": "user_id,username,account_type"}
    me = _asked("GET", f"{app.versioned}/me", asked, token=token)
    if str(me.get("account_type", "")).upper() not in _PROFESSIONAL:
        raise NotLetIn(Hurdle.PERSONAL)
    return Account(ig_user_id=_text(me, "user_id"), username=_text(me, "username"))


def _asked(method: str, url: str, said: Mapping[str, str], *, token: str = "") -> Answer:
    try:
        return ask(method, url, said, token=token)
    except Refused as refused:
        raise NotLetIn(Hurdle.APP if refused.of_the_app else Hurdle.DOWN) from None


def _granted(answer: Answer) -> frozenset[str]:
    said = _objects(answer)
    return frozenset(str(one.get("permission")) for one in said if one.get("status") == "granted")


def _ending(answer: Answer, *, at: datetime) -> tuple[str, datetime]:
    seconds = answer.get("expires_in")
    lasts = _LONG
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < _TOO_LONG:
        lasts = timedelta(seconds=seconds)
    return _token_in(answer), at + lasts


def _token_in(answer: Answer) -> str:
    return _text(answer, "access_token")


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value:
        raise NotLetIn(Hurdle.DOWN)
    return value


def _objects(answer: Answer) -> list[dict[str, Any]]:
    value = answer.get("data")
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise NotLetIn(Hurdle.DOWN)
    return value
