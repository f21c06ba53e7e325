"""A PostgreSQL server of the tests' own, where the machine has one."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
USER = "postgres"


def is_here() -> bool:
    return bool(BINARIES)


@contextmanager
def running() -> Iterator[str]:
    """Start a server that listens on a socket only; gives the address of an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="takeover-pg-", dir="/tmp"))
    try:
        _own(folder)
        _call("initdb", "-D", folder / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = (
            f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off "
            "-c synchronous_commit=off -c full_page_writes=off -c max_connections=100"
        )
        _call("pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://{USER}@/postgres?host={folder}"
        finally:
            _call("pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _own(folder: Path) -> None:
    """The server refuses to run as root; Debian's package brings a user for it."""
    if os.geteuid() == 0:
        account = pwd.getpwnam(USER)
        os.chown(folder, account.pw_uid, account.pw_gid)


def _call(program: str, *words: object) -> None:
    command = [str(BINARIES[0] / program), *(str(word) for word in words)]
    as_user = {"user": USER, "group": USER, "extra_groups": []}
    extra: dict[str, Any] = as_user if os.geteuid() == 0 else {}
    # The server keeps what it inherits open; a pipe of ours would never end.
    subprocess.run(
        command,
        check=True,
        cwd="/tmp",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **extra,
    )
