"""The demo: one folder that holds everything, one command that runs and ends everything.

`python3 run.py demo` makes the environment and then becomes this.
"""

import argparse
import contextlib
import fcntl
import http.client
import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit

from deploy.group import STOP_SECONDS, Group, Stopped, stop_on_signals

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8000
PORTS = range(1, 65536)
START_SECONDS = 30
MARKER = "made-by-run-demo"
SANDBOX = "sandbox"
STAND_IN = {"INSTAGRAM_GRAPH_URL", "INSTAGRAM_RUPLOAD_URL", "INSTAGRAM_PRIVATE_URL"}
APPS = {f"{login}_APP_{part}" for login in ("FACEBOOK", "INSTAGRAM") for part in ("ID", "SECRET")}


class Refused(Exception):
    """What was asked for cannot be done as asked; the message is for the person."""


class Failed(Exception):
    """It went wrong on the way; the message is for the person."""


def main(words: Sequence[str]) -> int:
    try:
        run(options(words))
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2
    except (Failed, OSError) as failed:
        print(failed, file=sys.stderr)
        return 1
    except Stopped:
        say("\nStopped. Nothing is lost: the same command starts it again.")
    return 0


def options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="run.py demo", description="Run Takeover with made-up people, on this machine only."
    )
    parser.add_argument("--port", type=int, help=f"default: {FIRST_PORT}, or the next free one")
    parser.add_argument("--folder", type=Path, default=ROOT / "var/demo", help="default: var/demo")
    parser.add_argument("--reset", action="store_true", help="empty the demo's folder first")
    return parser.parse_args(words)


def run(chosen: argparse.Namespace) -> None:
    folder = chosen.folder.resolve()
    stop_on_signals()
    with listen(chosen.port) as server, claimed(folder):
        if chosen.reset:
            empty(folder)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        with Group() as group:
            run_in(group, folder, server, address)


def run_in(group: Group, folder: Path, server: socket.socket, address: str) -> None:
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)
    for left in logs.glob("*.log"):
        left.unlink()  # what is told of a failure must be of this one
    say_what_is_left_out()
    write_command(folder, address)
    # It loads the application once and forks web, clock and worker, which share its memory.
    together = group.start(
        [sys.executable, "-m", "deploy.together", str(logs), "db upgrade", "demo"],
        cwd=ROOT,
        env={**environment(folder, address), "BIND": f"fd://{server.fileno()}"},
        stdout=subprocess.PIPE,
        pass_fds=[server.fileno()],
    )
    port = server.getsockname()[1]
    server.close()
    # Ends when all three write to their logs.
    links = cast(IO[bytes], together.stdout).read().decode()
    wait_until_ready(port, together, logs)
    say(
        f"{links.strip()}\n\nIts commands: {shown(folder / 'flask')}\n"
        f"Takeover is at {address}  (logs: {shown(logs)}; Ctrl-C stops it)"
    )
    together.wait()
    raise Failed("The demo has stopped, because one of its processes ended.")


def wait_until_ready(port: int, process: subprocess.Popen[bytes], logs: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if is_ready(port):
            return
        time.sleep(0.05)
    for log in (logs / "first.log", logs / "web.log"):
        said = log.read_text(errors="replace").splitlines() if log.exists() else []
        errors = [line for line in said if "rror" in line]
        if errors:
            told = "\n".join(errors[-3:])
            raise Failed(f"The demo could not start; see {shown(log)}.\n{told}")
    raise Failed(f"The demo did not get ready. Its logs are in {shown(logs)}.")


def is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def environment(folder: Path, address: str) -> dict[str, str]:
    """Every setting, so that a demo never touches what the shell points at."""
    left_out = unset()
    theirs = {name: value for name, value in os.environ.items() if name not in left_out}
    return theirs | settings(folder, address)


def settings(folder: Path, address: str) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{folder}/takeover.db",
        "DEMO": "1",
        "MAIL_URL": "outbox:",
        "MALLOC_ARENA_MAX": "1",  # a second heap for every thread costs more than it gains here
        "MEDIA_URL": str(folder / "media"),
        "UPLOADS_PATH": str(folder / "uploads"),
        "PUBLIC_URL": address,
        "PUBLISHER": publisher(os.environ),
        "PYTHONUNBUFFERED": "1",
        "QUEUE_URL": f"sqlite:///{folder}/queue.db",
        "SECRET_KEY": secret_key(folder / "secret-key"),
        "STOP_SECONDS": str(STOP_SECONDS - 2),
        "TRUSTED_PROXIES": "0",
        "WEB_CONCURRENCY": "1",
    }


