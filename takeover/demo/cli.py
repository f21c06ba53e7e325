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
from takeover.demo.trial_posts import approved_posts, slots_from, week_that_is_on
from takeover.i18n import moment, week_span
from takeover.instagram.lending import lend, path_of
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.people.links import IN_A_MESSAGE, make_link
from takeover.people.mailing import address_of_link
from takeover.posts.models import Post, PostState
from takeover.programmes.models import Programme
from takeover.web import public_address, settings
from takeover.weeks.models import Week


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
    """Make so many approved photo posts that are due, each with a caption of its own.

    They are posts of the week that is on. Where nobody has it, somebody made up gets it.
    """
    programme = db.session.scalar(select(Programme).where(Programme.slug == slug))
    if programme is None:
        raise click.ClickException(f"There is no programme {slug}.")
    store, at = open_store(settings().media_url, spool=Path(settings().uploads_path)), now()
    slots = slots_from(_instant(due, at), count, apart=timedelta(seconds=apart))
    week = week_that_is_on(programme, session=db.session, at=at)
    if not all(week.has(slot) for slot in slots):
        raise click.UsageError(
            f"That is outside the week they would be put in, {_span(week)} "
            f"({programme.timezone}): they could not go out. Choose an instant of that week."
        )
    made = approved_posts(programme, slots, session=db.session, store=store, at=at)
    db.session.commit()
    click.echo(_told_of(made, at))


@demo.command("lend")
@with_appcontext
def lend_photo() -> None:
    """Print an address at which the photo of an approved post can be fetched by anybody."""
    post = db.session.scalar(
        select(Post).where(Post.state == PostState.APPROVED).order_by(Post.slot_at.desc()).limit(1)
    )
    if post is None:
        raise click.ClickException("There is no approved post, and no other's photo may be lent.")
    photo = post.pictures[0].media.rendition(RenditionKind.FEED)
    lent = lend(photo, post_id=post.id, session=db.session, at=now())
    db.session.commit()
    click.echo(public_address(path_of(lent)))


def _told_of(made: list[Post], at: datetime) -> str:
    programme, week = made[0].week.programme, made[0].week
    slots = [post.slot_at for post in made if post.slot_at]
    first, last = (moment(slot, programme.timezone) for slot in (min(slots), max(slots)))
    between = first if first == last else f"from {first} to {last}"
    when = "now" if max(slots) <= at else f"{between} ({programme.timezone})"
    what = "1 approved post" if len(made) == 1 else f"{len(made)} approved posts"
    is_due = "is due" if len(made) == 1 else "are due"
    whose = f"in the week {_span(week)}, which {week.person.name} has"
    return f"{what} of {programme.slug} {is_due} {when}, {whose}."


def _span(week: Week) -> str:
    return week_span(week.starts_on, week.ends_on)


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
