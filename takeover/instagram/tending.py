"""What belongs to a post once it is out: its address, which its author is told, its first comment,
and no others where none are wanted."""

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
from takeover.posts.models import Post, PostState, Surface
from takeover.posts.telling import tell_published
from takeover.programmes.pausing import lock_programme, open_pause

log = logging.getLogger(__name__)

MOST_TRIES = 5
BETWEEN = timedelta(minutes=1)


class _Later(Exception):
    """A pause is in the way, or Instagram does not say the address yet."""


def tend(work: Work, post_id: int) -> None:
    """Write the comment before comments are closed: after that nobody can. Raises LostHold."""
    try:
        is_known = _find_address(work, post_id)
        _write_comment(work, post_id)
        _close_comments(work, post_id)
        _finish(work, post_id, is_known=is_known)
    except _Later:
        _post, publication = _held(work, post_id)
        publication.tend_at = work.clock() + BETWEEN
        work.session.commit()
    except PublishingError as error:
        if isinstance(error, AccountNeedsPerson):
            stop_account(work.session, work.hold.programme_id, error, at=work.clock())
        _note_trouble(work, post_id, error)
    except Exception as error:  # a broken answer: nobody foresaw it
        log.exception("tending broke off", extra={"post_id": post_id})
        _note_trouble(work, post_id, PublishingError(type(error).__name__))


def _find_address(work: Work, post_id: int) -> bool:
    """Whether it is known. Its author is told in either case: they can see the post here."""
    post, publication = _held(work, post_id)
    address, on = post.permalink, _where(post, publication)
    work.session.commit()
    if not address:
        address = work.publisher.permalink_of(on)
    post, _publication = _held(work, post_id)
    post.permalink = address
    tell_published(post, session=work.session, at=work.clock())
    work.session.commit()
    return bool(address)


def _finish(work: Work, post_id: int, *, is_known: bool) -> None:
    _post, publication = _held(work, post_id)
    publication.tend_tries += not is_known
    again = not is_known and publication.tend_tries < MOST_TRIES
    publication.tend_at = work.clock() + BETWEEN * publication.tend_tries if again else None
    work.session.commit()


def _write_comment(work: Work, post_id: int) -> None:
    """Once: what may have been written is looked for before it is written again. Raises _Later."""
    post, publication = _held(work, post_id)
    text, on, was_sent = post.first_comment, _where(post, publication), publication.comment_sent_at
    is_wanted = text and post.surface is not Surface.STORY and publication.commented_at is None
    work.session.commit()
    if not is_wanted:
        return
    if was_sent is None or not work.publisher.has_comment(on, text):
        if not _commit_to_writing(work, post_id):
            return
        work.publisher.comment(on, text)
    post, publication = _held(work, post_id)
    publication.commented_at = work.clock()
    note(post, "comment_written", at=work.clock())
    work.session.commit()


def _commit_to_writing(work: Work, post_id: int) -> bool:
    """Whether its author's consent still allows it. Raises _Later while the programme is paused."""
    lock_programme(work.session, work.hold.programme_id)  # whoever pauses comes before, or after
    post, publication = _held(work, post_id)
    if open_pause(work.session, post.programme_id) is not None:
        work.session.rollback()
        raise _Later
    stands = post.week.consent.stands
    if stands:
        publication.comment_sent_at = work.clock()
    work.session.commit()
    return stands


def _close_comments(work: Work, post_id: int) -> None:
    post, publication = _held(work, post_id)
    on = _where(post, publication)
    is_wanted = (
        post.comments_off
        and post.surface is not Surface.STORY
        and publication.comments_closed_at is None
    )
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
