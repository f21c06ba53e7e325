"""Everything one rehearsal holds besides its wire: accounts, tokens, how it behaves."""

from collections.abc import Iterable, Iterator

from flask import current_app

from takeover.clock import now
from takeover.instagram.rehearsal.account import Account
from takeover.instagram.rehearsal.behaviour import Behaviour
from takeover.instagram.rehearsal.logins import Logins
from takeover.instagram.rehearsal.posts import Comment, Post
from takeover.instagram.rehearsal.tokens import EVERYTHING, LONG, Login, Token, Tokens


class NotAMember(Exception):
    """There is no account of that name in the rehearsal."""


class Accounts:
    """The accounts by their username. The first is the one a rehearsal of one account has."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._begun_with = {account.username: account for account in accounts}
        self._all = dict(self._begun_with)
        self.behaviour = Behaviour()
        self.tokens = Tokens()
        self.logins = Logins()

    def __iter__(self) -> Iterator[Account]:
        return iter(list(self._all.values()))

    @property
    def first(self) -> Account:
        return next(iter(self._all.values()))

    def get(self, username: str) -> Account:
        """With or without @; raises NotAMember."""
        try:
            return self._all[username.removeprefix("@")]
        except KeyError:
            raise NotAMember(username) from None

    def add(self, username: str, *, full_name: str = "") -> Account:
        """A new account, or the one there is."""
        name = username.removeprefix("@")
        if name not in self._all:
            self._all[name] = Account(
                username=name, full_name=full_name or name, number=len(self._all)
            )
        return self._all[name]

    def reset(self) -> None:
        """The accounts it began with, empty, behaving as at first; no token and no session is good
        any more.
        """
        self._all = dict(self._begun_with)
        self.behaviour.reset()
        self.tokens.clear()
        self.logins.clear()
        for account in self._all.values():
            account.reset()

    def expire(self, what: str) -> None:
        """End every token, every container or every session; raises ValueError for other words."""
        if what == "tokens":
            self.tokens.expire()
        elif what == "containers":
            for account in self:
                account.containers.expire()
        elif what == "sessions":
            for account in self:
                account.sign_out()
        else:
            raise ValueError("There are tokens, containers and sessions.")

    def find(self, id: str) -> Account | None:
        """By username, or by the number any API gives it: its own, its Page's, the app's."""
        return next((a for a in self if id in (a.username, a.ig_id, a.page_id, str(a.pk))), None)

    def find_post(self, id: str) -> tuple[Account, Post] | None:
        for account in self:
            post = account.find_post(id)
            if post is not None:
                return account, post
        return None

    def find_comment(self, id: str) -> tuple[Account, Post, Comment] | None:
        for account in self:
            for post in account.posts():
                for comment in post.comments:
                    if comment.id == id:
                        return account, post, comment
        return None

    def signed_in(self, authorization: str) -> Account | None:
        """Whose session of the app this `Authorization` header belongs to."""
        return next((account for account in self if account.knows(authorization)), None)

    def token(self, account: Account, *, login: Login = Login.FACEBOOK, secret: str = "") -> Token:
        """A token that may do everything, as a person gets it who agrees to everything: a Page's,
        which never ends; by Instagram's own login, one that is good for 60 days.
        """
        facebook = login is Login.FACEBOOK
        return self.tokens.give(
            login,
            (account.username,),
            scopes=EVERYTHING[login],
            at=now(),
            lasts=None if facebook else LONG,
            page=facebook,
            secret=secret,
        )


def the_accounts() -> Accounts:
    """The accounts of the rehearsal that is answering now."""
    accounts: Accounts = current_app.extensions["rehearsal.accounts"]
    return accounts
