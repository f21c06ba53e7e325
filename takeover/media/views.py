"""The files themselves: renditions for those who decide, the original for its owner alone."""

from collections.abc import Callable
from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, request

from takeover.db import db
from takeover.media.models import Media, RenditionKind
from takeover.media.recognising import Format
from takeover.media.store import NotStored, open_store
from takeover.people.guards import me, signed_in
from takeover.people.models import Person, Role
from takeover.web import settings

pages = Blueprint("media", __name__)

DECIDE = frozenset({Role.APPROVER, Role.LEGAL, Role.LEAD})

WasSubmitted = Callable[[int], bool]


def init_app(app: Flask, *, was_submitted: WasSubmitted) -> None:
    """`was_submitted` says of a media's id whether comms was ever sent a post with it. Posts lie
    above: the roof joins them."""
    app.extensions["media_was_submitted"] = was_submitted


@pages.get("/media/<int:media_id>/<any(feed, preview, thumbnail):kind>")
@signed_in
def rendition(media_id: int, kind: str) -> Response:
    media = db.session.get(Media, media_id)
    if media is None or not _may_see(media, me()):
        abort(404)
    try:
        found = media.rendition(RenditionKind(kind))
    except LookupError:
        abort(404)
    suffix = found.key.rpartition(".")[2]
    return _file(
        found.key,
        digest=found.sha256,
        content_type=found.content_type,
        disposition=f'inline; filename="photo-{media.id}-{kind}.{suffix}"',
    )


@pages.get("/media/<int:media_id>/original")
@signed_in
def original(media_id: int) -> Response:
    """As it came, with all it says about where and by what it was taken."""
    media = db.session.get(Media, media_id)
    if media is None or media.owner_id != me().id:
        abort(404)
    form = Format(media.format)
    return _file(
        media.original_key,
        digest=media.sha256,
        content_type=form.mime,
        disposition=f'attachment; filename="photo-{media.id}{form.suffix}"',
    )


def _may_see(media: Media, person: Person) -> bool:
    """Its owner; and those who decide, once its owner has sent it to them."""
    if media.owner_id == person.id:
        return True
    was_submitted = cast(WasSubmitted, current_app.extensions["media_was_submitted"])
    return not DECIDE.isdisjoint(person.roles) and was_submitted(media.id)


def _file(key: str, *, digest: str, content_type: str, disposition: str) -> Response:
    """The browser may keep it, and asks each time whether its reader may still see it."""
    response = Response(content_type=content_type)
    response.set_etag(digest)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.headers["Content-Disposition"] = disposition
    if request.if_none_match.contains(digest):
        response.status_code = 304
        return response
    try:
        response.set_data(open_store(settings().media_url).get(key))
    except NotStored:
        abort(404)
    return response
