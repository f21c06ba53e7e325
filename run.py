#!/usr/bin/env python3
"""One command for everything: `python3 run.py help`.

Needs nothing but Python 3.11: it makes .venv from the locked versions the first time, then runs
the target. Only the standard library, and syntax that an older Python can still read, so that it
can say what is missing.
"""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

try:
    import fcntl
except ImportError:
    sys.exit("Takeover runs on Linux and macOS. On Windows, run it inside WSL.")

if sys.version_info < (3, 11):  # noqa: UP036  # this file alone may meet an older one
    version = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit(f"Takeover needs Python 3.11 or newer; {sys.executable} is Python {version}.")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed-by-run.txt"
RUNTIME = "requirements.txt"
TESTS = "requirements-test.txt"  # contains all of RUNTIME, at the same versions

STOP_SECONDS = 10

OFFLINE = re.compile(
    r"dns error|error sending request|connection (error|refused|broken)|NewConnectionError"
    r"|name resolution|name or service not known|network is unreachable|timed out"
    r"|from versions: none",
    re.IGNORECASE,
)

# For two cores: two of them wait for browsers half of the time. A fourth costs more than it does.
IN_PARALLEL = ["-n", "3", "--dist", "worksteal"]

CHECKS = (
    ("format", ["ruff", "format", "--check", "."]),
    ("lint", ["ruff", "check", "."]),
    ("types", ["mypy"]),
    ("imports", ["lint-imports"]),
    # Migrations match models, translations complete, house rules: they are tests. The tests come
    # last, so that their own summary is at the end.
    ("tests", ["pytest", *IN_PARALLEL]),
)


class Refused(Exception):
    """What was asked for cannot be done as asked; the message is for the person. Exit code 2."""


class Failed(Exception):
    """It went wrong on the way; the message is for the person. Exit code 1."""


