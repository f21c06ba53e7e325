"""The steps of a worker, counted: every commit and every word on the network, before and after.

At some of them it is killed, or stopped as by a machine that hangs. Put in after the fork, into
the worker only.
"""

import http.client
import os
import signal
from collections.abc import Callable, Collection
from typing import Any

from requests.adapters import HTTPAdapter
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.torture.instants import Shared

COMMIT = "commit"
NETWORK = "network"  # the steps at which no transaction is open
BYTES = f"{NETWORK} bytes"
WRITES = ("INSERT", "UPDATE", "DELETE")


class Steps:
    def __init__(
        self, shared: Shared, log: int, *, kills: Collection[int], freezes: Collection[int]
    ) -> None:
        """`kills` and `freezes` are numbers of steps, counted over all workers of a run; `log` is
        an open file that each is written into before it is done."""
        self._shared, self._log = shared, log
        self._kills, self._freezes = kills, freezes
        self._wrote = False

    def take(self, what: str) -> None:
        number = self._shared.count_step()
        os.write(self._log, f"{number} {what}\n".encode())
        if number in self._kills:
            os.kill(os.getpid(), signal.SIGKILL)
        if number in self._freezes and what.startswith(NETWORK):
            os.kill(os.getpid(), signal.SIGSTOP)

    def put_in(self, engine: Engine) -> None:
        dialect: Any = engine.dialect
        dialect.do_commit = self._around(dialect.do_commit, self._commit)
        event.listen(engine, "before_cursor_execute", self._notice)
        adapter: Any = HTTPAdapter
        adapter.send = self._around(adapter.send, _request)
        connection: Any = http.client.HTTPConnection
        connection.send = self._around(connection.send, lambda *_: BYTES)

    def _notice(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self._wrote = self._wrote or statement.startswith(WRITES)

    def _commit(self, *_: object) -> str:
        wrote, self._wrote = self._wrote, False
        return COMMIT if wrote else f"{COMMIT} of nothing"

    def _around(self, act: Callable[..., Any], named: Callable[..., str]) -> Callable[..., Any]:
        def acting(*args: Any, **options: Any) -> Any:
            name = named(*args)
            self.take(f"{name} before")
            result = act(*args, **options)
            self.take(f"{name} after")
            return result

        return acting


def makes_a_difference(step: str) -> bool:
    """Whether whoever goes on after a death there finds something new."""
    return step.endswith(" after") and not step.startswith((BYTES, f"{COMMIT} of"))


def _request(_adapter: object, request: Any, *_: object) -> str:
    return f"{NETWORK} {request.method} {request.path_url.partition('?')[0]}"
