"""The clock's and the workers' part in publishing."""

import logging
from datetime import timedelta
from pathlib import Path

from takeover.clock import now
from takeover.db import db
from takeover.instagram.claiming import (
    LostClaim,
    abandoned_posts,
    claim,
    due_posts,
    failed_posts,
    put_off,
    settle_abandoned,
    settle_failed,
    uncertain_posts,
)
from takeover.instagram.doors import publisher_for
from takeover.instagram.publisher import Ours, Publisher
from takeover.instagram.publishing import look_again, publish
from takeover.media.store import open_store
from takeover.posts.models import Post
from takeover.schedule import Job
from takeover.web import settings
from takeover.work import Task, hand_out

log = logging.getLogger(__name__)

LOOKS_AGAIN_EVERY = timedelta(minutes=1)


def hand_out_due() -> None:
    """The clock's turn: give every post whose instant has come to a worker."""
    at = now()
    for post_id in abandoned_posts(db.session, at=at):
        settle_abandoned(db.session, post_id, at=at)
    due = due_posts(db.session, at=at)
    db.session.commit()
    for post_id in due:
        hand_out(PUBLISH, post_id)


def publish_post(post_id: int) -> None:
    publisher = _publisher_of(post_id)
    if publisher is None:
        put_off(db.session, post_id, at=now())
        return
    lease = timedelta(seconds=settings().publish_lease)
    hold = claim(db.session, post_id, lease=lease, at=now())
    if hold is None:
        return
    try:
        publish(
            db.session,
            hold,
            publisher=publisher,
            store=open_store(settings().media_url, spool=Path(settings().uploads_path)),
            clock=now,
        )
    except LostClaim:
        log.warning("claim lost", extra={"post_id": post_id})


def settle_what_is_open() -> None:
    """The clock's turn: nothing waits for a person that needs none, or whom none can help."""
    for post_id in failed_posts(db.session):
        settle_failed(db.session, post_id, at=now())
    _look_for_uncertain()


PUBLISH = Task("publish_post", publish_post)
JOBS = (
    Job("publish", hand_out_due, every=timedelta(seconds=1)),
    Job("settle", settle_what_is_open, every=LOOKS_AGAIN_EVERY),
)


def _publisher_of(post_id: int) -> Publisher | None:
    """None where the account is not connected: its posts wait, and the log says so."""
    post = db.session.get(Post, post_id)
    if post is None:
        return None
    try:
        return publisher_for(db.session, post.programme_id)
    except Ours as error:
        log.error("no way to the account", extra={"post_id": post_id, "error": str(error)})
        return None


def _look_for_uncertain() -> None:
    """On the account. Only for so long: what was not found by then, a person settles."""
    patience = timedelta(seconds=settings().publish_patience)
    for post_id in uncertain_posts(db.session, since=now() - patience):
        try:
            publisher = _publisher_of(post_id)
            if publisher is not None:
                look_again(db.session, post_id, publisher=publisher, at=now())
        except Exception:  # one that cannot be looked for hides none of the others
            log.exception("uncertain post not looked for", extra={"post_id": post_id})
            db.session.rollback()
