"""The commands that connect an account, and keep its credentials sealed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click
from flask.cli import AppGroup

from config import ConfigError
from takeover.clock import now
from takeover.db import db
from takeover.instagram.cli_status import account_status, disconnect_account, programme_called
from takeover.instagram.connecting import NotASession, Unreadable, connect, reseal_all
from takeover.instagram.doors import find_connection
from takeover.instagram.graph.credentials import Credentials, HostName
from takeover.instagram.letting_in_by_keys import DeadKey, connect_by_keys
from takeover.instagram.letting_in_by_password import connect_by_password
from takeover.instagram.meta_app import takes_passwords
from takeover.instagram.obstacles import NotSignedIn
from takeover.instagram.sign_in_words import words_of_obstacle
from takeover.programmes.models import Programme

T = TypeVar("T")

account = AppGroup("account", help="The accounts that posts go out to.")
account.add_command(account_status)
account.add_command(disconnect_account)

LARGEST_SESSION = 1_000_000  # bytes; a real one has a few thousand


@account.command("connect")
@click.option("--programme", "slug", required=True, help="The programme's short name.")
@click.option("--publisher", required=True, type=click.Choice(["graph", "instagrapi"]))
@click.option("--ig-user", "ig_user", help="graph: the account's number at Instagram.")
@click.option(
    "--host",
    type=click.Choice(["facebook", "instagram"]),
    default="facebook",
    show_default=True,
    help="graph: whose login gave the token, Facebook's or Instagram's.",
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    help="graph: the user's access token.",
)
@click.option(
    "--page-token-file",
    type=click.Path(path_type=Path),
    help="graph: the Page's access token, if there is one.",
)
@click.option(
    "--session-file",
    type=click.Path(path_type=Path),
    help="instagrapi: the client's saved settings, as its dump_settings() wrote them.",
)
@click.option(
    "--expires",
    type=click.DateTime(["%Y-%m-%d"]),
    help="graph: the day the token ends, where Meta does not say. Default: in 60 days.",
)
def connect_account(
    slug: str,
    publisher: str,
    ig_user: str | None,
    host: HostName,
    token_file: Path | None,
    page_token_file: Path | None,
    session_file: Path | None,
    expires: datetime | None,
) -> None:
    """Let a programme publish by what a person has made: a session, or an access token."""
    try:
        if publisher == "graph":
            keys = _keys(ig_user, host, token_file, page_token_file)
            until = expires.replace(tzinfo=UTC) if expires else None
            programme = programme_called(slug)
            connect_by_keys(programme.id, keys, session=db.session, at=now(), expires_at=until)
        else:
            saved = _read(_wanted(session_file, "--session-file"))
            programme = programme_called(slug)
            connect(
                programme, session=db.session, publisher=publisher, saved=saved, by=None, at=now()
            )
    except NotASession as error:
        raise click.ClickException(_WHAT_IS_WANTED[publisher]) from error
    except DeadKey as error:
        raise click.ClickException(
            "Meta says that this token opens nothing. Make a new one."
        ) from error
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    secrets = ", ".join(
        str(path) for path in (token_file, page_token_file, session_file) if path is not None
    )
    click.echo(
        f"{programme.slug} publishes to @{programme.account} now. "
        f"Delete {secrets}: whoever has it can use the account."
    )
    _say_when_it_ends(programme, is_told=expires is not None)


@account.command("login")
@click.option("--programme", "slug", required=True, help="The programme's short name.")
@click.option("--username", help="Of the account; default: as the programme's settings say.")
def login(slug: str, username: str | None) -> None:
    """Sign in to a programme's account as the Instagram app does, once, and keep the session.

    This breaks Instagram's terms of use and may cost the account. The password and the code are
    asked for, shown nowhere and forgotten.
    """
    if not takes_passwords():
        raise click.ClickException(
            "This is a demo, where everybody is anybody: nobody's real password belongs here."
        )
    programme = programme_called(slug)
    click.echo(f"This breaks Instagram's terms of use, and may cost you @{programme.account}.")
    password = click.prompt("Password on Instagram", hide_input=True)
    code = click.prompt(
        "Code of the second factor, or its key (empty: none)",
        default="",
        hide_input=True,
        show_default=False,
    )
    try:
        connect_by_password(
            programme.id,
            session=db.session,
            username=username or programme.account,
            password=password,
            code=code,
            by=None,
            at=now(),
        )
    except NotSignedIn as error:
        db.session.rollback()
        kept = words_of_obstacle(error.obstacle, programme=programme, until=error.until)
        raise click.ClickException(f"{kept.what_happened} {kept.what_to_do}") from None
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(
        f"{programme.slug} publishes to @{programme.account} now. The password is forgotten."
    )


@account.command("reseal")
def reseal_accounts() -> None:
    """Encrypt every account's credentials with SECRET_KEY, after it was changed."""
    try:
        count = reseal_all(db.session, at=now())
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    except Unreadable as error:
        raise click.ClickException(
            f"What opens the account of {error} cannot be read: name the SECRET_KEY it was "
            "connected with in SECRET_KEY_FALLBACKS, or connect it anew. Nothing was changed."
        ) from error
    db.session.commit()
    click.echo(f"{count} sealed anew. SECRET_KEY_FALLBACKS is needed for them no more.")


_WHAT_IS_WANTED = {
    "instagrapi": (
        "The file holds no session. Sign in with instagrapi on your own machine, save it with "
        "dump_settings(), and name that file."
    ),
    "graph": (
        "These are no keys of an account. --ig-user is its number at Instagram, digits only, and "
        "the token file holds the access token and nothing else."
    ),
}


def _say_when_it_ends(programme: Programme, *, is_told: bool) -> None:
    connection = find_connection(db.session, programme.id)
    if connection is not None and connection.expires_at is not None:
        is_known = is_told or "ends_asked_at" in connection.facts
        word = (
            "Access ends" if is_known else "Nobody says when access ends; we take it that it ends"
        )
        click.echo(f"{word} on {connection.expires_at:%Y-%m-%d}.")


def _keys(
    ig_user: str | None, host: HostName, token_file: Path | None, page_token_file: Path | None
) -> Credentials:
    return Credentials(
        host=host,
        ig_user_id=_wanted(ig_user, "--ig-user").strip(),
        user_token=_read(_wanted(token_file, "--token-file")).strip(),
        page_token=_read(page_token_file).strip() if page_token_file else None,
    )


def _wanted(value: T | None, option: str) -> T:
    if value is None:
        raise click.UsageError(f"{option} is needed for this publisher.")
    return value


def _read(path: Path) -> str:
    if not path.exists():
        raise click.ClickException(f"There is no file {path}. Look at its name and try again.")
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_SESSION).decode()
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path} is not a text file. Name the saved session.") from error
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}.") from error
