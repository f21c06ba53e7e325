"""The rehearsal as a WSGI application, and as a server on a port of the loopback address."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from takeover.instagram.rehearsal.account import Account
from takeover.instagram.rehearsal.accounts import Accounts
from takeover.instagram.rehearsal.behaviour import Behaviour
from takeover.instagram.rehearsal.control import control
from takeover.instagram.rehearsal.faults import Wire
from takeover.instagram.rehearsal.graph_acting import graph_acting
from takeover.instagram.rehearsal.graph_publishing import graph_publishing
from takeover.instagram.rehearsal.graph_reading import graph_reading
from takeover.instagram.rehearsal.handling import Handler
from takeover.instagram.rehearsal.oauth import oauth
from takeover.instagram.rehearsal.oauth_tokens import oauth_tokens
from takeover.instagram.rehearsal.pages import screens
from takeover.instagram.rehearsal.private_acting import private_acting
from takeover.instagram.rehearsal.private_api import private_api
from takeover.instagram.rehearsal.private_publishing import private_publishing
from takeover.instagram.rehearsal.private_uploads import private_uploads
from takeover.instagram.rehearsal.tokens import Login

BLUEPRINTS = (
    private_uploads, private_publishing, private_acting, private_api,
    graph_publishing, graph_reading, graph_acting, oauth, oauth_tokens, control, screens,
)  # fmt: skip
HOST = "127.0.0.1"
LARGEST_BODY = 320 * 1024 * 1024  # bytes: a reel may have 300 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A rehearsal that is being served. `url` is the address of every door it has."""

    url: str
    accounts: Accounts
    wire: Wire

    @property
    def account(self) -> Account:
        """The one account, or the first of several."""
        return self.accounts.first

    @property
    def behaviour(self) -> Behaviour:
        return self.accounts.behaviour

    def token(self, username: str = "", *, login: Login = Login.FACEBOOK) -> str:
        """A token for the Graph API that may do everything, for the first account or another."""
        account = self.accounts.get(username) if username else self.account
        return self.accounts.token(account, login=login).secret

    def reset(self) -> None:
        """No posts, no faults, an empty log, new sessions, no tokens, as it behaves at first."""
        self.wire.clear()
        self.accounts.reset()


def create_rehearsal(*accounts: Account) -> Flask:
    """A stand-in Instagram with one account, empty unless others are given."""
    app = Flask(__name__, static_url_path="/_rehearsal/static")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.extensions["rehearsal.accounts"] = Accounts(accounts or (Account(),))
    app.extensions["rehearsal.wire"] = Wire(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def serve(app: Flask, *, port: int) -> BaseWSGIServer:
    """A server on the loopback address that is not running yet; port 0 is any free one."""
    return make_server(HOST, port, app, threaded=True, request_handler=Handler)


@contextmanager
def running(
    account: Account | None = None, *, port: int = 0, usernames: Sequence[str] = ()
) -> Iterator[Rehearsal]:
    """Serve a rehearsal from a thread until the block ends: of this account, or of new ones."""
    app = create_rehearsal(*((account,) if account else made(usernames)))
    wire: Wire = app.extensions["rehearsal.wire"]
    server = serve(app, port=port)
    thread = Thread(target=server.serve_forever, args=(0.02,), name="rehearsal", daemon=True)
    thread.start()
    try:
        yield Rehearsal(
            url=f"http://{HOST}:{server.server_port}",
            accounts=app.extensions["rehearsal.accounts"],
            wire=wire,
        )
    finally:
        wire.stop()
        server.shutdown()
        thread.join()
        server.server_close()


def made(usernames: Sequence[str]) -> list[Account]:
    """New accounts of these names, with or without @."""
    names = [username.removeprefix("@") for username in usernames]
    return [Account(username=name, full_name=name, number=n) for n, name in enumerate(names)]
