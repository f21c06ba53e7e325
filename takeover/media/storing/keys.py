"""What files in a store are called: by what they contain, so that nothing is there twice."""

import re
from datetime import datetime
from typing import NamedTuple

BLOCK = 256 * 1024
"""Bytes that are in memory at a time when a file is read piece by piece."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_KEY = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}\.[a-z0-9]{1,8}")


class Stored(NamedTuple):
    """What a store tells of a file without opening it."""

    key: str
    bytes: int
    modified: datetime


class NotStored(LookupError):
    """No file has this key."""


class NotAKey(ValueError):
    """The text was never a key of ours: a path, a traversal, a made-up name."""


def key_of(digest: str, suffix: str) -> str:
    """`ab/abcd….jpg`, of a SHA-256 in hex and a suffix like `.jpg`. ValueError for others."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"not a SHA-256 in hex: {digest!r}")
    if not _SUFFIX.fullmatch(suffix):
        raise ValueError(f"not a suffix: {suffix!r}")
    return f"{digest[:2]}/{digest}{suffix}"


def is_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


def checked(key: str) -> str:
    """The key itself. Raises NotAKey."""
    if not is_key(key):
        raise NotAKey(key)
    return key


def digest_in(key: str) -> str:
    """The SHA-256 in hex that a file of this key must have."""
    return key[3:67]
