"""Asking the private API: whose session it is, and what is on the account. Raw and in full.

The client's own listings say that an account is empty when they could not read it.
"""

from datetime import datetime
from typing import Any

from takeover.instagram.private import answers
from takeover.instagram.private.client import GatedClient
from takeover.instagram.private.verdicts import verdict
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    CannotTell,
    Kind,
    OutcomeUnknown,
    Reason,
    TheirsForNow,
)

_PAGES, _PAGE = 5, 30  # how far back to read the account: 150 posts


class Asking:
    def __init__(self, client: GatedClient) -> None:
        self._client = client
        self._pk = str(client.user_id)

    def is_for(self, account: str) -> bool:
        """Whether Instagram says that this session's user is the account, with or without @.

        Raises what it means where it says nothing.
        """
        answer = self._ask("accounts/current_user/?edit=true")
        if isinstance(answer, Exception):
            raise verdict(answer)
        user = answer.get("user")
        if not isinstance(user, dict):
            raise TheirsForNow("the session could not be checked")
        name = str(user.get("username")).casefold()
        return str(user.get("pk")) == self._pk and name == account.removeprefix("@").casefold()

    def feed_since(self, sent_at: datetime) -> list[answers.Media]:
        """The account's posts, raw, newest first (pinned ones before), back to shortly before."""
        items: list[answers.Media] = []
        params: dict[str, Any] = {"count": _PAGE}
        for _ in range(_PAGES):
            page = self.read(f"feed/user/{self._pk}/", params)
            items += answers.items_of(page)
            if not page.get("more_available") and not page.get("next_max_id"):
                return items
            if items and answers.taken_at(items[-1]) < sent_at - answers.EARLY:
                return items
            params["max_id"] = page.get("next_max_id")
        raise CannotTell("the account has too many posts since then")

    def stories(self) -> list[answers.Media]:
        return answers.stories_of(self.read(f"feed/user/{self._pk}/story/"))

    def newest(self, kind: Kind) -> list[answers.Media]:
        """What a post that was just published is among."""
        if kind is Kind.STORY:
            return self.stories()
        return answers.items_of(self.read(f"feed/user/{self._pk}/", {"count": _PAGE}))

    def read(self, endpoint: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """Raises AccountNeedsPerson, TheirsForNow where it asks to wait, else OutcomeUnknown."""
        answer = self._ask(endpoint, params)
        if not isinstance(answer, Exception):
            return answer
        meant = verdict(answer)
        if isinstance(meant, AccountNeedsPerson) or meant.reason is Reason.RATE_LIMITED:
            raise meant
        raise OutcomeUnknown(
            f"the account could not be read: {type(answer).__name__}", reason=meant.reason
        )

    def _ask(
        self, endpoint: str, params: dict[str, Any] | None = None
    ) -> dict[str, Any] | Exception:
        """An answer, or the error: raised anew elsewhere, so that no secret hangs on to it."""
        try:
            answer: dict[str, Any] = self._client.private_request(endpoint, params=params)
        except Exception as error:
            return error
        return answer
