"""Deciding about a post: approve, request changes, reject; also when it did not go out."""

from collections.abc import Set
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.models import Decision, Review
from moderation.places import taken_slots
from moderation.starting_over import start_over
from moderation.telling import tell_author
from takeover.people.models import Person
from takeover.posts.digest import digest_of
from takeover.posts.drafting import forget_approval
from takeover.posts.models import Post, PostState
from takeover.posts.rules import check_open
from takeover.programmes.pausing import lock_programme
from takeover.weeks.slots import next_free_slot

OUTCOMES = {
    Decision.APPROVE: PostState.APPROVED,
    Decision.REQUEST_CHANGES: PostState.CHANGES_REQUESTED,
    Decision.REJECT: PostState.REJECTED,
}


TO_BE_DECIDED = frozenset({PostState.SUBMITTED})
WAITS_FOR_SLOT = frozenset({PostState.APPROVED})
NOT_OUT = frozenset({PostState.FAILED, PostState.MISSED})
"""Approved, and certainly not on the account: nothing sends it by itself any more."""


class OwnPost(Exception):
    """Nobody decides about their own post."""


class DecidedAlready(Exception):
    """Somebody was faster, or the author took it back. `review` is what they decided, if any,
    and `stands` says whether the post is where that put it."""

    def __init__(self, post: Post, review: Review | None) -> None:
        super().__init__(f"post {post.id} is {post.state.value}")
        self.review = review
        self.stands = review is not None and post.state is OUTCOMES[review.decision]


class ChangedSinceSeen(Exception):
    """The post is no longer what the approver looked at."""


class NoSlotLeft(Exception):
    """The author's week has no free slot any more."""


class ReasonMissing(Exception):
    """A no needs words that help the author."""


class ConsentGone(Exception):
    """The author has withdrawn their consent."""


def approve(
    post: Post,
    *,
    session: Session,
    digest_seen: str,
    by: Person,
    at: datetime,
    slot: datetime | None = None,
) -> Review:
    """Let it out, at `slot` if it had that before, else in the next free one of the author's week.
    `post` must be locked, and its programme before it: see `placing.lock_to_place`.

    The approval holds for the digest seen, and for nothing else. Raises OwnPost, DecidedAlready,
    ChangedSinceSeen, ConsentGone, NoSlotLeft.
    """
    review = _decide(post, Decision.APPROVE, session=session, digest_seen=digest_seen, by=by, at=at)
    if not post.week.consent.stands:
        raise ConsentGone
    slot = slot or take_slot(post, session=session, at=at)
    start_over(post, session=session)
    post.approved_digest = digest_seen
    post.approved_by_id = by.id
    post.slot_at = slot
    post.move(PostState.APPROVED, by=by, at=at, digest=digest_seen, slot_at=slot.isoformat())
    session.add(review)
    return review


def request_changes(
    post: Post, *, session: Session, digest_seen: str, reason: str, by: Person, at: datetime
) -> Review:
    """Give it back to its author. Raises ReasonMissing, OwnPost, DecidedAlready,
    ChangedSinceSeen; WeekHasEnded and ConsentWithdrawn, where its author could not change it any
    more."""
    check_open(post.week, at=at)
    return _say_no(
        post,
        Decision.REQUEST_CHANGES,
        PostState.CHANGES_REQUESTED,
        session=session,
        digest_seen=digest_seen,
        reason=reason,
        by=by,
        at=at,
    )


def reject(
    post: Post, *, session: Session, digest_seen: str, reason: str, by: Person, at: datetime
) -> Review:
    """For good. Raises ReasonMissing, OwnPost, DecidedAlready, ChangedSinceSeen."""
    return _say_no(
        post,
        Decision.REJECT,
        PostState.REJECTED,
        session=session,
        digest_seen=digest_seen,
        reason=reason,
        by=by,
        at=at,
    )


