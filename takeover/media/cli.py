"""Commands: what an upload does to a file, and whether all files are as they should be."""

import json
import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, cast

import click
from flask.cli import AppGroup

from takeover.clock import now
from takeover.db import db
from takeover.media import confining
from takeover.media.erasing import forget_files
from takeover.media.made import Made
from takeover.media.recipe import Recipe
from takeover.media.recognising import HEAD, Format, recognise
from takeover.media.refusals import Refused
from takeover.media.store import Store, open_store
from takeover.media.verifying import Trouble, named_files, orphans, trouble_with
from takeover.web import settings

REFUSED = 2  # the exit code of a file that an upload would not take

media = AppGroup("media", help="Photos and videos, as an upload treats them.")


@media.command("prepare")
@click.argument("input_file", metavar="INPUT", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_context
def prepare_file(context: click.Context, input_file: Path, folder: Path) -> None:
    """Make the renditions of the file INPUT in FOLDER.

    Prints one JSON object for each. A file that an upload would refuse: exit code 2, and why.
    """
    with _opened(input_file) as source, NamedTemporaryFile() as video:
        try:
            made = confining.make(source, _form(source), Recipe(), video=cast(BinaryIO, video))
        except (Refused, confining.Crashed) as refusal:
            sentence = refusal if isinstance(refusal, Refused) else Refused()
            click.echo(json.dumps({"refused": str(sentence)}, ensure_ascii=False))
            context.exit(REFUSED)
        for line in _written(made, Path(video.name), folder):
            click.echo(json.dumps(line, ensure_ascii=False))


def _opened(path: Path) -> BinaryIO:
    if not path.exists():
        raise click.ClickException(f"There is no file {path}. Look at its name and try again.")
    if not path.is_file():
        raise click.ClickException(f"{path} is not a file. Name a photo or a video.")
    try:
        return path.open("rb")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}.") from error


def _form(source: BinaryIO) -> Format:
    """Raises Refused."""
    try:
        form = recognise(source.read(HEAD))
    except OSError as error:
        raise click.ClickException(f"It cannot be read: {error.strerror}.") from error
    source.seek(0)
    return form


def _written(made: Made, video: Path, folder: Path) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in made.renditions:
            path = folder / f"{one.kind.value}{one.format.suffix}"
            if one.data:
                path.write_bytes(one.data)
            else:
                shutil.copyfile(video, path)
            lines.append(
                {
                    "kind": one.kind.value,
                    "path": str(path),
                    "width": one.width,
                    "height": one.height,
                    "bytes": path.stat().st_size,
                }
            )
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written to: {error.strerror}.") from error
    return lines


@media.command("verify")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--erase-orphans", is_flag=True, help="Erase the files that nobody names.")
@click.pass_context
def verify(context: click.Context, as_json: bool, erase_orphans: bool) -> None:
    """Find files that are missing, altered, or orphaned; exit code 1 if there are any.

    Reads every file there is. An orphan is a file older than an hour that no row names.
    """
    try:
        found = _verified(open_store(settings().media_url), as_json, erase=erase_orphans)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"The store cannot be read: {error}.") from error
    _tell(as_json, **found)
    context.exit(1 if any(found[trouble.value] for trouble in Trouble) else 0)


def _verified(store: Store, as_json: bool, *, erase: bool) -> dict[str, int]:
    """How many files were named, and how many of them have which trouble."""
    found = dict.fromkeys(("files", *(trouble.value for trouble in Trouble), "erased"), 0)
    for file in named_files(db.session):
        found["files"] += 1
        if trouble := trouble_with(file, session=db.session, store=store):
            found[trouble] += 1
            _tell(as_json, trouble=trouble, key=file.key, media=file.media_id, kind=file.kind)
    for orphan in orphans(session=db.session, store=store, at=now()):
        if erase and forget_files([orphan.key], store=store, at=now()):
            found["erased"] += 1
        else:
            found[Trouble.ORPHANED] += 1
        _tell(as_json, trouble=Trouble.ORPHANED, key=orphan.key, bytes=orphan.bytes)
    return found


def _tell(as_json: bool, **facts: object) -> None:
    if as_json:
        click.echo(json.dumps(facts))
    else:
        click.echo(
            " ".join(
                str(value) if name == "trouble" else f"{name}={value}"
                for name, value in facts.items()
            )
        )
