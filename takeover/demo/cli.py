"""`flask demo`: fill an empty database with the company, and print a way in for each role."""

from datetime import datetime, timedelta
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from takeover.clock import now
from takeover.db import db
from takeover.demo.company import SLUG
from takeover.demo.doors import DOORS, who_enters
from takeover.demo.filling import NotTheDemo, fill
from takeover.demo.trial_posts import approved_posts, slots_from
from takeover.instagram.lending import lend, path_of
from takeover.media.models import Rendition
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.people.links import IN_A_MESSAGE, make_link
from takeover.people.mailing import address_of_link
from takeover.posts.models import Post
from takeover.programmes.models import Programme
from takeover.web import public_address, settings


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


@demo.command("posts")
@click.option("--approved", "count", type=click.IntRange(1, 10_000), required=True)
@click.option("--due", required=True, help="When the first is due: “now”, or an instant, ISO 8601.")
@click.option("--apart", type=float, default=0.0, help="Seconds between two of them.")
@click.option("--programme", "slug", default=SLUG, show_default=True, help="Its short name.")
@with_appcontext
def posts(count: int, due: str, apart: float, slug: str) -> None:
    """Make so many approved photo posts that are due, each with a caption of its own."""
    programme = db.session.scalar(select(Programme).where(Programme.slug == slug))
    if programme is None:
        raise click.ClickException(f"There is no programme {slug}.")
    store, at = open_store(settings().media_url, spool=Path(settings().uploads_path)), now()
    slots = slots_from(_instant(due, at), count, apart=timedelta(seconds=apart))
    made = approved_posts(programme, slots, session=db.session, store=store, at=at)
    db.session.commit()
    click.echo(f"{len(made)} approved posts of {slug} are due.")


@demo.command("lend")
@with_appcontext
def lend_photo() -> None:
    """Print an address at which a photo of the demo can be fetched by anybody, for a day."""
    found = db.session.scalar(select(Rendition).where(Rendition.kind == RenditionKind.FEED))
    post = db.session.scalar(select(Post.id))
    if found is None or post is None:
        raise click.ClickException("There is no photo yet.")
    lent = lend(found, post_id=post, session=db.session, at=now())
    db.session.commit()
    click.echo(public_address(path_of(lent)))


def _instant(text: str, at: datetime) -> datetime:
    if text == "now":
        return at
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"--due: {text} is no instant.") from error
    if instant.tzinfo is None:
        raise click.UsageError("--due needs a time zone, such as +00:00.")
    return instant


def _print_ways_in() -> None:
    lines = []
    for door in DOORS:
        person = who_enters(db.session, door)
        if person is not None:
            secret = make_link(db.session, person, by=None, at=now(), lasts=IN_A_MESSAGE)
            lines.append(f"{door.label!s:<17} {address_of_link(secret)}")
    db.session.commit()
    click.echo("\n".join(lines))
