"""The command that begins a programme; everything after that is on its settings page."""

from zoneinfo import available_timezones

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from takeover.clock import now
from takeover.db import db
from takeover.i18n import LANGUAGES
from takeover.programmes.beginning import AccountTaken, SlugTaken, begin_programme

programme = AppGroup("programme", help="Programmes.")


@programme.command("add")
@click.argument("slug")
@click.option("--name", required=True, help='What people call it: "A week in a life of…"')
@click.option("--account", required=True, help="The Instagram username, with or without @")
@click.option("--timezone", required=True, help="The account's clock, e.g. Europe/Paris")
@click.option("--language", type=click.Choice(sorted(LANGUAGES)), default="en")
def add(slug: str, name: str, account: str, timezone: str, language: str) -> None:
    """Begin the programme SLUG (small letters, figures, hyphens)."""
    if timezone not in available_timezones():
        raise click.ClickException(f"There is no time zone {timezone}; try one like Europe/Paris.")
    try:
        begin_programme(
            db.session,
            slug=slug,
            name=name,
            account=account,
            timezone=timezone,
            language=language,
            by=None,
            at=now(),
        )
        db.session.commit()
    except SlugTaken as error:
        raise click.ClickException(f"There is a programme {slug} already.") from error
    except AccountTaken as error:
        raise click.ClickException(f"@{account} belongs to another programme.") from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    except SQLAlchemyError as error:
        raise click.ClickException(
            "The database is not ready. First run: flask --app wsgi db upgrade"
        ) from error
    click.echo(f"Begun. Its slots are at /programmes/{slug}/settings.")
