"""Making an upload ready, in the background; again, if a worker died over it."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Event, Semaphore, Thread
from time import monotonic
from typing import BinaryIO, cast

from flask import Flask, current_app
from sqlalchemy import ColumnElement, Update, and_, or_, select, update
from sqlalchemy.orm import Session

from takeover.clock import now
from takeover.db import db
from takeover.media import confining
from takeover.media.changing import refuse
from takeover.media.confining import Crashed, NotWanted
from takeover.media.keeping import Stored, put_away, record
from takeover.media.made import Made
from takeover.media.models import Media, MediaState
from takeover.media.recipe import Recipe
from takeover.media.recognising import VIDEO_FORMATS, Format
from takeover.media.refusals import Refused
from takeover.media.store import open_store
from takeover.schedule import Job
from takeover.web import settings
from takeover.work import Task, hand_out

log = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=2)
"""A worker that gave no sign of life for so long has lost the file."""

BETWEEN_SIGNS = 1.0
"""Seconds between two notes of how far it is."""

MOST_TRIES = 3
"""How often a file may cost the child's life that opens it."""

GIVEN_UP = timedelta(days=1)
"""How long a store may be out of reach before the file itself is given up."""

MOST_AT_ONCE = 50
"""Files handed out in one turn of the clock; a worker's queue holds no more than it soon does."""

# Of a worker's threads only so many take videos, so that a photo never waits for one.
_videos = Semaphore(1)


def init_app(app: Flask, *, task: Task) -> None:
    """`task` prepares a media and goes on with whatever waited for it. Posts lie above: the roof
    joins them."""
    app.extensions["prepare_media"] = task


def hand_out_received() -> None:
    """The clock's turn: give what no worker has, or has lost, to a worker."""
    at = now()
    waiting = [*_waiting(db.session, at, videos=False), *_waiting(db.session, at, videos=True)]
    db.session.commit()
    for media_id in waiting:
        hand_out(_task(), media_id)


def prepare_media(media_id: int) -> None:
    """Claim the media, commit, make its renditions, record, commit."""
    form = _form_of(db.session, media_id)
    if form is None:
        return
    if not form.is_video:
        _prepare(db.session, media_id)
    elif _videos.acquire(blocking=False):  # else whoever has the turn hands it out again
        try:
            _prepare(db.session, media_id)
        finally:
            _videos.release()
            _hand_out_next_video(db.session)


def expect_media(_media_id: int) -> None:
    """A file is on its way: be ready for it when it is here."""
    confining.warm_up()


EXPECT = Task("expect_media", expect_media)
JOB = Job("prepare_media", hand_out_received, every=timedelta(seconds=10))


def _prepare(session: Session, media_id: int) -> None:
    claim = secrets.token_hex(16)
    if not _claim(session, media_id, claim, at=now()):
        return
    with _kept_alive(media_id, claim), _file_for_video() as video:
        try:
            _record(session, media_id, claim, _outcome(session, media_id, claim, video))
        except NotWanted:
            return
        except Exception:  # the store or the database, not the file: it is tried again later
            session.rollback()
            _let_go(session, media_id, claim)
            raise


def _outcome(session: Session, media_id: int, claim: str, video: BinaryIO) -> Stored | Refused:
    """What becomes of it, in the store already. Raises NotWanted, and whatever the store does."""
    media = session.get_one(Media, media_id)
    store = open_store(settings().media_url, spool=Path(settings().uploads_path))
    key, form, recipe, tries = media.original_key, media.format, media.recipe, media.tries
    is_given_up = media.received_at < now() - GIVEN_UP
    session.commit()
    try:
        with store.open(key) as source:
            made = _made(session, media_id, claim, source, Format(form), recipe, video)
        return put_away(made, Path(video.name), store=store)
    except Refused as refusal:
        return refusal
    except Crashed as crash:
        log.warning("preparer crashed", extra={"media_id": media_id, "why": str(crash)})
        if tries + 1 >= MOST_TRIES:
            return Refused()
        _let_go(session, media_id, claim, crashed=True)
        raise NotWanted from crash
    except (OSError, LookupError):
        if is_given_up:
            log.exception("original out of reach for too long", extra={"media_id": media_id})
            return Refused()
        raise


