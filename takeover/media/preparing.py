"""Making an upload ready, in the background; again, if a worker died over it."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from takeover.clock import now
from takeover.db import db
from takeover.i18n import in_language_of
from takeover.media.models import Media, MediaState, Rendition, RenditionKind
from takeover.media.photos import rendering
from takeover.media.refusals import Refused
from takeover.media.store import Store, open_store
from takeover.people.models import Person
from takeover.schedule import Job
from takeover.web import settings
from takeover.work import Task, hand_out

# How long a worker may take over one file before it is handed out again, and how often.
PATIENCE = timedelta(minutes=2)
MOST_TRIES = 3


def hand_out_received() -> None:
    """The clock's turn: give what no worker has, or has lost, to a worker."""
    at = now()
    waiting = list(
        db.session.scalars(
            select(Media.id).where(
                Media.state == MediaState.RECEIVED,
                Media.received_at < at - timedelta(seconds=10),
                or_(Media.handed_out_at.is_(None), Media.handed_out_at < at - PATIENCE),
            )
        )
    )
    db.session.commit()
    for media_id in waiting:
        hand_out(PREPARE, media_id)


def prepare_media(media_id: int) -> None:
    """Claim the media, commit, make its renditions, record, commit."""
    session = db.session
    if not _claim(session, media_id, at=now()):
        return
    media = session.get_one(Media, media_id)
    store = open_store(settings().media_url)
    original_key, language = media.original_key, _language_of_owner(session, media)
    session.commit()
    try:
        prepared = _prepared(store, original_key, tries=media.tries)
    except Refused as refusal:
        with in_language_of(language):
            media.refusal = str(refusal)
        media.move(MediaState.REFUSED, by=None, at=now())
    else:
        keep(media, prepared, store)
        media.move(MediaState.READY, by=None, at=now())
    session.commit()


PREPARE = Task("prepare_media", prepare_media)
JOB = Job("prepare_media", hand_out_received, every=timedelta(seconds=10))


def _prepared(store: Store, original_key: str, *, tries: int) -> rendering.Prepared:
    """Raises Refused; also for a file that cost a worker its life, or broke it, again and again."""
    if tries > MOST_TRIES:
        raise Refused
    return rendering.prepare(store.get(original_key))


def _claim(session: Session, media_id: int, *, at: datetime) -> bool:
    claimed = session.execute(
        update(Media)
        .where(
            Media.id == media_id,
            Media.state == MediaState.RECEIVED,
            or_(Media.handed_out_at.is_(None), Media.handed_out_at < at - PATIENCE),
        )
        .values(handed_out_at=at, tries=Media.tries + 1)
    )
    session.commit()
    return bool(claimed.rowcount)  # type: ignore[attr-defined]


def keep(media: Media, prepared: rendering.Prepared, store: Store) -> None:
    """Put what was made of it into the store, and on its record."""
    for made in prepared.renditions:
        media.renditions.append(
            Rendition(
                kind=RenditionKind(made.kind.value),
                key=store.put(made.data, suffix=made.format.suffix),
                sha256=hashlib.sha256(made.data).hexdigest(),
                content_type=made.format.mime,
                width=made.width,
                height=made.height,
                bytes=len(made.data),
            )
        )
    media.width, media.height = prepared.feed.width, prepared.feed.height
    media.padded = prepared.facts.padded
    media.dhash = prepared.dhash
    media.brightness, media.sharpness = prepared.brightness, prepared.sharpness


def _language_of_owner(session: Session, media: Media) -> str:
    return session.get_one(Person, media.owner_id).language