def stop(post: Post, *, session: Session, reason: str, by: Person, at: datetime) -> Review:
    """Take an approval back before the post is on its way, and give it to its author.

    `post` must be locked. Raises ReasonMissing, OwnPost; DecidedAlready where it is not, or no
    longer, waiting for its slot.
    """
    decision = Decision.REQUEST_CHANGES
    return _take_back(post, decision, WAITS_FOR_SLOT, session=session, reason=reason, by=by, at=at)


def give_back(post: Post, *, session: Session, reason: str, by: Person, at: datetime) -> Review:
    """Have its author change what did not go out. `post` must be locked.

    Raises ReasonMissing, OwnPost; DecidedAlready where it is no longer so; WeekHasEnded and
    ConsentWithdrawn, where its author could not change it any more.
    """
    check_open(post.week, at=at)
    decision = Decision.REQUEST_CHANGES
    return _take_back(post, decision, NOT_OUT, session=session, reason=reason, by=by, at=at)


def take_out(post: Post, *, session: Session, reason: str, by: Person, at: datetime) -> Review:
    """What did not go out shall not, for good. `post` must be locked. Raises ReasonMissing,
    OwnPost; DecidedAlready where it is no longer so."""
    decision = Decision.REJECT
    return _take_back(post, decision, NOT_OUT, session=session, reason=reason, by=by, at=at)


def last_review(session: Session, post: Post) -> Review | None:
    return session.scalar(
        select(Review).where(Review.post_id == post.id).order_by(Review.id.desc()).limit(1)
    )


def find_slot(post: Post, *, session: Session, at: datetime) -> datetime | None:
    """The next free slot of the author's week, as things stand; None when none is left."""
    taken = taken_slots(session, post.week.programme, at=at)
    return next_free_slot(post.week, taken=taken, at=at)


def take_slot(post: Post, *, session: Session, at: datetime) -> datetime:
    """The slot that is now this post's. Raises NoSlotLeft."""
    # Two approvals of one programme choose their slots one after the other.
    lock_programme(session, post.programme_id)
    slot = find_slot(post, session=session, at=at)
    if slot is None:
        raise NoSlotLeft
    return slot


def _take_back(
    post: Post,
    decision: Decision,
    states: Set[PostState],
    *,
    session: Session,
    reason: str,
    by: Person,
    at: datetime,
) -> Review:
    reason = _given(reason)
    _check_may_decide(post, states, session=session, by=by)
    review = Review(
        post_id=post.id,
        by_id=by.id,
        at=at,
        decision=decision,
        digest=post.approved_digest or "",
        reason=reason,
    )
    _give_back(post, review, OUTCOMES[decision], session=session, by=by)
    forget_approval(post)
    return review


def _say_no(
    post: Post,
    decision: Decision,
    state: PostState,
    *,
    session: Session,
    digest_seen: str,
    reason: str,
    by: Person,
    at: datetime,
) -> Review:
    reason = _given(reason)
    review = _decide(post, decision, session=session, digest_seen=digest_seen, by=by, at=at)
    review.reason = reason
    _give_back(post, review, state, session=session, by=by)
    return review


def _given(reason: str) -> str:
    """Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


def _give_back(
    post: Post, review: Review, state: PostState, *, session: Session, by: Person
) -> None:
    post.move(state, by=by, at=review.at, why=review.reason, digest=review.digest)
    session.add(review)
    tell_author(post, review, session=session, at=review.at)


def _decide(
    post: Post, decision: Decision, *, session: Session, digest_seen: str, by: Person, at: datetime
) -> Review:
    _check_may_decide(post, TO_BE_DECIDED, session=session, by=by)
    if digest_of(post) != digest_seen:
        raise ChangedSinceSeen
    return Review(post_id=post.id, by_id=by.id, at=at, decision=decision, digest=digest_seen)


def _check_may_decide(post: Post, states: Set[PostState], *, session: Session, by: Person) -> None:
    """Raises OwnPost, or DecidedAlready where it is no longer in one of those states."""
    if post.author_id == by.id:
        raise OwnPost
    if post.state not in states:
        raise DecidedAlready(post, last_review(session, post))
