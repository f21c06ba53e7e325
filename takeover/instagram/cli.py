"""The command that connects an account."""

from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from config import ConfigError
from takeover.clock import now
from takeover.db import db
from takeover.instagram.connecting import NotASession, connect
from takeover.programmes.models import Programme

account = AppGroup("account", help="The accounts that posts go out to.")

LARGEST_SESSION = 1_000_000  # bytes; a real one has a few thousand


@account.command("connect")
@click.option("--programme", "slug", required=True, help="The programme's short name.")
@click.option("--publisher", required=True, type=click.Choice(["instagrapi"]))
@click.option(
    "--session-file",
    required=True,
    type=click.Path(path_type=Path),
    help="The client's saved settings: what instagrapi's dump_settings() wrote.",
)
def connect_account(slug: str, publisher: str, session_file: Path) -> None:
    """Let a programme publish by a session that a person has made."""
    saved = _read(session_file)
    programme = db.session.scalar(select(Programme).where(Programme.slug == slug))
    if programme is None:
        known = ", ".join(db.session.scalars(select(Programme.slug).order_by(Programme.slug)))
        raise click.ClickException(
            f"There is no programme {slug}. "
            + (f"The programmes are: {known}." if known else "There are none yet.")
        )
    try:
        connect(programme, session=db.session, publisher=publisher, saved=saved, by=None, at=now())
    except NotASession as error:
        raise click.ClickException(
            f"{session_file} holds no session. Sign in with instagrapi on your own machine, "
            "save it with dump_settings(), and name that file."
        ) from error
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(
        f"{programme.slug} publishes to @{programme.account} now. "
        f"Delete {session_file}: whoever has it can use the account."
    )


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
