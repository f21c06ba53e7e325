"""The commands that run the clock, a worker, and one job by hand."""

from typing import cast

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from config import ConfigError
from takeover import schedule, work


def _app() -> Flask:
    return cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]


@click.command()
@with_appcontext
def clock() -> None:
    """Run every job when it is due, until stopped."""
    schedule.tick_until_stopped(_app())


@click.command()
@with_appcontext
def worker() -> None:
    """Do the work that is handed out, until stopped."""
    try:
        work.work_until_stopped(_app())
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


@click.command()
@click.argument("name")
@with_appcontext
def job(name: str) -> None:
    """Run the job NAME once, here, and wait until its work is done."""
    app = _app()
    work.do_here_and_now(app)
    try:
        schedule.run_once(app, name)
    except schedule.NoSuchJob as error:
        known = ", ".join(schedule.names(app))
        raise click.ClickException(f"There is no job {name}. The jobs are: {known}.") from error
