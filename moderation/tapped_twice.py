"""A second, impatient tap on the same button means the first, and gets the same answer, as long as
the post is where the first put it."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from moderation.ahead import ahead_of
from moderation.models import Decision
from moderation.reviewing import DecidedAlready, last_review
from moderation.with_post import WAS_APPROVED, WithPost, is_as_wanted
from takeover.audit import AuditEntry
from takeover.people.models import Person
from takeover.posts.ahead import Next
from takeover.posts.digest import digest_of
from takeover.posts.models import Post, PostState

S = PostState

BY_ITSELF = frozenset({Next.NOW, Next.WAITS, Next.LATE})
"""Of what is due."""

GIVES_TIME = ("approved", "slot_moved", "placed")


def decided_already(
    rule: Exception,
    decision: Decision,
    *,
    by: Person,
    digest: str | None = None,
    reason: str | None = "",
) -> bool:
    """`digest` is None where none was shown."""
    if not isinstance(rule, DecidedAlready) or rule.review is None or not rule.stands:
        return False
    said = (rule.review.by_id, rule.review.decision, rule.review.reason)
    same = said == (by.id, decision, (reason or "").strip())
    return same and digest in {None, rule.review.digest}


def saved_already(post: Post, wanted: WithPost, *, session: Session, by: Person) -> bool:
    """Whether the last that happened to it is that they added just that."""
    last = session.scalar(_latest(post))
    if last is None or last.by_id != by.id or not is_as_wanted(post, wanted):
        return False
    # Where that took the approval back, this is on the record after it.
    return last.action == "added_to_post" or _took_approval_back(last)


def approved_with_already(post: Post, wanted: WithPost, *, session: Session, by: Person) -> bool:
    if post.state is not S.APPROVED or not is_as_wanted(post, wanted):
        return False
    review = last_review(session, post)
    is_theirs = review is not None and (review.by_id, review.decision) == (by.id, Decision.APPROVE)
    return is_theirs and post.approved_digest == digest_of(post)


def placed_already(post: Post, *, session: Session, by: Person, at: datetime) -> bool:
    """Whether the time it has, and that is to come, is the one they gave it last."""
    last = session.scalar(_latest(post, *GIVES_TIME))
    is_coming = post.state is S.APPROVED and post.slot_at is not None and post.slot_at > at
    return is_coming and last is not None and last.by_id == by.id and _is_its_time(last, post)


def who_sent_it_now(post: Post, *, session: Session, at: datetime) -> Person | None:
    """Whoever published it at once, and it still goes out by that, or is out."""
    last = session.scalar(_latest(post, *GIVES_TIME))
    if last is None or post.slot_at is None or not _goes_out(post, at):
        return None
    # Any other time is given while it is to come.
    was_now = _is_its_time(last, post) and post.slot_at <= last.at
    return session.get(Person, last.by_id) if was_now else None


def settled_already(post: Post, outcome: PostState, *, by: Person) -> bool:
    """Whether they ended the doubt about it that way."""
    last = post.history[-1] if post.history else None
    if last is None or post.state is not outcome:
        return False
    return last.from_state == S.UNCERTAIN and last.by_id == by.id


def _goes_out(post: Post, at: datetime) -> bool:
    """Whether it is out, or gets there with nobody doing anything for it."""
    if post.state is not S.APPROVED:
        return post.state in {S.PUBLISHING, S.PUBLISHED}
    ahead = ahead_of([post], at).get(post.id)
    return ahead is not None and ahead.next in BY_ITSELF


def _is_its_time(entry: AuditEntry, post: Post) -> bool:
    slot = entry.facts.get("slot_at")
    return isinstance(slot, str) and datetime.fromisoformat(slot) == post.slot_at


def _took_approval_back(entry: AuditEntry) -> bool:
    return entry.to_state == S.SUBMITTED and entry.from_state in WAS_APPROVED


def _latest(post: Post, *actions: str) -> Select[AuditEntry]:
    found = select(AuditEntry).where(
        AuditEntry.object_kind == "posts", AuditEntry.object_id == post.id
    )
    if actions:
        found = found.where(AuditEntry.action.in_(actions))
    return found.order_by(AuditEntry.id.desc()).limit(1)
