"""The `flask db` command. What it needs is loaded when somebody calls it, not with the web."""

import importlib
from types import ModuleType

import click
from flask import current_app


class _Late(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        commands: click.Group = _migrating().commands
        return commands.list_commands(ctx)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        commands: click.Group = _migrating().commands
        return commands.get_command(ctx, name)


def _migrating() -> ModuleType:
    return importlib.import_module("takeover.migrating")


@click.group("db", cls=_Late)
@click.pass_context
def db_command(ctx: click.Context) -> None:
    """Bring the database's tables up to date, and write migrations."""
    ctx.obj = _migrating().alembic_of(current_app._get_current_object())  # type: ignore[attr-defined]
