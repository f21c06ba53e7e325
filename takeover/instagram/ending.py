"""Every end that an attempt to publish can come to, as a state with its reason."""

import logging
from collections.abc import Callable
from datetime import timedelta

from takeover.instagram.alarms import alarm_of_post
from takeover.instagram.holding import LostHold
from takeover.instagram.models import Publication
from takeover.instagram.outgoing import AlteredSinceApproval
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Ours,
    OutcomeUnknown,
    PublishingError,
    Reason,
    StillProcessing,
    TheirsForGood,
    TheirsForNow,
)
from takeover.instagram.recording import doubt, remember, stop_account, take_as_unsent
from takeover.instagram.working import NotNow, Work, held_post
from takeover.posts.events import note
from takeover.posts.models import Post, PostState

log = logging.getLogger(__name__)

MOST_TRIES = 5

COSTS_NO_TRY = frozenset({Reason.QUOTA, Reason.RATE_LIMITED})
"""The account is busy, and the post as good as before: its week and its grace end the waiting."""


def guarded(work: Work, post_id: int, act: Callable[[], None]) -> bool:
    """Every end that `act` can come to, as a state; False where it came to nothing. Raises
    LostHold."""
    try:
        _ended(work, post_id, act)
    except LostHold:
        work.session.rollback()
        raise
    except NotNow:
        work.session.rollback()
        return False
    return True


def _ended(work: Work, post_id: int, act: Callable[[], None]) -> None:
    """Raises LostHold, NotNow."""
    try:
        act()
    except (LostHold, NotNow):
        raise
    except StillProcessing as error:
        _come_again(work, post_id, error)
    except TheirsForNow as error:
        _wait(work, post_id, error)
    except (TheirsForGood, AlteredSinceApproval) as error:
        _fail(work, post_id, error)
    except OutcomeUnknown as error:
        if error.needs_person:
            stop_account(work.session, work.hold.programme_id, error, at=work.clock())
        _break_off(work, post_id, error)
    except (AccountNeedsPerson, Ours) as error:
        # Nothing was published, and nothing is wrong with the post: it waits for the account.
        # The account first, or another worker would send to it in between.
        stop_account(work.session, work.hold.programme_id, error, at=work.clock())
        _put_back(work, post_id, error)
    except Exception as error:  # a file that is gone, a broken answer: nobody foresaw it
        log.exception("publishing broke off", extra={"post_id": post_id})
        name = type(error).__name__  # its words may hold anything
        _break_off(work, post_id, OutcomeUnknown(name))


def _still_ours(work: Work, post_id: int) -> tuple[Post, Publication]:
    """Raises LostHold, and NotNow where its author or comms has taken it out meanwhile."""
    work.session.rollback()
    post, publication = held_post(work, post_id)
    if post.state not in {PostState.APPROVED, PostState.PUBLISHING}:
        raise NotNow
    return post, publication


def _come_again(work: Work, post_id: int, error: StillProcessing) -> None:
    at = work.clock()
    post, publication = _still_ours(work, post_id)
    publication.next_try_at = at + error.wait
    if post.state is PostState.PUBLISHING:  # it said so when asked to publish, and did not
        take_as_unsent(publication)
        post.move(PostState.APPROVED, by=None, at=at, why=str(error))
    work.session.commit()


def _wait(work: Work, post_id: int, error: TheirsForNow) -> None:
    """Nothing was published: the same post goes back in line, but not for ever."""
    at = work.clock()
    post, publication = _still_ours(work, post_id)
    if post.state is PostState.APPROVED and error.reason not in COSTS_NO_TRY:
        publication.tries += 1  # one that was sent is counted already
    take_as_unsent(publication)
    remember(publication, error)
    if publication.tries >= MOST_TRIES and error.reason not in COSTS_NO_TRY:
        post.move(PostState.FAILED, by=None, at=at, why=str(error))
        _alarm(work, post, publication)
    else:
        wait = max(error.wait, timedelta(minutes=1)) * max(publication.tries, 1)
        publication.next_try_at = at + wait
        note(
            post,
            "waits",
            at=at,
            reason=error.reason.value,
            said=error.said,
            until=publication.next_try_at.isoformat(),
        )
        if post.state is PostState.PUBLISHING:
            post.move(PostState.APPROVED, by=None, at=at, why=str(error))
    work.session.commit()


def _fail(work: Work, post_id: int, error: Exception) -> None:
    at = work.clock()
    post, publication = _still_ours(work, post_id)
    remember(publication, error)
    take_as_unsent(publication)
    post.move(PostState.FAILED, by=None, at=at, why=publication.trouble)
    _alarm(work, post, publication)
    work.session.commit()
    log.warning("post not published", extra={"post_id": post.id, "state": post.state.value})


def _put_back(work: Work, post_id: int, error: PublishingError) -> None:
    at = work.clock()
    post, publication = _still_ours(work, post_id)
    remember(publication, error)
    take_as_unsent(publication)
    publication.next_try_at = at + timedelta(minutes=1)
    if post.state is PostState.PUBLISHING:
        post.move(PostState.APPROVED, by=None, at=at, why=publication.trouble)
    work.session.commit()


def _break_off(work: Work, post_id: int, error: OutcomeUnknown) -> None:
    """Only what was committed is known: it is uncertain if it was sent, or tried again."""
    post, publication = _still_ours(work, post_id)
    if post.state is PostState.PUBLISHING:
        doubt(post, publication, error, at=work.clock())
        work.session.commit()
        log.warning("post uncertain", extra={"post_id": post.id})
        return
    work.session.rollback()
    _wait(work, post_id, TheirsForNow(str(error), wait=timedelta(minutes=1), reason=error.reason))


def _alarm(work: Work, post: Post, publication: Publication) -> None:
    alarm_of_post("failed", post, session=work.session, reason=publication.reason, at=work.clock())
