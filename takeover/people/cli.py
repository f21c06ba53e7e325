"""Letting people in from the command line: the first administrator comes in this way."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from takeover.clock import now
from takeover.db import db
from takeover.i18n import LANGUAGES, countries
from takeover.people.adding import BadAddress, add_person, find_person, give_role, tidy_email
from takeover.people.forms import LONGEST_ADDRESS, LONGEST_NAME, find_zone, plain_line
from takeover.people.links import make_link
from takeover.people.mailing import address_of_link
from takeover.people.models import Role


class Refused(click.ClickException):
    """One sentence, and exit code 1."""


def _tidy(_context: click.Context, _option: click.Parameter, said: str) -> str:
    try:
        address = tidy_email(said)
    except BadAddress:
        address = ""
    if not 0 < len(address) <= LONGEST_ADDRESS:
        raise click.BadParameter("Write a whole e-mail address, such as ana@example.com.")
    return address


def _tidy_name(_context: click.Context, _option: click.Parameter, said: str | None) -> str:
    name = plain_line(said) or ""
    if said is not None and not 0 < len(name) <= LONGEST_NAME:
        raise click.BadParameter(f"Write a name of 1 to {LONGEST_NAME} characters.")
    return name


def _tidy_zone(_context: click.Context, _option: click.Parameter, said: str) -> str:
    zone = find_zone(said)
    if zone is None:
        raise click.BadParameter(f"{said} is no time zone. Write one such as Europe/Paris.")
    return zone


def _tidy_countries(
    _context: click.Context, _option: click.Parameter, said: tuple[str, ...]
) -> list[str]:
    known = {code for code, _name in countries()}
    codes = [code.strip().upper() for code in said]
    for code in codes:
        if code not in known:
            raise click.BadParameter(f"{code} is no country. Write two letters, such as FR.")
    return codes


@click.group()
def people() -> None:
    """Let people in."""


@people.command()
@click.argument("email", callback=_tidy)
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What they may do. May be given several times.",
)
@click.option(
    "--country",
    "scopes",
    multiple=True,
    callback=_tidy_countries,
    help="For the role hr: a country they nominate people of, such as FR.",
)
@click.option("--name", callback=_tidy_name, help="For somebody new.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True)
@click.option("--timezone", callback=_tidy_zone, default="UTC", show_default=True)
@with_appcontext
def add(
    email: str, roles: tuple[str, ...], scopes: list[str], name: str, language: str, timezone: str
) -> None:
    """Add the person with the address EMAIL, or give somebody known more roles."""
    chosen = [Role(role) for role in roles]
    if Role.HR in chosen and not scopes:
        raise click.UsageError("The role hr needs at least one country: --country FR.")
    with _database():
        at = now()
        known = find_person(db.session, email)
        person = known or add_person(
            db.session,
            name=name or _name_in(email),
            email=email,
            language=language,
            timezone=timezone,
            by=None,
            at=at,
        )
        for role in chosen:
            give_role(person, role, by=None, at=at, countries=scopes)
        held = ", ".join(role.value for role in Role if role in person.roles)
        db.session.commit()
    click.echo(f"{email} {'was known' if known else 'is new'} and has: {held}.")


@people.command("sign-in-link")
@click.argument("email", callback=_tidy)
@with_appcontext
def sign_in_link(email: str) -> None:
    """Print a link that signs EMAIL in, once, within half an hour."""
    with _database():
        person = find_person(db.session, email)
        if person is None:
            raise Refused(
                f"Nobody has the address {email}. Add them: people add {email} --role ROLE"
            )
        if not person.roles:
            raise Refused(f"{email} has no role. Give one: people add {email} --role ROLE")
        secret = make_link(db.session, person, by=None, at=now())
        db.session.commit()
    click.echo(address_of_link(secret))


def _name_in(email: str) -> str:
    """`Amir Haddad`, of amir.haddad@example.com."""
    words = email.partition("@")[0].partition("+")[0].replace("_", ".").split(".")
    return (
        " ".join(word.capitalize() for word in words if word)[:LONGEST_NAME] or email[:LONGEST_NAME]
    )


@contextmanager
def _database() -> Iterator[None]:
    try:
        yield
    except (InterfaceError, OperationalError, ProgrammingError) as error:
        raise Refused(
            "The database does not answer, or its tables are not there yet. Look at DATABASE_URL, "
            "then run: flask --app wsgi db upgrade"
        ) from error
