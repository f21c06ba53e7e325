"""What belongs to a post once it is out: its first comment, and no others where none are wanted."""

import logging
from datetime import timedelta

from takeover.instagram.alarms import alarm_of_post
from takeover.instagram.models import Publication
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    OnAccount,
    OutcomeUnknown,
    PublishingError,
    TheirsForNow,
)
from takeover.instagram.recording import stop_account
from takeover.instagram.working import Work, held_post
from takeover.posts.events import note
from takeover.posts.models import Post, PostState

log = logging.getLogger(__name__)

MOST_TRIES = 5


def tend(work: Work, post_id: int) -> None:
    """Write the comment first: under a post that is closed, nobody can. Raises LostHold."""
    try:
        _write_comment(work, post_id)
        _close_comments(work, post_id)
    except PublishingError as error:
        if isinstance(error, AccountNeedsPerson):
            stop_account(work.session, work.hold.programme_id, error, at=work.clock())
        _note_trouble(work, post_id, error)
    except Exception as error:  # a broken answer: nobody foresaw it
        log.exception("tending broke off", extra={"post_id": post_id})
        _note_trouble(work, post_id, PublishingError(type(error).__name__))
    else:
        _post, publication = _held(work, post_id)
        publication.tend_at = None
        work.session.commit()


def _write_comment(work: Work, post_id: int) -> None:
    """Once: what may have been written is looked for before it is written again."""
    post, publication = _held(work, post_id)
    text, on, was_sent = post.first_comment, _where(post, publication), publication.comment_sent_at
    if not text or publication.commented_at is not None:
        work.session.commit()
        return
    work.session.commit()
    if was_sent is None or not work.publisher.has_comment(on, text):
        _post, publication = _held(work, post_id)
        publication.comment_sent_at = work.clock()
        work.session.commit()
        work.publisher.comment(on, text)
    post, publication = _held(work, post_id)
    publication.commented_at = work.clock()
    note(post, "comment_written", at=work.clock())
    work.session.commit()


def _close_comments(work: Work, post_id: int) -> None:
    post, publication = _held(work, post_id)
    on = _where(post, publication)
    is_wanted = post.comments_off and publication.comments_closed_at is None
    work.session.commit()
    if not is_wanted:
        return
    work.publisher.close_comments(on)
    post, publication = _held(work, post_id)
    publication.comments_closed_at = work.clock()
    note(post, "comments_closed", at=work.clock())
    work.session.commit()


def _note_trouble(work: Work, post_id: int, error: PublishingError) -> None:
    work.session.rollback()
    at = work.clock()
    post, publication = _held(work, post_id)
    publication.tend_tries += 1
    passes = isinstance(error, TheirsForNow | OutcomeUnknown)
    if passes and publication.tend_tries < MOST_TRIES:
        publication.tend_at = at + _wait_after(error) * publication.tend_tries
    else:
        publication.tend_at = None
        note(post, "not_tended", at=at, reason=error.reason.value)
        alarm_of_post("not_tended", post, session=work.session, reason=error.reason.value, at=at)
    work.session.commit()


def _wait_after(error: PublishingError) -> timedelta:
    return error.wait if isinstance(error, TheirsForNow) else timedelta(minutes=1)


def _held(work: Work, post_id: int) -> tuple[Post, Publication]:
    """Raises LostHold."""
    post, publication = held_post(work, post_id)
    if post.state is not PostState.PUBLISHED:
        raise PublishingError("it is not on the account any more")
    return post, publication


def _where(post: Post, publication: Publication) -> OnAccount:
    return OnAccount(media_id=publication.media_id or "", permalink=post.permalink)
