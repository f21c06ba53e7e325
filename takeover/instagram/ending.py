"""Every end that an attempt to publish can come to, as a state with its reason."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from takeover.instagram.alarms import alarm_of_post
from takeover.instagram.earlier import of_earlier
from takeover.instagram.holding import LostHold
from takeover.instagram.models import Publication
from takeover.instagram.outgoing import AlteredSinceApproval
from takeover.instagram.publisher import (
    PROCESSING,
    AccountNeedsPerson,
    Ours,
    OutcomeUnknown,
    PublishingError,
    Reason,
    StillProcessing,
    TheirsForGood,
    TheirsForNow,
)
from takeover.instagram.quota_facts import keep_full
from takeover.instagram.recording import (
    doubt,
    doubt_anew,
    remember,
    stop_its_account,
    take_as_unsent,
)
from takeover.instagram.slowing_down import slow_down, waits_until
from takeover.instagram.working import NotNow, Work, held_post
from takeover.posts.events import note, note_wait
from takeover.posts.models import Post, PostState
from takeover.posts.trouble import STOPPED_BY

log = logging.getLogger(__name__)

MOST_TRIES = 5

OF_ACCOUNT = frozenset({Reason.QUOTA, Reason.RATE_LIMITED})

OF_LINE = frozenset({Reason.TEMPORARY, Reason.NETWORK})

COSTS_NO_TRY = OF_ACCOUNT | OF_LINE
"""The post is as good as before: its week and its grace end the waiting."""

MINUTE = timedelta(minutes=1)
LONGEST_PAUSE = 10  # minutes, while Instagram cannot be reached
LONGEST_LOOK = MINUTE  # between two looks at what it is working on

LONG = timedelta(minutes=30)
"""What Instagram is not done with after that it is given anew."""


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
        _not_now(work, post_id, error)
    except AlteredSinceApproval:
        changed = "what would go out is not what was approved"
        _fail(work, post_id, Ours(changed, reason=Reason.CHANGED))
    except TheirsForGood as error:
        _fail(work, post_id, error)
    except OutcomeUnknown as error:
        slow_down(work, error, post_id)
        if error.needs_person:
            stop_its_account(work, error)
        _break_off(work, post_id, error)
    except (AccountNeedsPerson, Ours) as error:
        # Nothing was published, and nothing is wrong with the post: it waits for the account.
        # The account first, or another worker would send to it in between.
        stop_its_account(work, error)
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


def _not_now(work: Work, post_id: int, error: TheirsForNow) -> None:
    if slow_down(work, error, post_id):
        _put_back(work, post_id, error)
        return
    _wait(work, post_id, error)
    if error.reason is Reason.QUOTA:
        at, since = work.clock(), work.connected_at
        keep_full(work.session, work.hold.programme_id, at=at, connected_at=since)


def _come_again(work: Work, post_id: int, error: StillProcessing) -> None:
    at = work.clock()
    post, publication = _still_ours(work, post_id)
    since = datetime.fromisoformat(publication.handle.get(PROCESSING, at.isoformat()))
    if at - since >= LONG:
        work.session.rollback()
        over = TheirsForNow(f"for long: {error}", wait=MINUTE, reason=error.reason)
        _wait(work, post_id, over, anew=True)
        return
    publication.handle = {**publication.handle, PROCESSING: since.isoformat()}
    wait = max(error.wait, min(at - since, LONGEST_LOOK))
    publication.next_try_at = _not_past_slot(post, at + wait, at)
    if post.state is PostState.PUBLISHING:  # it said so when asked to publish, and did not
        take_as_unsent(post, publication, is_refused=True)
        publication.tries -= 1
        post.move(PostState.APPROVED, by=None, at=at, why=str(error))
    work.session.commit()


def _wait(work: Work, post_id: int, error: TheirsForNow, *, anew: bool = False) -> None:
    """Nothing was published: the same post goes back in line, but not for ever."""
    at = work.clock()
    post, publication = _still_ours(work, post_id)
    counts, was_sent = error.reason not in COSTS_NO_TRY, post.state is PostState.PUBLISHING
    publication.tries += counts - was_sent  # one that was sent is counted already
    take_as_unsent(post, publication, is_refused=True)
    if anew:
        publication.handle = of_earlier(publication.handle, door=publication.door)
    remember(publication, error)
    if counts and publication.tries >= MOST_TRIES:
        _give_up(work, post, publication, error)
    else:
        publication.next_try_at = _when_again(post, publication, error, at)
        left_alone = waits_until(work.session, post.programme_id, at=at) or at
        until, reason = max(publication.next_try_at, left_alone), error.reason.value
        if error.reason in OF_ACCOUNT:
            note_wait(post, at=at, reason=reason, said=error.said, until=until)
        else:  # each is counted
            note(post, "waits", at=at, reason=reason, said=error.said, until=until.isoformat())
        if was_sent:
            post.move(PostState.APPROVED, by=None, at=at, why=str(error))
    work.session.commit()


def _when_again(
    post: Post, publication: Publication, error: TheirsForNow, at: datetime
) -> datetime:
    """What Instagram asked for is neither more nor less."""
    wait = max(error.wait, MINUTE)
    if error.is_asked or error.reason in OF_ACCOUNT:
        return at + wait
    if error.reason in OF_LINE:
        growing = MINUTE * min(2 ** min(_waits_lately(post, at), 4), LONGEST_PAUSE)
        return _not_past_slot(post, at + max(wait, growing), at)
    return at + wait * max(publication.tries, 1)


def _waits_lately(post: Post, at: datetime) -> int:
    an_hour_ago = at - timedelta(hours=1)
    return sum(event.what == "waits" and event.at > an_hour_ago for event in post.events)


def _not_past_slot(post: Post, instant: datetime, at: datetime) -> datetime:
    """At its slot it is tried in any case: all may be well again by then."""
    is_ahead = post.slot_at is not None and post.slot_at > at
    return min(instant, post.slot_at) if is_ahead and post.slot_at else instant


def _fail(work: Work, post_id: int, error: PublishingError) -> None:
    post, publication = _still_ours(work, post_id)
    remember(publication, error)
    take_as_unsent(post, publication, is_refused=True)
    _give_up(work, post, publication, error)
    work.session.commit()
    log.warning("post not published", extra={"post_id": post.id, "state": post.state.value})


def _put_back(work: Work, post_id: int, error: PublishingError) -> None:
    at = work.clock()
    post, publication = _still_ours(work, post_id)
    remember(publication, error)
    if isinstance(error, Ours):  # nobody was asked
        publication.sent_at = None
    take_as_unsent(post, publication, is_refused=True)
    publication.next_try_at = at + MINUTE
    if post.state is PostState.PUBLISHING:
        publication.tries -= 1
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
    _wait(work, post_id, TheirsForNow(str(error), wait=MINUTE, reason=error.reason))


def _give_up(work: Work, post: Post, publication: Publication, error: PublishingError) -> None:
    """What was sent before and cannot be seen may be out: a person says which."""
    at = work.clock()
    if error.reason is Reason.SENT_BEFORE:
        doubt_anew(post, publication, session=work.session, at=at)
        return
    post.move(PostState.FAILED, by=None, at=at, why=publication.trouble)
    note(post, STOPPED_BY, at=at, reason=publication.reason)
    alarm_of_post("failed", post, session=work.session, reason=publication.reason, at=at)
