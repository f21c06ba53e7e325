"""Everything that is made of a clip; called in a child process that may do nothing else."""

from typing import BinaryIO

from PIL.GifImagePlugin import GifImageFile

from takeover.media.made import Made, Rendition, Report
from takeover.media.photos import making as photos
from takeover.media.photos.opening import refusing_the_unreadable
from takeover.media.photos.rendering import prepare_cover
from takeover.media.recipe import Recipe
from takeover.media.recognising import HEAD, Format, recognise
from takeover.media.renditions import RenditionKind
from takeover.media.videos.preparing import prepare


def make(source: BinaryIO, recipe: Recipe, *, video: BinaryIO, report: Report) -> Made:
    """The MP4 is written to `video`. A GIF that does not move is a photo. Raises Refused."""
    if not _moves(source):
        return photos.make(source, recipe, video=video, report=report)
    clip = prepare(source, video=video, recipe=recipe, report=report)
    pictures, looks = prepare_cover(clip.cover, whole=clip.whole)
    published = Rendition(RenditionKind.FEED, Format.MP4, clip.width, clip.height, b"")
    return Made(
        renditions=(published, *pictures),
        looks=looks,
        source_width=clip.facts.width,
        source_height=clip.facts.height,
        padded=clip.padded,
        enlarged=clip.enlarged,
        duration=clip.duration,
        source_duration=clip.facts.duration,
        repeats=clip.repeats,
        has_audio=clip.has_audio,
    )


def _moves(source: BinaryIO) -> bool:
    moves = True
    if recognise(source.read(HEAD)) is Format.GIF:
        source.seek(0)
        with refusing_the_unreadable():
            moves = GifImageFile(source).is_animated
    source.seek(0)
    return moves