def unset() -> set[str]:
    return {
        "ACCESS_LOG", "ALARM_URLS", "FLASK_APP", "FLASK_DEBUG", "MAIL_FROM", "SECRET_KEY_FALLBACKS",
        *leading_to_instagram(os.environ),
    }  # fmt: skip


def leading_to_instagram(environ: Mapping[str, str]) -> set[str]:
    """What would have a demo use Instagram itself: all but a stand-in on this very machine, and
    the app that it knows."""
    elsewhere = {
        name
        for name in STAND_IN
        if urlsplit(environ.get(name, "")).hostname not in ("127.0.0.1", "localhost")
    }
    return elsewhere | (APPS if "INSTAGRAM_GRAPH_URL" in elsewhere else set())


def publisher(environ: Mapping[str, str]) -> str:
    """Where posts go while no account is connected: the shell's word counts with a stand-in."""
    has_stand_in = bool(STAND_IN - leading_to_instagram(environ))
    return environ.get("PUBLISHER") or SANDBOX if has_stand_in else SANDBOX


def say_what_is_left_out() -> None:
    """Of what the shell says about Instagram."""
    names = {name for name in leading_to_instagram(os.environ) if os.environ.get(name)}
    if os.environ.get("PUBLISHER", publisher(os.environ)) != publisher(os.environ):
        names.add("PUBLISHER")
    if names:
        say(
            f"Left out: {', '.join(sorted(names))}. A demo knows no Instagram but a stand-in on "
            "this machine, see docs/rehearsal.md; without one its posts go to a page of its own."
        )


def write_command(folder: Path, address: str) -> None:
    """FOLDER/flask is flask with this demo's settings. The key is read from its own file."""
    given = settings(folder, address)
    given |= {name: os.environ[name] for name in STAND_IN | APPS if os.environ.get(name)}
    shown = {name: given[name] for name in sorted(given.keys() - unset() - {"SECRET_KEY"})}
    script = [
        "#!/bin/sh",
        f"unset {' '.join(sorted(unset()))}",
        *(f"export {name}={shlex.quote(value)}" for name, value in shown.items()),
        f"SECRET_KEY=$(cat {shlex.quote(str(folder / 'secret-key'))}) && export SECRET_KEY",
        f'exec {shlex.quote(sys.executable)} -m flask --app {shlex.quote(str(ROOT / "wsgi"))} "$@"',
    ]
    command = folder / "flask"
    command.write_text("\n".join(script) + "\n")
    command.chmod(0o700)


def secret_key(path: Path) -> str:
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


@contextlib.contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """The folder is known by its marker, and the marker is locked while the demo runs."""
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file. Choose a folder with --folder.")
    if folder.is_dir() and not (folder / MARKER).exists() and any(folder.iterdir()):
        raise Refused(
            f"{folder} holds things that no demo made; they are left alone. "
            "Choose an empty or a new folder with --folder."
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / MARKER).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"A demo is running in {folder} already. "
                "Stop it, or choose another folder with --folder."
            ) from None
        yield


def empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != MARKER:
            entry.unlink()


def listen(port: int | None) -> socket.socket:
    """A socket on the port asked for, or on the first free one.

    The web is handed the socket itself, so that nobody takes the port in between.
    """
    if port is not None and port not in PORTS:
        raise Refused(f"{port} is not a port. Choose one from 1024 to {PORTS[-1]} with --port.")
    for candidate in [port] if port else range(FIRST_PORT, FIRST_PORT + 100):
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", candidate))
            server.listen()
        except OSError:
            server.close()
        else:
            return server
    raise Refused(f"Port {port or FIRST_PORT} is taken. Choose another with --port.")


def shown(path: Path) -> Path:
    """The path as short as it can be said from where the person stands."""
    with contextlib.suppress(ValueError):
        return path.relative_to(Path.cwd())
    return path


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
