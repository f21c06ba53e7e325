"""People who were asked whether an app may use their accounts: their answers, as codes."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from takeover.instagram.rehearsal.tokens import Login

CODE_LASTS = timedelta(hours=1)

# The one app this Instagram knows, under the same name and secret for both logins.
APP_ID = "1200000000000001"
APP_SECRET = "rehearsal-app-secret"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes:
    """What a person agreed to."""

    login: Login
    accounts: tuple[str, ...]
    scopes: frozenset[str]
    redirect_uri: str
    at: datetime


class Logins:
    """Codes that were given out, and not yet brought back."""

    def __init__(self) -> None:
        self._codes: dict[str, Yes] = {}
        self._lock = Lock()

    def code(self, yes: Yes) -> str:
        made = secrets.token_urlsafe(40)
        with self._lock:
            self._codes[made] = yes
        return made

    def spend(self, code: str, *, login: Login, redirect_uri: str, at: datetime) -> Yes | None:
        """What the code stands for, once; None where it is used up, too old, or another's."""
        with self._lock:
            yes = self._codes.pop(code, None)
        if yes is None or yes.login is not login or yes.redirect_uri != redirect_uri:
            return None
        return yes if at < yes.at + CODE_LASTS else None

    def clear(self) -> None:
        with self._lock:
            self._codes.clear()
