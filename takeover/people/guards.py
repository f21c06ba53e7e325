"""Who may use a route. Each route names its guard; one without is closed to everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, has_request_context, request
from flask_login import current_user

from takeover.people.models import Person, Role

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Guard:
    words: str
    lets_in: Callable[[Person | None], bool]

    def __call__(self, view: View) -> View:
        cast(Any, view).guard = self
        return view


anyone = Guard("anyone", lambda person: True)
signed_in = Guard("anyone signed in", lambda person: person is not None)


def only(*roles: Role) -> Guard:
    """People who hold one of these roles."""
    allowed = frozenset(roles)
    return Guard(
        " or ".join(role.value for role in roles),
        lambda person: person is not None and not allowed.isdisjoint(person.roles),
    )


def me() -> Person:
    """The person signed in. Only for views whose guard asked for one."""
    person = find_me()
    if person is None:
        abort(403)
    return person


def find_me() -> Person | None:
    """Who is signed in; None for a stranger, and where there is no request."""
    if not has_request_context() or not current_user.is_authenticated:
        return None
    return cast(Person, current_user._get_current_object())


def guard_of(app: Flask, endpoint: str) -> Guard | None:
    return getattr(app.view_functions[endpoint], "guard", None)


def init_app(app: Flask) -> None:
    anyone(app.view_functions["static"])
    app.before_request(_check)


def _check() -> None:
    if request.endpoint is None:
        return  # no such route: the 404 says so
    guard = guard_of(current_app, request.endpoint)
    if guard is anyone:
        return  # asking who it is would renew their session, on every file of ours
    if guard is None or not guard.lets_in(find_me()):
        abort(403)
