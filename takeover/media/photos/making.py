"""Everything that is made of a photo; called in a child process that may do nothing else."""

from typing import BinaryIO

from takeover.media.made import Made, Report
from takeover.media.photos.rendering import prepare
from takeover.media.recipe import Recipe


def make(source: BinaryIO, recipe: Recipe, *, video: BinaryIO, report: Report) -> Made:
    """Raises Refused. Nothing is written to `video`."""
    return prepare(source.read(), recipe)