class Stopped(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM; carries the signal's number."""


def prepare(lock: str) -> None:
    """Make .venv hold what `lock` names. Does nothing if it does already."""
    if is_prepared(lock):
        return
    with only_one_at_a_time(ROOT / "var" / "setup.lock"):
        if not is_prepared(lock):
            make_environment(lock)


def is_prepared(lock: str) -> bool:
    """The stamp is written last and removed first: a half-made environment has none."""
    with contextlib.suppress(OSError):
        return PYTHON.exists() and fingerprint(lock) in STAMP.read_text().splitlines()
    return False


def fingerprint(lock: str) -> str:
    digest = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    return f"{lock} {digest} python{sys.version_info[0]}.{sys.version_info[1]}"


@contextlib.contextmanager
def only_one_at_a_time(path: Path) -> Iterator[None]:
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another run.py is setting up; waiting for it …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_environment(lock: str) -> None:
    started = time.monotonic()
    say("Setting up .venv; the first time takes a minute …")
    troubles = []
    for install in (with_uv, with_venv, with_outer_pip):
        try:
            install(lock)
        except Unavailable as missing:
            troubles.append(str(missing))
            continue
        held = (RUNTIME, TESTS) if lock == TESTS else (RUNTIME,)
        STAMP.write_text("".join(fingerprint(each) + "\n" for each in held))
        say(f"Set up in {time.monotonic() - started:.0f} s.")
        return
    raise Failed(
        "Setting up stopped: no way to install packages worked.\n  - "
        + "\n  - ".join(troubles)
        + "\nInstalling uv, or your system's python3-venv package, is the usual way out."
    )


class Unavailable(Exception):
    """This way of installing does not work on this machine; the next one may."""


def with_uv(lock: str) -> None:
    uv = shutil.which("uv")
    if uv is None:
        raise Unavailable("uv: not on PATH")
    fresh_environment(lock, [uv, "venv", "--quiet", "--python", outer_python(), str(VENV)])
    hashes = ["--require-hashes", "--requirement", lock]
    quiet = ["--quiet", "--compile-bytecode"]  # else the first start would do it
    install([uv, "pip", "install", *quiet, "--python", str(PYTHON), *hashes])


def with_venv(lock: str) -> None:
    fresh_environment(lock, [outer_python(), "-m", "venv", str(VENV)])
    install([str(PYTHON), "-m", *pip_install(lock)])


def with_outer_pip(lock: str) -> None:
    """For a Python without ensurepip (Debian without python3-venv) that has a pip of its own."""
    fresh_environment(lock, [outer_python(), "-m", "venv", "--without-pip", str(VENV)])
    install([outer_python(), "-m", "pip", "--python", str(PYTHON), *pip_install(lock)[1:]])


def pip_install(lock: str) -> list[str]:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--retries", "2"]
    return ["pip", "install", *quiet, "--require-hashes", "--requirement", lock]


def fresh_environment(lock: str, command: list[str]) -> None:
    """Start from nothing, but add the tests' packages to an environment whose own are right."""
    if lock == TESTS and is_prepared(RUNTIME):
        return
    STAMP.unlink(missing_ok=True)
    if VENV.is_symlink():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    install(command)


def install(command: list[str]) -> None:
    done = subprocess.run(
        command, cwd=ROOT, env=clean_environ(), capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return
    told = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
    if OFFLINE.search("\n".join(told)):
        raise Failed(
            "Setting up stopped: the package index cannot be reached. Check that this machine is "
            "online, or that PIP_INDEX_URL (with uv: UV_DEFAULT_INDEX) names one it can reach, "
            "and run the same command again.\nThe installer's last word: " + told[-1].strip()
        )
    raise Unavailable(f"{' '.join(command[:4])} …: " + " ".join(told[-3:]))


def outer_python() -> str:
    """The Python that .venv is made from, also when run.py itself runs in .venv."""
    if sys.prefix == sys.base_prefix:
        return sys.executable
    major, minor = sys.version_info[:2]
    return str(Path(sys.base_prefix) / "bin" / f"python{major}.{minor}")


def clean_environ() -> dict[str, str]:
    """The environment less what would mix another Python's packages into ours, or have each of the
    many processes compile everything anew."""
    paths = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PIP_USER", "PIP_TARGET", "PIP_PREFIX"}
    unwanted = paths | {"PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def setup(arguments: list[str]) -> None:
    nothing_more("setup", arguments)
    prepare(TESTS)
    say("Ready: .venv holds everything.")


def demo(arguments: list[str]) -> NoReturn:
    prepare(RUNTIME)
    become("deploy.demo", arguments, Path.cwd())


def test(arguments: list[str]) -> NoReturn:
    prepare(TESTS)
    become("pytest", [*IN_PARALLEL, *arguments], ROOT)


def bench(arguments: list[str]) -> NoReturn:
    prepare(TESTS)
    become("bench", arguments, ROOT)


def torture(arguments: list[str]) -> NoReturn:
    prepare(TESTS)
    become("tests.torture", arguments, ROOT)


def become(module: str, arguments: list[str], folder: Path) -> NoReturn:
    """Turn into `python -m MODULE`, so that signals and the exit code are its own."""
    os.chdir(folder)
    environ = {**clean_environ(), "PYTHONPATH": str(ROOT)}
    os.execve(PYTHON, [str(PYTHON), "-m", module, *arguments], environ)  # noqa: S606


def check(arguments: list[str]) -> None:
    nothing_more("check", arguments)
    prepare(TESTS)
    stop_on_signals()
    failed = []
    for name, command in CHECKS:
        started = time.monotonic()
        code = run_step([str(VENV / "bin" / command[0]), *command[1:]])
        say(f"{'FAILED' if code else 'ok':7}{name:8}{time.monotonic() - started:6.1f} s")
        if code:
            failed.append(name)
    if failed:
        raise Failed(f"The check failed: {', '.join(failed)}.")


def run_step(command: list[str]) -> int:
    """Run a command in the foreground; it gets the time to clean up when this is stopped."""
    process = subprocess.Popen(command, cwd=ROOT, env=clean_environ())
    try:
        return process.wait()
    except Stopped as stopped:
        if stopped.args[0] != signal.SIGINT:  # Ctrl-C has reached it too
            process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        process.kill()
        raise


def stop_on_signals() -> None:
    def stop(number: int, _frame: FrameType | None) -> None:
        raise Stopped(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def help_(arguments: list[str]) -> None:
    del arguments
    say("python3 run.py TARGET\n")
    for name, (_, line) in TARGETS.items():
        say(f"  {name:7} {line}")


def nothing_more(target: str, arguments: list[str]) -> None:
    if arguments:
        raise Refused(f"'{target}' takes no more words; got: {' '.join(arguments)}")


TARGETS: dict[str, tuple[Callable[[list[str]], None], str]] = {
    "setup": (setup, "make .venv from the locked versions, and nothing else"),
    "demo": (demo, "run it all with made-up people: [--port N] [--folder DIR] [--reset]"),
    "test": (test, "run the tests; more words go to pytest: test -k rota"),
    "check": (check, "all that CI checks: format, lint, types, imports, tests"),
    "torture": (torture, "kill publishing at every step: [--short] [--seed N] [--runs N]"),
    "bench": (bench, "measure the ways that must be fast"),
    "help": (help_, "this list"),
}


def say(text: str) -> None:
    print(text, flush=True)


def main(words: list[str]) -> tuple[str | None, int]:
    name = words[0] if words else "help"
    if name in ("-h", "--help"):
        name = "help"
    if name not in TARGETS:
        return f"There is no target '{name}'. 'python3 run.py help' lists them all.", 2
    try:
        TARGETS[name][0](words[1:])
    except Refused as refused:
        return str(refused), 2
    except Failed as failed:
        return str(failed), 1
    except (Stopped, KeyboardInterrupt):
        return "Stopped.", 130
    except BrokenPipeError:
        return None, 1  # whoever read the output has gone
    except OSError as error:
        return f"run.py {name} stopped: {error}", 1
    return None, 0


if __name__ == "__main__":
    sentence, code = main(sys.argv[1:])
    if sentence:
        print(sentence, file=sys.stderr)
    sys.exit(code)
