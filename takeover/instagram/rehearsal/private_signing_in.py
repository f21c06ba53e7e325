"""Signing in as instagrapi 3.2.2's `login()` does it, for accounts that were given a password.

Shapes: what the client asked and accepted when it was tried. Steps that only prepare are answered
with what the client needs to go on; the password is really opened and looked at, and so is a code.
"""

import base64
import hmac
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import request
from flask.typing import ResponseReturnValue

from takeover.clock import now
from takeover.instagram.rehearsal.account import Account
from takeover.instagram.rehearsal.accounts import the_accounts

_BLOKS = "com.bloks.www."
_STEP = 30  # seconds that a code is good for
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def find_answer(path: str) -> ResponseReturnValue | None:
    """None where it is no step of signing in, or nobody here has a password."""
    if not any(account.password for account in the_accounts()):
        return None
    if path == "/graphql_www":
        return {"data": {"1$usdid_registration(input:$input)": {"success": True}}}
    if path.endswith("/qe/sync/"):
        return {"status": "ok"}, _password_key()
    if path.endswith("/create_android_keystore/"):
        return {"challenge_nonce": _nonce(), "key_nonce": _nonce(), "status": "ok"}
    _, found, action = path.rstrip("/").rpartition(f"/{_BLOKS}")
    return _bloks(action) if found else None


def _bloks(action: str) -> ResponseReturnValue | None:
    if action == "bloks.caa.login.process_client_data_and_redirect":
        context = {"key": "CAA_ACCOUNT_ACCESS_CONTEXT:aac", "initial": _nonce()}
        return _payload(data=[{"data": context}])
    if action == "bloks.caa.login.async.send_login_request":
        return _password_given(_params()["client_input_params"])
    if action == "two_step_verification.verify_code.async":
        return _code_given(_params())
    if action.startswith(("caa.login.oauth", "two_step_verification.")):
        return _payload()
    return None


def _password_given(asked: dict[str, Any]) -> ResponseReturnValue:
    account = next(
        (one for one in the_accounts() if one.username == asked.get("contact_point")), None
    )
    if account is None or not account.password or _opened(asked["password"]) != account.password:
        return _payload()  # that is all Instagram says, too
    if account.totp_seed:
        account.sign_in_context = _nonce()
        return {**_payload(), "two_step_verification_context": account.sign_in_context}
    return _let_in(account)


def _code_given(asked: dict[str, Any]) -> ResponseReturnValue:
    context = asked["server_params"]["two_step_verification_context"]
    for account in the_accounts():
        if account.sign_in_context and account.sign_in_context == context:
            right = asked["client_input_params"]["code"] in _codes(account.totp_seed)
            return _let_in(account) if right else _payload()
    return _payload()


def _let_in(account: Account) -> dict[str, Any]:
    account.sign_out()
    session = base64.b64encode(json.dumps(account.session()["authorization_data"]).encode())
    headers = {"IG-Set-Authorization": f"Bearer IGT:2:{session.decode()}"}
    inner = {
        "login_response": json.dumps({"logged_in_user": {"pk": account.pk}, "status": "ok"}),
        "headers": json.dumps(headers),
        "cookies": "",
    }
    return _payload(action=f"(bk.action.caa.HandleLoginResponse {json.dumps(json.dumps(inner))})")


def _payload(**what: Any) -> dict[str, Any]:
    return {"layout": {"bloks_payload": what}, "status": "ok"}


def _params() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.form["params"])
    return found


def _password_key() -> dict[str, str]:
    pem = _KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        "ig-set-password-encryption-key-id": "7",
        "ig-set-password-encryption-pub-key": base64.b64encode(pem).decode(),
    }


def _opened(sealed: str) -> str:
    """Of `#PWD_INSTAGRAM:4:TIME:…`: version, key's number, nonce, key's length, key, tag, text."""
    time, text = sealed.rsplit(":", 2)[1:]
    raw = base64.b64decode(text)
    nonce, size = raw[2:14], int.from_bytes(raw[14:16], "little")
    key, tag, rest = raw[16 : 16 + size], raw[16 + size : 32 + size], raw[32 + size :]
    opened = AESGCM(_KEY.decrypt(key, padding.PKCS1v15())).decrypt(nonce, rest + tag, time.encode())
    return opened.decode()


def _codes(seed: str) -> set[str]:
    """The code of now, and the one before it."""
    key = base64.b32decode(seed + "=" * (-len(seed) % 8))
    counter = int(now().timestamp()) // _STEP
    return {_code(key, number) for number in (counter, counter - 1)}


def _code(key: bytes, counter: int) -> str:
    digest = hmac.digest(key, counter.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 0x0F
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def _nonce() -> str:
    return secrets.token_urlsafe(18)
