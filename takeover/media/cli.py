"""The command that does to a file what an upload does."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from takeover.media.photos.opening import MOST_BYTES
from takeover.media.photos.rendering import Prepared, inspect, prepare
from takeover.media.refusals import Refused, TooHeavy

REFUSED = 2  # the exit code of a file that an upload would not take

media = AppGroup("media", help="Photos, as an upload treats them.")


@media.command("prepare")
@click.argument("input_file", metavar="INPUT", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_context
def prepare_file(context: click.Context, input_file: Path, folder: Path) -> None:
    """Make the renditions of the file INPUT in FOLDER.

    Prints one JSON object for each. A file that an upload would refuse: exit code 2, and why.
    """
    try:
        prepared = _prepared(_read(input_file))
    except Refused as refusal:
        click.echo(json.dumps({"refused": str(refusal)}, ensure_ascii=False))
        context.exit(REFUSED)
    for line in _written(prepared, folder):
        click.echo(json.dumps(line, ensure_ascii=False))


def _read(path: Path) -> bytes:
    """Raises TooHeavy, before it is in memory."""
    if not path.exists():
        raise click.ClickException(f"There is no file {path}. Look at its name and try again.")
    if not path.is_file():
        raise click.ClickException(f"{path} is not a file. Name a photo.")
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise TooHeavy(size=size, most=MOST_BYTES)
        return path.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}.") from error


def _prepared(data: bytes) -> Prepared:
    inspect(data)
    return prepare(data)


def _written(prepared: Prepared, folder: Path) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for made in prepared.renditions:
            path = folder / f"{made.kind.value}{made.format.suffix}"
            path.write_bytes(made.data)
            lines.append(
                {
                    "kind": made.kind.value,
                    "path": str(path),
                    "width": made.width,
                    "height": made.height,
                    "bytes": len(made.data),
                }
            )
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written to: {error.strerror}.") from error
    return lines
