"""Giving up the file system for good (Landlock, since Linux 5.13): not even what needs no open
file, like removing one, can be done any more. Where the kernel has no Landlock, nothing happens.

Source: the kernel's userspace-api/landlock and include/uapi/linux/landlock.h.
"""

import ctypes
import os

_CREATE_RULESET, _RESTRICT_SELF = 444, 446  # the same on every architecture
_VERSION = 1  # flag: tell the version instead of making a ruleset
_NO_NEW_PRIVS = 38  # prctl, which Landlock asks for

# The rights that each version knows beside those of the one before.
_FILES = {1: 13, 2: 14, 3: 15, 5: 16}
_NETWORK_SINCE, _NETWORK = 4, 0b11  # bind, connect
_SCOPES_SINCE, _SCOPES = 6, 0b11  # abstract sockets, signals to others


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


_libc = ctypes.CDLL(None, use_errno=True)


def give_up_files() -> bool:
    """Whether the kernel agreed. Files that are open already stay open."""
    version = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return False
    rights = max(bits for since, bits in _FILES.items() if since <= version)
    rules = _Ruleset(
        (1 << rights) - 1,
        _NETWORK if version >= _NETWORK_SINCE else 0,
        _SCOPES if version >= _SCOPES_SINCE else 0,
    )
    size = 24 if version >= _SCOPES_SINCE else 16 if version >= _NETWORK_SINCE else 8
    handle = _libc.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if handle < 0:
        return False
    _libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    restricted: bool = _libc.syscall(_RESTRICT_SELF, handle, 0) == 0
    os.close(handle)
    return restricted
