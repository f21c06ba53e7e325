"""What must be true when nothing moves any more: out once, or with a person, and on the record."""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from takeover.audit import AuditEntry
from takeover.db import db
from takeover.instagram.models import Connection, Publication, SandboxPost
from takeover.posts.models import Post, PostState
from tests.torture.plans import Plan
from tests.torture.reasons import true_reasons
from tests.torture.world import World

WITH_A_PERSON = (PostState.UNCERTAIN, PostState.FAILED, PostState.MISSED)
CAN_TELL = ("graph",)  # doors that know for certain that something is not published
NOT_OUT = (PostState.APPROVED, PostState.FAILED, PostState.MISSED)


@dataclass(frozen=True, slots=True)
class OnProfile:
    """A post of ours as anybody sees it; `post` is whose pictures it shows, 0 for nobody's."""

    post: int
    media_id: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A post in our database at the end."""

    post_id: int
    state: str
    times: int  # on the profile
    reason: str


def shown(world: World, door: str) -> list[OnProfile]:
    whose = {digests[0]: post for post, digests in world.cast.digests.items()}
    if door == "sandbox":
        return _shown_in_sandbox(world)
    found = []
    for post in world.stage.account.posts():
        digests = [sha256(item.data).hexdigest() for item in post.items]
        ours = whose.get(digests[0], 0)
        media_id = post.media_id
        if door == "instagrapi":
            media_id = f"{post.pk}_{world.stage.account.pk}"
        found.append(OnProfile(ours, media_id, digests == world.cast.digests.get(ours)))
    return found


def wrong(world: World, plan: Plan, due: list[int]) -> tuple[list[Seen], list[str]]:
    """The posts as they are, and every sentence about them that must not be said."""
    profile = shown(world, plan.door)
    faults = [f"{one} is nobody's, or not whole" for one in profile if not (one.post and one.whole)]
    seen = []
    with world.app.app_context():
        stopped_at, why = db.session.execute(
            select(func.max(Connection.stopped_at), func.max(Connection.trouble))
        ).one()
        stopped = stopped_at is not None
        for post_id in due:
            post = db.session.get_one(Post, post_id)
            publication = db.session.get(Publication, post_id)
            there = [one for one in profile if one.post == post_id]
            reason = (publication.trouble if publication else "") or post.last_word
            if stopped and post.state is PostState.APPROVED:
                reason = reason or why
            seen.append(Seen(post_id, post.state.value, len(there), reason))
            faults += [
                f"post {post_id} ({post.state.value}): {sentence}"
                for sentence in (
                    *_wrong_with(post, publication, there, reason, stopped=stopped, plan=plan),
                    *_gaps(db.session, post),
                )
            ]
        db.session.rollback()
    return seen, faults


def _shown_in_sandbox(world: World) -> list[OnProfile]:
    with world.app.app_context():
        found = []
        for post in db.session.scalars(select(SandboxPost).order_by(SandboxPost.id)):
            ours = _whose_in_sandbox(world, post)
            found.append(OnProfile(ours, f"sandbox-{post.id}", bool(ours)))
        db.session.rollback()
        return found


def _whose_in_sandbox(world: World, post: SandboxPost) -> int:
    """By its name in a handle: each is of one post, whatever it shows."""
    handles = db.session.scalars(select(Publication).order_by(Publication.post_id))
    whose = {one.handle.get("client_id"): one.post_id for one in handles}
    return whose.get(post.client_id, 0)


def _wrong_with(
    post: Post, publication: Publication | None, there: list[OnProfile], reason: str, *,
    stopped: bool, plan: Plan,
) -> list[str]:  # fmt: skip
    said = []
    if len(there) > 1:
        said.append(f"it is on the profile {len(there)} times")
    if post.state is PostState.PUBLISHED:
        if not there:
            said.append("it is not on the profile")
        elif publication is None or publication.media_id not in {one.media_id for one in there}:
            said.append(f"it is taken for {publication and publication.media_id}")
        return said
    if post.state not in WITH_A_PERSON and not (stopped and post.state is PostState.APPROVED):
        said.append("it waits for nobody")
    if post.state in NOT_OUT and there:
        said.append("it is on the profile")
    if not reason:
        said.append("nobody says why")
    told = publication.reason if publication else ""
    if told not in true_reasons(plan):
        said.append(f"it is said to wait for {told}, which it does not")
    looked_for = publication is not None and publication.next_try_at is not None
    if post.state is PostState.UNCERTAIN and looked_for and not stopped:
        said.append("it is never looked for")
    unseen = post.state is PostState.UNCERTAIN and not there
    if plan.is_honest and not (unseen and plan.door not in CAN_TELL):
        said.append("nothing but a death has happened, and it is not out")
    return said


def _gaps(session: Session, post: Post) -> list[str]:
    """In its history, or between that and the audit."""
    moves = [(move.from_state, move.to_state) for move in post.history]
    entries = session.execute(
        select(AuditEntry.from_state, AuditEntry.to_state)
        .where(AuditEntry.object_kind == "posts", AuditEntry.object_id == post.id)
        .where(AuditEntry.to_state.is_not(None))
        .order_by(AuditEntry.id)
    )
    said = []
    if [tuple(entry) for entry in entries] != moves:
        said.append("the audit has other moves than its history")
    ends = [None, *(to for _, to in moves)]
    if [start for start, _ in moves] != ends[:-1] or ends[-1] != post.state.value:
        said.append("its history has a gap")
    return said


def tally(states: Counter[str]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
