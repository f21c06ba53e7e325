"""Credentials at rest: encrypted, with a key that the database never sees."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from takeover.instagram.publisher import Ours
from takeover.web import settings


def seal(secret: str) -> bytes:
    return _box().encrypt(secret.encode())


def unseal(sealed: bytes) -> str:
    """Raises Ours where SECRET_KEY is no longer the one it was sealed with."""
    try:
        return _box().decrypt(sealed).decode()
    except InvalidToken:
        raise Ours("the account's session cannot be read with this SECRET_KEY") from None


def _box() -> Fernet:
    settings().require_secret_key()
    derived = HKDF(SHA256(), length=32, salt=None, info=b"takeover account sessions").derive(
        settings().secret_key.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
