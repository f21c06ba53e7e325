"""`flask rehearsal`: an Instagram on your own machine, to try publishing with."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from types import FrameType

import click

from takeover.instagram.rehearsal.account import Account
from takeover.instagram.rehearsal.accounts import Accounts
from takeover.instagram.rehearsal.faults import Wire
from takeover.instagram.rehearsal.logins import APP_ID, APP_SECRET
from takeover.instagram.rehearsal.server import HOST, create_rehearsal, made, serve
from takeover.instagram.rehearsal.tokens import PREFIX, Login

_SETTINGS = """\
An Instagram to rehearse with listens at {url}
Its accounts and their posts are in memory, and are gone when it stops.

Let the application use it:
  INSTAGRAM_GRAPH_URL={url}
  INSTAGRAM_RUPLOAD_URL={url}
  INSTAGRAM_PRIVATE_URL={url}
The app that it knows, for both of Meta's logins:
  FACEBOOK_APP_ID={app_id}
  FACEBOOK_APP_SECRET={app_secret}
  INSTAGRAM_APP_ID={app_id}
  INSTAGRAM_APP_SECRET={app_secret}
Let things go wrong: {url}/_rehearsal/
"""
_ACCOUNT = """
@{name}   {url}/{name}/
  Instagram id  {ig_id}
  Page token    {token}
  Officially    echo {token} > token
                flask --app wsgi account connect --programme PROGRAMME --publisher graph \
--ig-user {ig_id} --token-file token
  By the app    curl -s {url}/_rehearsal/sessions?account={name} > session.json
                flask --app wsgi account connect --programme PROGRAMME --publisher instagrapi \
--session-file session.json"""


class _ToldToStop(Exception):
    """SIGTERM arrived."""


@click.command("rehearsal")
@click.option("--port", default=8010, show_default=True, help="Where it listens on this machine.")
@click.option(
    "--account",
    "usernames",
    multiple=True,
    metavar="NAME",
    help="An account it has; may be given several times.  [default: aweekinalife]",
)
def rehearsal(port: int, usernames: tuple[str, ...]) -> None:
    """Run a stand-in for Instagram until you stop it: nothing leaves this machine."""
    app = create_rehearsal(*made(usernames))
    accounts: Accounts = app.extensions["rehearsal.accounts"]
    wire: Wire = app.extensions["rehearsal.wire"]
    try:
        server = serve(app, port=port)
    except (OSError, SystemExit) as error:
        raise click.ClickException(
            f"Nothing can listen on port {port}. Choose another with --port."
        ) from error
    _open(accounts)
    click.echo(_told(accounts, url=f"http://{HOST}:{server.server_port}"))
    with _stopping():
        server.serve_forever()
    wire.stop()
    server.server_close()


def _open(accounts: Accounts) -> None:
    """Give every account the same keys each time: what was connected stays connected."""
    for account in accounts:
        account.sign_in(_key_of(account))
        accounts.token(account, secret=PREFIX[Login.FACEBOOK] + _key_of(account))


def _key_of(account: Account) -> str:
    return sha256(f"rehearsal of {account.username}".encode()).hexdigest()[:48]


def _told(accounts: Accounts, *, url: str) -> str:
    lines = [_SETTINGS.format(url=url, app_id=APP_ID, app_secret=APP_SECRET)]
    lines += [_told_of(account, url) for account in accounts]
    return "\n".join(line.rstrip("\n") for line in lines)


def _told_of(account: Account, url: str) -> str:
    token = PREFIX[Login.FACEBOOK] + _key_of(account)
    return _ACCOUNT.format(name=account.username, ig_id=account.ig_id, url=url, token=token)


@contextmanager
def _stopping() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the block, and nothing else happen."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _ToldToStop

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except (KeyboardInterrupt, _ToldToStop):
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
