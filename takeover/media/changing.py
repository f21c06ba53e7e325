"""Having something else made of a media, or nothing any more, whoever is at work on it."""

from datetime import datetime

from sqlalchemy.orm import object_session

from takeover.media.models import Media, MediaState
from takeover.media.recipe import Recipe
from takeover.media.refusals import Refused
from takeover.people.models import Person


def change(media: Media, recipe: Recipe, *, at: datetime) -> bool:
    """Have something else made of it; whether anything is to be done. What was made stays in its
    place until then. What a recipe has made unusable, another one may make usable again."""
    hold(media)
    if recipe == media.recipe:
        return False
    media.recipe_json = recipe.as_json()
    media.claim = media.handed_out_at = None  # whoever is at work on it works on the wrong thing
    media.tries = media.progress = 0
    was_usable = media.state is MediaState.REFUSED and bool(media.renditions)
    if media.state is MediaState.READY or was_usable:
        media.refused_as, media.refusal_facts = "", None
        media.move(MediaState.RECEIVED, by=None, at=at)
    return media.state is MediaState.RECEIVED


def refuse(media: Media, why: Refused, *, at: datetime) -> None:
    """What is wrong with it is kept, not the sentence: each reader has it in their language."""
    media.refused_as, media.refusal_facts = type(why).__name__, why.facts
    media.move(MediaState.REFUSED, by=None, at=at)


def cancel(media: Media, *, by: Person | None, at: datetime) -> None:
    """Nobody wants it any more: whoever prepares it stops."""
    hold(media)
    if media.state is not MediaState.CANCELLED:
        media.claim = None
        media.move(MediaState.CANCELLED, by=by, at=at)


def hold(media: Media) -> None:
    """Lock it, as it is now, until the transaction ends: a worker may be about to record what it
    made. Who needs both locks the post first."""
    session = object_session(media)
    if session is not None and media in session and media not in session.new:
        session.refresh(media, with_for_update={"of": Media})
