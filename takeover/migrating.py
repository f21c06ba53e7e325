"""How migrations are written and run. Loaded only by who migrates: Alembic takes megabytes.

Migrations hold the database's types, not ours, so that they last.
"""

from typing import Any, Literal, cast

import click
from alembic.autogenerate.api import AutogenContext
from flask import Flask, current_app
from flask_alembic import Alembic
from flask_alembic.cli import cli

from config import ROOT
from takeover.db import Instant, Model


@click.group("db", commands=cli.commands)
@click.pass_context
def commands(ctx: click.Context) -> None:
    """Flask-Alembic's own commands, with the application's Alembic."""
    ctx.obj = alembic_of(current_app._get_current_object())  # type: ignore[attr-defined]


def alembic_of(app: Flask) -> Alembic:
    """The application's Alembic, made when it is first asked for."""
    if "alembic" not in app.extensions:
        app.config.update(
            ALEMBIC={"script_location": str(ROOT / "migrations")},
            ALEMBIC_CONTEXT={
                "render_as_batch": True,  # SQLite alters a table by making it again
                "compare_type": True,
                "render_item": _render,
            },
        )
        Alembic(app, run_mkdir=False, command_name="", metadatas=Model.metadata)
    return cast(Alembic, app.extensions["alembic"])


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False
