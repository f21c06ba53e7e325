"""What every request to the Graph API has: parameters, a token, fields; and who may do what."""

from collections.abc import Mapping
from typing import Any

from flask import request

from takeover.clock import now
from takeover.instagram.rehearsal.account import Account, Standing
from takeover.instagram.rehearsal.accounts import the_accounts
from takeover.instagram.rehearsal.graph_errors import GraphError, not_there, wrong
from takeover.instagram.rehearsal.tokens import Deed, Login, Token

Fields = dict[str, "Fields"]


def given() -> dict[str, Any]:
    """The parameters: in the address, as a form, or as JSON."""
    body = request.get_json(silent=True) if request.is_json else None
    return {**request.values.to_dict(), **(body if isinstance(body, dict) else {})}


def the_token(scheme: str = "Bearer") -> Token:
    """The token of this request, by header or parameter; raises GraphError 190."""
    said, _, secret = request.headers.get("Authorization", "").partition(" ")
    if said.lower() != scheme.lower():
        secret = str(given().get("access_token", "")) if scheme == "Bearer" else ""
    if not secret:
        raise GraphError("An access token is required to request this resource.", 104)
    return alive(secret.strip())


def alive(secret: str) -> Token:
    token = the_accounts().tokens.find(secret)
    if token is None:
        raise GraphError("Invalid OAuth access token - Cannot parse access token", 190)
    if token.is_dead(now()):
        raise GraphError("Error validating access token: Session has expired.", 190, 463)
    return token


def for_deed(token: Token, deed: Deed) -> None:
    """Raises GraphError 10 unless the token has the permission."""
    if not token.may(deed):
        raise GraphError("(#10) Application does not have permission for this action", 10)


def owned(id: str, token: Token) -> Account:
    """The professional account of that Instagram id; raises GraphError unless it is the token's."""
    account = the_accounts().find(id)
    if account is None or account.ig_id != id or account.username not in token.accounts:
        raise not_there(id, verb=request.method.lower())
    reachable(account, token)
    return account


def reachable(account: Account, token: Token) -> None:
    """Raises GraphError where Instagram's Graph API knows nothing of the account."""
    if account.standing is Standing.PERSONAL:
        raise not_there(account.ig_id)
    if token.login is Login.FACEBOOK and not account.linked:
        raise not_there(account.ig_id)


def wanted() -> Fields:
    """`fields=id,children{id,media_type}` as names with their own fields; raises GraphError."""
    return _parsed(str(given().get("fields", "")))


def chosen(node: Mapping[str, Any], fields: Fields, *, kind: str) -> dict[str, Any]:
    """Those fields of a node; without any, its id. What has no value is left out."""
    for name in fields:
        if name not in node:
            raise wrong(f"Tried accessing nonexisting field ({name}) on node type ({kind})")
    asked = {name: node[name] for name in fields or {"id": {}} if node[name] is not None}
    if "id" in node:
        asked["id"] = node["id"]
    return asked


def _parsed(text: str) -> Fields:
    stack: list[Fields] = [{}]
    name = ""
    for letter in text + ",":
        if letter == "{":
            inner: Fields = {}
            stack[-1][name.strip()] = inner
            stack.append(inner)
            name = ""
        elif letter in ",}":
            if name.strip():
                stack[-1][name.strip().partition(".")[0]] = {}
            name = ""
            if letter == "}":
                if len(stack) == 1:
                    raise wrong("Syntax error in the fields.")
                stack.pop()
        else:
            name += letter
    if len(stack) > 1:
        raise wrong("Syntax error in the fields.")
    return stack[0]
