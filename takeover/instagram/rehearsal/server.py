"""The rehearsal as a WSGI application, and as a server on a port of the loopback address."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from takeover.instagram.rehearsal.account import Account
from takeover.instagram.rehearsal.control import control
from takeover.instagram.rehearsal.faults import Wire
from takeover.instagram.rehearsal.private_api import private_api

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A rehearsal that is being served."""

    url: str
    account: Account
    wire: Wire

    def reset(self) -> None:
        """No posts, no faults, an empty log, a new session."""
        self.wire.clear()
        self.account.reset()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Keep quiet: the rehearsal has a log of its own."""


def create_rehearsal(account: Account | None = None) -> Flask:
    """A stand-in Instagram with one account, empty unless one is given."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 32 * 1024 * 1024
    app.extensions["rehearsal.account"] = account or Account()
    app.extensions["rehearsal.wire"] = Wire(app)
    app.register_blueprint(private_api)
    app.register_blueprint(control)
    return app


@contextmanager
def running(account: Account | None = None, *, port: int = 0) -> Iterator[Rehearsal]:
    """Serve a rehearsal from a thread until the block ends; port 0 is any free one."""
    app = create_rehearsal(account)
    wire: Wire = app.extensions["rehearsal.wire"]
    server = make_server(HOST, port, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, args=(0.05,), name="rehearsal", daemon=True)
    thread.start()
    try:
        yield Rehearsal(
            url=f"http://{HOST}:{server.server_port}",
            account=app.extensions["rehearsal.account"],
            wire=wire,
        )
    finally:
        wire.stop()
        server.shutdown()
        thread.join()
        server.server_close()
