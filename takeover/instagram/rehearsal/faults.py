"""What happens between asking and answering: a log of every request, and faults on demand."""

import re
import socket
from dataclasses import asdict, dataclass
from threading import Event, Lock
from typing import Any

from flask import Flask, Response, g, json, request

CONTROL = "/_rehearsal/"
_REDIRECTS = 3


class NotAFault(Exception):
    """A fault was described in a way that means nothing; the message says how."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong, for requests whose path matches `path` (a regular expression).

    status        answers this, and does nothing; a redirect (3xx) leads to the same place again
    status_after  does what was asked, then answers this
    drop_before   closes the connection, and does nothing
    drop_after    does what was asked, then closes the connection
    cut           does what was asked, then closes the connection half-way through the answer
    delay         does what was asked, then waits so many seconds before it answers
    body          says this instead: a text as it is, anything else as JSON
    times         so many requests, then no more
    """

    path: str
    status: int | None = None
    status_after: int | None = None
    drop_before: bool = False
    drop_after: bool = False
    cut: bool = False
    delay: float = 0.0
    body: Any = None
    times: int = 1

    def __post_init__(self) -> None:
        try:
            re.compile(self.path)
        except (re.error, TypeError) as error:
            raise NotAFault("`path` is not a regular expression.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: `what` names the view that answers it (`configure`, `feed`, `sign_in`, …)."""

    what: str
    method: str
    path: str


class Wire:
    """The log and the faults of one rehearsal. Safe to use from several threads."""

    def __init__(self, app: Flask) -> None:
        self._lock = Lock()
        self._stopping = Event()
        self._faults: list[Fault] = []
        self._log: list[Asked] = []
        app.before_request(self._before)
        app.after_request(self._after)

    def add(self, **fault: Any) -> None:
        """Let something go wrong, see Fault; raises NotAFault."""
        try:
            made = Fault(**fault)
        except TypeError as error:
            raise NotAFault("A fault is made of other things.") from error
        with self._lock:
            self._faults.append(made)

    def faults(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def log(self, what: str | None = None) -> list[Asked]:
        """Every request so far, oldest first, or only those of one kind."""
        with self._lock:
            return [asked for asked in self._log if what in (None, asked.what)]

    def clear(self) -> None:
        """Forget every fault and the log."""
        with self._lock:
            self._faults.clear()
            self._log.clear()

    def stop(self) -> None:
        """Wake whoever waits for a delay."""
        self._stopping.set()

    def _before(self) -> Response | None:
        g.fault = None
        if request.path.startswith(CONTROL):
            return None
        what = (request.endpoint or "unknown").rpartition(".")[2]
        with self._lock:
            self._log.append(Asked(what=what, method=request.method, path=request.path))
        fault = g.fault = self._take(request.path)
        if fault is not None and fault.drop_before:
            _hang_up()
        if fault is not None and (fault.drop_before or fault.status is not None):
            return _says(fault, status=fault.status or 500)
        return None

    def _after(self, response: Response) -> Response:
        fault: Fault | None = g.get("fault")
        if fault is None:
            return response
        if fault.delay:
            self._stopping.wait(fault.delay)
        if fault.status is None and (fault.status_after or fault.body is not None):
            response = _says(fault, status=fault.status_after or response.status_code)
        if fault.cut:
            whole = response.get_data()
            response.set_data(whole[: len(whole) // 2])
            response.headers["Content-Length"] = str(len(whole))
        if fault.drop_after:
            _hang_up()
        return response

    def _take(self, path: str) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and re.search(fault.path, path):
                    fault.times -= 1
                    return fault
        return None


def _says(fault: Fault, *, status: int) -> Response:
    if isinstance(fault.body, str):
        response = Response(fault.body, status, content_type="text/plain; charset=utf-8")
    else:
        said = {"message": "rehearsed", "status": "fail"} if fault.body is None else fault.body
        response = Response(json.dumps(said), status, content_type="application/json")
    if status // 100 == _REDIRECTS:
        response.location = request.path
    return response


def _hang_up() -> None:
    """Close the connection under the answer; works with werkzeug's server only."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
