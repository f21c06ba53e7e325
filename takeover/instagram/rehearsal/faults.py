"""What happens between asking and answering: a log of every request, and faults on demand."""

import re
import socket
from dataclasses import asdict, dataclass, field
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

    method        only of this method (GET, POST, …)
    skip          lets so many such requests pass first
    times         so many requests, then no more

    Nothing is done:
    status        answers this; a redirect (3xx) leads to the same place again
    drop_before   closes the connection
    stall         takes the request, and never answers

    It is done:
    late          after so many seconds, of which whoever asked knows nothing
    twice         two times, as when something on the way asks again; the second answer is given
    status_after  then answers this
    drop_after    then closes the connection
    cut           then closes the connection half-way through the answer
    delay         then waits so many seconds before it answers

    body          says this instead: a text as it is, anything else as JSON
    headers       says these besides
    """

    path: str
    method: str | None = None
    skip: int = 0
    times: int = 1
    status: int | None = None
    drop_before: bool = False
    stall: bool = False
    late: float = 0.0
    twice: bool = False
    status_after: int | None = None
    drop_after: bool = False
    cut: bool = False
    delay: float = 0.0
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            re.compile(self.path)
        except (re.error, TypeError) as error:
            raise NotAFault("`path` is not a regular expression.") from error
        if not isinstance(self.headers, dict):
            raise NotAFault("`headers` is not an object.")

    def strikes(self, method: str, path: str) -> bool:
        """Whether it is this request's turn; counts it."""
        if self.times <= 0 or self.method not in (None, method):
            return False
        if not re.search(self.path, path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: `what` names the view that answers it (`configure`, `media_publish`, …)."""

    what: str
    method: str
    path: str


class Wire:
    """The log and the faults of one rehearsal. Safe to use from several threads."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = Lock()
        self._woken = Event()
        self._stopped = False
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

    def clear_faults(self) -> None:
        """Nothing goes wrong any more; whoever waits is woken."""
        with self._lock:
            self._faults.clear()
            woken, self._woken = self._woken, Event()
            if self._stopped:
                self._woken.set()
        woken.set()

    def clear(self) -> None:
        """Forget every fault and the log."""
        self.clear_faults()
        with self._lock:
            self._log.clear()

    def stop(self) -> None:
        """Wake whoever waits, now and later."""
        self._stopped = True
        self.clear_faults()

    def _before(self) -> Response | None:
        g.fault = None
        if request.path.startswith(CONTROL):
            return None
        what = (request.endpoint or "unknown").rpartition(".")[2]
        with self._lock:
            self._log.append(Asked(what=what, method=request.method, path=request.path))
            fault = g.fault = next(
                (f for f in self._faults if f.strikes(request.method, request.path)), None
            )
        if fault is None:
            return None
        if fault.stall or fault.late:
            self._woken.wait(None if fault.stall else fault.late)
        if fault.drop_before or fault.stall:
            _hang_up()
        if fault.drop_before or fault.stall or fault.status is not None:
            return _says(fault, status=fault.status or 500)
        return None

    def _after(self, response: Response) -> Response:
        fault: Fault | None = g.get("fault")
        if fault is None:
            return response
        if fault.twice:
            response = self._again()
        if fault.delay:
            self._woken.wait(fault.delay)
        if fault.status is None and (fault.status_after or fault.body is not None):
            response = _says(fault, status=fault.status_after or response.status_code)
        response.headers.update(fault.headers)
        if fault.cut:
            whole = response.get_data()
            response.set_data(whole[: len(whole) // 2])
            response.headers["Content-Length"] = str(len(whole))
        if fault.drop_after:
            _hang_up()
        return response

    def _again(self) -> Response:
        """Do what was asked once more."""
        try:
            done = self._app.dispatch_request()
        except Exception as error:
            done = self._app.handle_user_exception(error)
        return self._app.make_response(done)


def _says(fault: Fault, *, status: int) -> Response:
    if isinstance(fault.body, str):
        kind = "text/html" if fault.body.startswith("<") else "text/plain"
        kind = "application/json" if fault.body.startswith("{") else f"{kind}; charset=utf-8"
        response = Response(fault.body, status, content_type=kind)
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