def _made(
    session: Session,
    media_id: int,
    claim: str,
    source: BinaryIO,
    form: Format,
    recipe: Recipe,
    video: BinaryIO,
) -> Made:
    """Raises Refused, Crashed, and NotWanted once the claim is lost."""
    noted = monotonic()

    def still_wanted(part: float) -> bool:
        nonlocal noted
        if monotonic() - noted < BETWEEN_SIGNS:
            return True
        noted = monotonic()
        return _renew(session, media_id, claim, at=now(), progress=int(100 * part))

    return confining.make(source, form, recipe, video=video, still_wanted=still_wanted)


def _record(session: Session, media_id: int, claim: str, outcome: Stored | Refused) -> None:
    """Unless somebody else has it now, or nobody wants it: then what was made is left alone."""
    media = session.scalar(
        select(Media)
        .where(Media.id == media_id, Media.claim == claim)
        .with_for_update(of=Media)
        .execution_options(populate_existing=True)
    )
    if media is None or media.state is not MediaState.RECEIVED:
        session.rollback()
        return
    if isinstance(outcome, Refused):
        refuse(media, outcome, at=now())
    else:
        record(media, outcome)
        media.move(MediaState.READY, by=None, at=now())
    media.claim = None
    session.commit()


@contextmanager
def _kept_alive(media_id: int, claim: str) -> Iterator[None]:
    """Whatever takes long, a bucket for instance: nobody else gets the file meanwhile."""
    app, stopped = current_app._get_current_object(), Event()  # type: ignore[attr-defined]

    def renew() -> None:
        while not stopped.wait(PATIENCE.total_seconds() / 4):
            with app.app_context():
                _renew(db.session, media_id, claim, at=now())

    keeper = Thread(target=renew, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopped.set()
        keeper.join()


def _task() -> Task:
    return cast(Task, current_app.extensions["prepare_media"])


def _waiting(session: Session, at: datetime, *, videos: bool) -> list[int]:
    """The ids of those that came first; of each kind as many, so that none keeps out the other."""
    is_video = Media.format.in_([form.value for form in VIDEO_FORMATS])
    return list(
        session.scalars(
            select(Media.id)
            .where(Media.received_at < at - timedelta(seconds=10), _free(at))
            .where(is_video if videos else ~is_video)
            .order_by(Media.received_at)
            .limit(MOST_AT_ONCE)
        )
    )


def _hand_out_next_video(session: Session) -> None:
    waiting = _waiting(session, now(), videos=True)
    session.commit()
    for media_id in waiting[:1]:
        hand_out(_task(), media_id)


def _form_of(session: Session, media_id: int) -> Format | None:
    media = session.get(Media, media_id)
    known = Format(media.format) if media and media.state is MediaState.RECEIVED else None
    session.commit()
    return known


def _claim(session: Session, media_id: int, claim: str, *, at: datetime) -> bool:
    return _update(
        session,
        update(Media)
        .where(Media.id == media_id, _free(at))
        .values(claim=claim, handed_out_at=at, progress=0),
    )


def _renew(session: Session, media_id: int, claim: str, *, at: datetime, **facts: int) -> bool:
    """Whether it is still ours and still wanted."""
    return _update(
        session,
        update(Media)
        .where(Media.id == media_id, Media.claim == claim, Media.state == MediaState.RECEIVED)
        .values(handed_out_at=at, **facts),
    )


def _let_go(session: Session, media_id: int, claim: str, *, crashed: bool = False) -> None:
    """Somebody may have it again: at once after a crash, else when `PATIENCE` is over."""
    facts = {"handed_out_at": None, "tries": Media.tries + 1} if crashed else {}
    _update(
        session,
        update(Media).where(Media.id == media_id, Media.claim == claim).values(claim=None, **facts),
    )


def _update(session: Session, statement: Update) -> bool:
    changed = session.execute(statement)
    session.commit()
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def _free(at: datetime) -> ColumnElement[bool]:
    return and_(
        Media.state == MediaState.RECEIVED,
        or_(Media.handed_out_at.is_(None), Media.handed_out_at < at - PATIENCE),
    )


@contextmanager
def _file_for_video() -> Iterator[BinaryIO]:
    """On the store's side of the disk, where it need not be copied again."""
    spool = Path(settings().uploads_path)
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=spool, prefix="video-", delete=False) as file:
        try:
            yield file  # type: ignore[misc]
        finally:
            Path(file.name).unlink(missing_ok=True)
