"""`flask demo`: fill an empty database with the company, and print a way in for each role."""

import click
from flask.cli import with_appcontext

from takeover.clock import now
from takeover.db import db
from takeover.demo.doors import DOORS, who_enters
from takeover.demo.filling import NotTheDemo, fill
from takeover.media.store import open_store
from takeover.people.links import IN_A_MESSAGE, make_link
from takeover.people.mailing import address_of_link
from takeover.web import settings


@click.group(invoke_without_command=True)
@click.pass_context
@with_appcontext
def demo(context: click.Context) -> None:
    """Fill the database with a made-up company, once, and print a sign-in link for each role."""
    if not settings().demo:
        raise click.ClickException(
            "This would fill the database with made-up people. It runs only where DEMO=1 is set."
        )
    if context.invoked_subcommand is not None:
        return
    try:
        fill(open_store(settings().media_url), at=now())
    except NotTheDemo as other:
        raise click.ClickException(
            f"The database holds the programme “{other.name}”, which is not the demo's. Nothing "
            "was changed. Set DATABASE_URL to an empty database, or leave DEMO unset."
        ) from other
    _print_ways_in()


def _print_ways_in() -> None:
    lines = []
    for door in DOORS:
        person = who_enters(db.session, door)
        if person is not None:
            secret = make_link(db.session, person, by=None, at=now(), lasts=IN_A_MESSAGE)
            lines.append(f"{door.label!s:<17} {address_of_link(secret)}")
    db.session.commit()
    click.echo("\n".join(lines))
