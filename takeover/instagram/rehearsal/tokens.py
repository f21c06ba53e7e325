"""Keys to accounts, of the three kinds the Graph API knows, and what each may do."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import RLock

SHORT = timedelta(hours=1)
LONG = timedelta(days=60)
RIPE = timedelta(hours=24)  # a long-lived Instagram token is refreshed no earlier


class Login(StrEnum):
    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"


class Deed(StrEnum):
    """What needs a permission."""

    READ = "read"
    PUBLISH = "publish"
    COMMENT = "comment"
    DELETE = "delete"
    PAGES = "pages"
    PAGE = "page"


# The permission for each deed; a deed that is missing cannot be done by that login at all.
NEEDED = {
    Login.FACEBOOK: {
        Deed.READ: "instagram_basic",
        Deed.PUBLISH: "instagram_content_publish",
        Deed.COMMENT: "instagram_manage_comments",
        Deed.DELETE: "instagram_manage_contents",
        Deed.PAGES: "pages_show_list",
        Deed.PAGE: "pages_read_engagement",
    },
    Login.INSTAGRAM: {
        Deed.READ: "instagram_business_basic",
        Deed.PUBLISH: "instagram_business_content_publish",
        Deed.COMMENT: "instagram_business_manage_comments",
    },
}
EVERYTHING = {login: frozenset(needed.values()) for login, needed in NEEDED.items()}


PREFIX = {Login.FACEBOOK: "EAA", Login.INSTAGRAM: "IGAA"}


@dataclass(slots=True, kw_only=True)
class Token:
    """`accounts` are the usernames it is for; `page` says that it is a Page's, not a person's."""

    secret: str
    login: Login
    accounts: tuple[str, ...]
    scopes: frozenset[str]
    made_at: datetime
    expires_at: datetime | None
    page: bool = False
    expired: bool = False  # at once, whatever the time

    def is_dead(self, at: datetime) -> bool:
        return self.expired or (self.expires_at is not None and at >= self.expires_at)

    @property
    def long(self) -> bool:
        """Whether it was given out for long, or for ever."""
        return self.expires_at is None or self.expires_at - self.made_at > SHORT

    def may(self, deed: Deed) -> bool:
        return NEEDED[self.login].get(deed) in self.scopes


class Tokens:
    """Every token that was ever given out."""

    def __init__(self) -> None:
        self._all: dict[str, Token] = {}
        self._lock = RLock()

    def give(
        self,
        login: Login,
        accounts: tuple[str, ...],
        *,
        scopes: frozenset[str],
        at: datetime,
        lasts: timedelta | None,
        page: bool = False,
        secret: str = "",
    ) -> Token:
        """A new token; `secret` where it must be known beforehand."""
        made = Token(
            secret=secret or PREFIX[login] + secrets.token_hex(24),
            login=login,
            accounts=accounts,
            scopes=scopes,
            made_at=at,
            expires_at=None if lasts is None else at + lasts,
            page=page,
        )
        with self._lock:
            self._all[made.secret] = made
        return made

    def find(self, secret: str) -> Token | None:
        return self._all.get(secret)

    def expire(self) -> None:
        """End every token, as a changed password does."""
        with self._lock:
            for token in self._all.values():
                token.expired = True

    def clear(self) -> None:
        with self._lock:
            self._all.clear()
