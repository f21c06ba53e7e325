"""A program, not a module: makes what is to be made of a file, in a child process for each.

It is asked through the socket on its standard input, one message for each file: JSON, and with it
the file itself, an empty file for a video, and a pipe for the answer, all three open already. The
child that is forked for it gives up, before it looks at the first byte, what a hostile file could
use: memory and time without end, room on the disk, every way to open a file or a socket, and, where
the kernel has Landlock, to touch a file by its name or signal another process. The answer is lines
of JSON, the first with the child's number, the last followed by bytes.

Nothing of the application's settings is here: the program is started without its environment.
"""

import gc
import importlib
import json
import os
import resource
import signal
import socket
import traceback
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import Image

from takeover.media import recipe
from takeover.media.landlock import give_up_files
from takeover.media.photos import making as _photos  # noqa: F401  # loaded before the first fork
from takeover.media.refusals import Refused

IDLE = 60.0
"""Seconds without a question after which it ends; who needs it starts it again."""

LONGEST_QUESTION = 65_536


@dataclass(frozen=True)
class Limits:
    """Of one child: bytes of memory, seconds of CPU time, bytes written to one file."""

    memory: int
    seconds: int
    file: int
    nice: int


MAKERS = {
    # A HEIC of 100 megapixels takes 1 GB and 5 s.
    "photo": ("takeover.media.photos.making", Limits(2 << 30, 30, 0, 0)),
    # An hour of CPU time is a quarter of an hour in 4K; photos shall not wait for it.
    "video": ("takeover.media.videos.making", Limits(4 << 30, 3600, 400_000_000, 10)),
}


def main() -> None:
    asking = socket.socket(fileno=os.dup(0))
    asking.settimeout(IDLE)
    with open(os.devnull) as nothing:  # no child shall find the questions there
        os.dup2(nothing.fileno(), 0)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel clears away who is done
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for who asked; the socket then ends
    Image.init()  # Pillow would look for its plugins when it first saves
    gc.disable()  # the child of a photo is gone before it would pay
    gc.freeze()
    while True:
        try:
            asked, files, _, _ = socket.recv_fds(asking, LONGEST_QUESTION, 3)
        except TimeoutError:
            return
        if not asked:
            return
        _give_to_a_child(asking, json.loads(asked), files)
        for file in files:
            os.close(file)


def _give_to_a_child(asking: socket.socket, asked: dict[str, Any], files: list[int]) -> None:
    """It begins once its number is told: who asked believes nobody else about that."""
    wait, go = os.pipe()
    child = os.fork()
    if child == 0:
        asking.close()
        os.close(go)
        os.read(wait, 1)
        os.close(wait)
        _answer(asked, *files)
    os.write(files[-1], json.dumps({"pid": child}).encode() + b"\n")
    for end in (wait, go):
        os.close(end)


def _answer(asked: dict[str, Any], source: int, video: int, answer: int) -> None:
    """In the child, which ends here, one way or another."""
    try:
        module, limits = MAKERS[asked["kind"]]
        maker = importlib.import_module(module)
        if asked["kind"] != "photo":
            gc.enable()
        with open(source, "rb") as file, open(video, "r+b") as made, open(answer, "wb") as out:
            _confine(limits)
            _make(maker, file, made, out, recipe.from_json(asked["recipe"]))
    finally:
        os._exit(0)


def _make(
    maker: Any, source: BinaryIO, video: BinaryIO, out: BinaryIO, wanted: recipe.Recipe
) -> None:
    def say(**told: Any) -> None:
        out.write(json.dumps(told).encode() + b"\n")
        out.flush()

    try:
        made = maker.make(source, wanted, video=video, report=lambda part: say(part=part))
    except Refused as refusal:
        say(refused=type(refusal).__name__, facts=refusal.facts)
        return
    except MemoryError:
        say(refused=Refused.__name__, facts={})
        return
    except Exception as error:  # ours to mend; its message may be personal, its place is not
        say(broken=f"{type(error).__name__} at {_place(error)}")
        return
    video.flush()
    say(made=made.head())
    for rendition in made.renditions:
        out.write(rendition.data)


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__, limit=-1)[0]
    return f"{frame.filename}:{frame.lineno}"


def _confine(limits: Limits) -> None:
    os.nice(limits.nice)
    give_up_files()
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
