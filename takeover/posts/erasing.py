"""Erasing originals a while after what became of them is settled: they say where somebody was."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, lazyload

from takeover.clock import now
from takeover.db import db
from takeover.media.changing import cancel
from takeover.media.erasing import erase_original, forget_files, unnamed
from takeover.media.models import Media, MediaMove, MediaState
from takeover.media.store import open_store
from takeover.posts.models import Picture, Post, PostMove, PostState
from takeover.schedule import Job
from takeover.web import settings
from takeover.weeks.models import Week

SETTLED = frozenset(
    {PostState.PUBLISHED, PostState.REJECTED, PostState.MISSED, PostState.WITHDRAWN}
)
DROPPED = frozenset({MediaState.REFUSED, MediaState.CANCELLED})

BATCH = 200  # originals in one transaction

# How long files are looked for that a run which was killed has left behind.
LOOKS_BACK = timedelta(days=2)


def erase_settled_originals() -> None:
    """The clock's turn: put what is due on the record, commit, then erase the files."""
    session, at = db.session, now()
    before = at - timedelta(days=settings().originals_days)
    while due := due_originals(session, before=before):
        for media in due:
            erase_original(media, by=None, at=at)
        session.commit()
    _drop_unwanted(session, at=at)
    nobodys = unnamed(_erased_lately(session, at=at), session=session)
    session.commit()
    store = open_store(settings().media_url)
    forget_files(nobodys, store=store, at=at)
    store.clear_unfinished(before=at - LOOKS_BACK)


def due_originals(session: Session, *, before: datetime) -> Sequence[Media]:
    """Some of those whose every post was settled, or its week over, before then; or that no post
    has, or that can never be in one, and that have not changed since. Held until the transaction
    ends."""
    last_move_of_post = (
        select(func.max(PostMove.at)).where(PostMove.post_id == Post.id).scalar_subquery()
    )
    last_move = select(func.max(MediaMove.at)).where(MediaMove.media_id == Media.id)
    still_needed = (
        select(Picture.id)
        .join(Post, Picture.post_id == Post.id)
        .join(Week, Post.week_id == Week.id)
        .where(
            Picture.media_id == Media.id,
            or_(
                and_(Post.state.not_in(SETTLED), Week.starts_on > _week_over(before)),
                last_move_of_post > before,
            ),
        )
        .exists()
    )
    return session.scalars(
        select(Media)
        .where(
            Media.original_erased_at.is_(None),
            Media.original_key != "",
            Media.received_at <= before,
            last_move.scalar_subquery() <= before,
            or_(
                Media.state.in_(DROPPED),
                (Media.state == MediaState.READY) & ~still_needed,
            ),
        )
        .order_by(Media.id)
        .limit(BATCH)
        .with_for_update(of=Media, skip_locked=True)
        .options(lazyload(Media.renditions))
    ).all()


def _drop_unwanted(session: Session, *, at: datetime) -> None:
    """Let go of what was made of media whose original is erased, and that no post shows any more;
    the files go as all do that no row names. Commits."""
    shown = (
        select(Picture.id)
        .join(Post, Picture.post_id == Post.id)
        .where(Picture.media_id == Media.id, Post.state != PostState.WITHDRAWN)
        .exists()
    )
    unwanted = (
        select(Media)
        .where(
            Media.original_erased_at.is_not(None),
            Media.renditions.any(),
            or_(Media.state == MediaState.CANCELLED, ~shown),
        )
        .order_by(Media.id)
        .limit(BATCH)
        .with_for_update(of=Media, skip_locked=True)
    )
    while dropped := session.scalars(unwanted).all():
        for media in dropped:
            cancel(media, by=None, at=at)
            media.renditions.clear()
        session.commit()


def _week_over(before: datetime) -> date:
    """Weeks that began so early were over by then, in every zone: their drafts go nowhere."""
    return before.date() - timedelta(days=8)


def _erased_lately(session: Session, *, at: datetime) -> list[str]:
    return list(
        session.scalars(
            select(Media.original_key).where(Media.original_erased_at > at - LOOKS_BACK)
        )
    )


JOB = Job("erase_originals", erase_settled_originals, every=timedelta(hours=1))
