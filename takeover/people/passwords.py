"""Passwords: argon2, never one that everybody tries first."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from takeover.people.common_passwords import common_passwords
from takeover.people.models import Person

SHORTEST = 10
FEWEST_DIFFERENT = 4
LONGEST = 200  # hashing is work; a megabyte of password is an attack

_hasher = PasswordHasher()


class PasswordTooShort(Exception):
    """Fewer than SHORTEST characters."""


class PasswordTooLong(Exception):
    """More than LONGEST characters."""


class PasswordTooCommon(Exception):
    """One of those that everybody tries first, or the person's own name or address."""


def set_password(person: Person, password: str) -> None:
    """Raises PasswordTooShort, PasswordTooLong, PasswordTooCommon. Ends the person's sessions."""
    if len(password) < SHORTEST:
        raise PasswordTooShort
    if len(password) > LONGEST:
        raise PasswordTooLong
    plain = password.casefold()
    own = {person.email, person.email.partition("@")[0], person.name.casefold()}
    if _is_common(plain) or plain in own:
        raise PasswordTooCommon
    person.password_hash = _hasher.hash(password)
    person.session_epoch += 1


def password_is(person: Person | None, password: str) -> bool:
    """Takes as long for somebody unknown, or without a password, as for anybody."""
    known = person.password_hash if person else None
    try:
        _hasher.verify(known or _nobodys(), password[:LONGEST])
    except VerificationError:
        return False
    return known is not None


@cache
def _nobodys() -> str:
    """Checked when nobody has that address, so that the answer takes as long as if."""
    return _hasher.hash("nobody has this password")


def _is_common(plain: str) -> bool:
    """`summer2026!` is as common as `summer`, and `aaaabbbbaaaa` needs no list."""
    stem = plain.rstrip("0123456789!.?@#$*-_")
    return len(set(plain)) < FEWEST_DIFFERENT or not common_passwords().isdisjoint({plain, stem})
