"""What every request of the app's private API has: a session, and a signed body."""

import json
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue

from takeover.instagram.rehearsal.account import Account
from takeover.instagram.rehearsal.accounts import the_accounts


def only_with_a_session() -> ResponseReturnValue | None:
    """Whose session it is decides whose account it is."""
    account = the_accounts().signed_in(request.headers.get("Authorization", ""))
    if account is None:
        return {"message": "login_required", "logout_reason": 8, "status": "fail"}, 403
    g.account = account
    return None


def the_account() -> Account:
    """The account that is signed in."""
    account: Account = g.account
    return account


def fail(message: str, status: int = 400) -> ResponseReturnValue:
    return {"message": message, "status": "fail"}, status


def signed_body() -> dict[str, Any]:
    """The JSON object in `signed_body=SIGNATURE.{…}`; empty when there is none."""
    return an_object(request.form.get("signed_body", "").partition(".")[2])


def an_object(value: object) -> dict[str, Any]:
    """An object that may be written as JSON inside of JSON; empty for anything else."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}
