"""Commands that load what they need when somebody calls them, not with every process.

Web, clock and worker load the same application; what only a command needs would cost each of them
its megabytes.
"""

import importlib
from typing import Any, cast

import click


class LateGroup(click.Group):
    """A group that is found at `where`, as "package.module:name", when it is first needed."""

    def __init__(self, name: str, where: str, help: str) -> None:  # as click has it
        super().__init__(name, help=help)
        self._where = where

    def list_commands(self, ctx: click.Context) -> list[str]:
        return self._real().list_commands(ctx)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return self._real().get_command(ctx, name)

    def invoke(self, ctx: click.Context) -> object:
        callback = self._real().callback
        if callback is not None:
            ctx.invoke(callback)
        return super().invoke(ctx)

    def _real(self) -> click.Group:
        return cast(click.Group, _found(self._where))


class LateCommand(click.Command):
    """A single command that is found at `where`, as "package.module:name", when it is called."""

    def __init__(self, name: str, where: str, help: str) -> None:  # as click has it
        super().__init__(name, help=help)
        self._where = where

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        return cast(click.Command, _found(self._where)).make_context(
            info_name, args, parent, **extra
        )


def _found(where: str) -> object:
    module, _, name = where.partition(":")
    found: object = getattr(importlib.import_module(module), name)
    return found
