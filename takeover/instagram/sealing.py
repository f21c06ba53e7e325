"""Credentials at rest: encrypted, with a key that the database never sees.

The key may be changed: what an earlier one has sealed is read as long as that one is named in
SECRET_KEY_FALLBACKS, and `flask account reseal` seals it anew.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from takeover.instagram.publisher import Ours, Reason
from takeover.web import settings


def seal(secret: str) -> bytes:
    return _box().encrypt(secret.encode())


def unseal(sealed: bytes) -> str:
    """Raises Ours where none of our keys is the one it was sealed with."""
    try:
        return _box().decrypt(sealed).decode()
    except InvalidToken:
        text = "the account's session cannot be read with this SECRET_KEY"
        raise Ours(text, reason=Reason.TOKEN) from None


def reseal(sealed: bytes) -> bytes:
    """The same, sealed with the newest key. Raises Ours."""
    return seal(unseal(sealed))


def _box() -> MultiFernet:
    """It seals with the first key, and opens with any."""
    settings().require_secret_key()
    keys = (settings().secret_key, *settings().secret_key_fallbacks)
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    made = HKDF(SHA256(), length=32, salt=None, info=b"takeover account sessions")
    return base64.urlsafe_b64encode(made.derive(key.encode()))
