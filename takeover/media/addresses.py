"""Where a file is to be had: addresses that are signed, and good for a short while."""

import hashlib
from datetime import UTC, datetime, timedelta

from flask import Flask, current_app, url_for
from itsdangerous import Signer

from takeover.clock import now
from takeover.media.models import Media
from takeover.media.renditions import RenditionKind

ORIGINAL = "original"
"""What is asked for, beside the kinds of rendition."""

# An address is the same for a quarter of an hour, so that browsers know what they have and a page
# that looks again sees no change; then it is good for another one.
STEP = timedelta(minutes=15)

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["media_url"] = media_url


def media_url(media: Media | int, kind: RenditionKind | str) -> str:
    """The address of one of its files: a kind of rendition, or `original`.

    It alone opens nothing: whoever follows it must be signed in, and one who may see that file.
    """
    media_id = media if isinstance(media, int) else media.id
    until = str(_last_step(now()) + 2)
    return url_for(
        "media.file",
        media_id=media_id,
        kind=kind,
        until=until,
        signature=_signer().get_signature(_signed(media_id, kind, until)).decode(),
    )


def is_good(media_id: int, kind: str, *, until: str, signature: str, at: datetime) -> bool:
    """Whether we signed that, and its time has not run out."""
    if not _signer().verify_signature(_signed(media_id, kind, until), signature):
        return False
    return at < _BEGINNING + int(until) * STEP


def _last_step(at: datetime) -> int:
    return (at - _BEGINNING) // STEP


def _signed(media_id: int, kind: str, until: str) -> str:
    return f"{media_id}/{kind}/{until}"


def _signer() -> Signer:
    return Signer(
        current_app.secret_key or "",
        salt="the address of a file",
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )
