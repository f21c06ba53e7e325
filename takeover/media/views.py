"""The files themselves: renditions for those who decide, the original for its owner alone."""

from collections.abc import Callable
from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, request

from takeover.clock import now
from takeover.db import db
from takeover.media import addresses
from takeover.media.addresses import ORIGINAL, is_good, media_url
from takeover.media.models import Media
from takeover.media.recognising import Format
from takeover.media.renditions import RenditionKind
from takeover.media.serving import File, send
from takeover.media.store import open_store
from takeover.people.guards import me, signed_in
from takeover.people.models import Person, Role
from takeover.web import see_other, settings

pages = Blueprint("media", __name__)

DECIDE = frozenset({Role.APPROVER, Role.LEGAL, Role.LEAD})

OWN_KINDS = frozenset({ORIGINAL, RenditionKind.WHOLE.value})
"""They show more than is to be published."""

WasSubmitted = Callable[[int], bool]


def init_app(app: Flask, *, was_submitted: WasSubmitted) -> None:
    """`was_submitted` says of a media's id whether it is in a post that is not its author's alone.
    Posts lie above: the roof joins them."""
    app.extensions["media_was_submitted"] = was_submitted
    addresses.init_app(app)


@pages.get("/media/<int:media_id>/<kind>")
@signed_in
def file(media_id: int, kind: str) -> Response:
    """Only by an address of ours that is still good; an old one leads whoever may see the file
    to a new one, and tells nobody else that there is anything."""
    media = db.session.get(Media, media_id)
    if media is None or not _may_see(media, me(), kind=kind):
        abort(404)
    found = _original(media) if kind == ORIGINAL else _rendition(media, kind)
    until, signature = request.args.get("until", ""), request.args.get("signature", "")
    if not is_good(media.id, kind, until=until, signature=signature, at=now()):
        return see_other(media_url(media, kind))
    return send(found, open_store(settings().media_url))


def _may_see(media: Media, person: Person, *, kind: str) -> bool:
    """Its owner; and those who decide, what is to be published, while its owner has sent it."""
    if media.owner_id == person.id:
        return True
    if kind in OWN_KINDS or DECIDE.isdisjoint(person.roles):
        return False
    was_submitted = cast(WasSubmitted, current_app.extensions["media_was_submitted"])
    return was_submitted(media.id)


def _rendition(media: Media, kind: str) -> File:
    try:
        found = media.rendition(RenditionKind(kind))
    except (LookupError, ValueError):
        abort(404)
    noun, suffix = _noun(found.content_type), found.key.rpartition(".")[2]
    return File(
        key=found.key,
        digest=found.sha256,
        content_type=found.content_type,
        disposition=f'inline; filename="{noun}-{media.id}-{kind}.{suffix}"',
    )


def _original(media: Media) -> File:
    """As it came, with all it says about where and by what it was taken; as long as we have it."""
    if not media.original_key or media.original_erased_at is not None:
        abort(404)
    form = Format(media.format)
    return File(
        key=media.original_key,
        digest=media.sha256,
        content_type=form.mime,
        disposition=f'attachment; filename="{_noun(form.mime)}-{media.id}{form.suffix}"',
    )


def _noun(content_type: str) -> str:
    return "video" if content_type.startswith("video/") else "photo"
