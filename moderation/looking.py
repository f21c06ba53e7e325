"""How comms' pages are filled: one post to decide about, and the posts of the running weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response
from flask_babel import gettext as _
from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session, joinedload, object_session

from moderation.forms import ApproveForm, ReasonForm, RejectForm, StopForm, ThereForm
from moderation.forms_with_post import WithPostForm, form_for
from moderation.models import Decision
from moderation.placing import PLACERS
from moderation.reviewing import (
    ChangedSinceSeen,
    ConsentGone,
    DecidedAlready,
    NoSlotLeft,
    OwnPost,
    find_slot,
    last_review,
)
from moderation.waiting import how_many_wait
from moderation.words import how_long, state_for_comms, what_changed, what_was_decided
from takeover.clock import now
from takeover.instagram.models import Connection, Publication
from takeover.people.models import Grant, Person, Role
from takeover.posts.digest import digest_of
from takeover.posts.models import Post, PostState
from takeover.posts.words import KINDS, title
from takeover.web import page
from takeover.weeks.models import Week

# What comms never sees: the author's own drafts, unless they were with comms before.
IN_ORDER = (
    PostState.UNCERTAIN,
    PostState.FAILED,
    PostState.SUBMITTED,
    PostState.PUBLISHING,
    PostState.APPROVED,
    PostState.CHANGES_REQUESTED,
    PostState.PUBLISHED,
    PostState.MISSED,
    PostState.REJECTED,
)
NEEDS_SOMEBODY = frozenset({PostState.UNCERTAIN, PostState.FAILED})
MOST_ROWS = 200


def was_submitted(post: Post) -> bool:
    """Whether comms may know of it."""
    return post.submitted_at is not None


def review_page(
    post: Post,
    *,
    reader: Person,
    problem: str = "",
    changes: ReasonForm | None = None,
    rejection: RejectForm | None = None,
    stopping: StopForm | None = None,
    with_post: WithPostForm | None = None,
    status: int = 200,
) -> Response:
    session, at = _session_of(post), now()
    waits = post.state is PostState.SUBMITTED
    is_own = post.author_id == reader.id
    decides = waits and Role.APPROVER in reader.roles and not is_own
    slot = find_slot(post, session=session, at=at) if waits else None
    typed = next((f.reason.data or "" for f in (changes, rejection, stopping) if f), "")
    stop_form = _stop_form(post, reader, stopping, typed)
    has_its_form = decides if stopping is None else stop_form is stopping
    return page(
        "moderation/review.html",
        status=status,
        post=post,
        kind=KINDS[post.kind],
        # What its author has taken back is theirs alone again.
        is_with_author=post.state in {PostState.DRAFT, PostState.WITHDRAWN},
        # And what it changes now, nobody has sent yet.
        is_shown=not post.may_be_edited,
        state=state_for_comms(post, decides=decides, at=at),
        waits=how_long(post.submitted_at or at, at=at) if waits else "",
        slot=slot,
        decides=decides,
        forms=_forms(post, changes, rejection) if decides else None,
        stopping=stop_form,
        with_post=form_for(post, session=session, reader=reader, sent=with_post),
        steers=not reader.roles.isdisjoint(PLACERS),
        typed="" if has_its_form else typed.strip(),
        others=approvers(session, but=reader) if waits and is_own else [],
        is_own=is_own,
        problem=problem,
        decided=_decided(session, post, at) if not problem else "",
        asked=_asked(session, post, at) if waits else None,
        left=how_many_wait(session) - waits,
    )


@dataclass(frozen=True, slots=True)
class Forms:
    approve: ApproveForm
    changes: ReasonForm
    rejection: RejectForm


def _forms(post: Post, changes: ReasonForm | None, rejection: RejectForm | None) -> Forms:
    """Every form carries the digest of what the page shows now, not of what was shown before."""
    digest = digest_of(post)
    forms = Forms(
        approve=ApproveForm(formdata=None, data={"digest": digest}),
        changes=changes or ReasonForm(formdata=None),
        rejection=rejection or RejectForm(formdata=None),
    )
    forms.changes.digest.data = forms.rejection.digest.data = digest
    forms.changes.reason.id, forms.rejection.reason.id = "change-reason", "reject-reason"
    return forms


def _stop_form(post: Post, reader: Person, sent: StopForm | None, typed: str) -> StopForm | None:
    """For who may take an approval back, while the post still waits for its slot."""
    may = Role.APPROVER in reader.roles and post.author_id != reader.id
    if post.state is not PostState.APPROVED or not may:
        return None
    # Who wanted to say no when a colleague said yes can still say it, in the same words.
    return sent or StopForm(formdata=None, data={"reason": typed})


def why_not(rule: Exception, post: Post) -> str:
    """What stands against a decision, and what can be done."""
    if isinstance(rule, DecidedAlready) and rule.review is not None and _still_decided(post):
        return what_was_decided(rule.review, at=now())
    if isinstance(rule, DecidedAlready) and post.state is PostState.WITHDRAWN:
        return _("The author has taken it out for good. Nothing is left to decide.")
    words = {
        OwnPost: _("This is your own post. Another approver decides about it."),
        DecidedAlready: _(
            "The author took it back in the meantime. It is here again if they submit it."
        ),
        ChangedSinceSeen: _("The author has changed it since you looked. This is how it is now."),
        ConsentGone: _("The author has stepped down. Nothing of theirs goes out any more."),
        NoSlotLeft: _(
            "No free slot is left in this week. Ask for changes, or have the programme's lead "
            "add slots."
        ),
    }
    return words[type(rule)]


def approvers(session: Session, *, but: Person) -> list[str]:
    """The names of those who may decide."""
    return list(
        session.scalars(
            select(Person.name)
            .join(Grant, Grant.person_id == Person.id)
            .where(Grant.role == Role.APPROVER, Person.id != but.id)
            .order_by(Person.name)
            .limit(10)
        )
    )


@dataclass(frozen=True, slots=True)
class Row:
    post: Post
    word: str
    tone: str
    trouble: str
    form: ThereForm | None
    is_open: bool  # whether that form came back wrong
    may_be_placed: bool

    @property
    def title(self) -> str:
        """What its author is changing now, nobody has sent yet."""
        return _("Being changed by its author") if self.post.may_be_edited else title(self.post)

    @property
    def needs_you(self) -> bool:
        return self.post.state in NEEDS_SOMEBODY


def posts_page(
    session: Session,
    *,
    reader: Person,
    problem: str = "",
    asked: int | None = None,
    form: ThereForm | None = None,
    status: int = 200,
) -> Response:
    at, decides = now(), Role.APPROVER in reader.roles
    found = _of_open_weeks(session, at)
    troubles = _troubles(session, found)
    rows = [
        Row(
            post,
            *state_for_comms(post, decides=decides, at=at),
            trouble=troubles.get(post.id, ""),
            form=_there_form(post, form if post.id == asked else None),
            is_open=post.id == asked,
            may_be_placed=post.state is PostState.MISSED and post.week.ends > at,
        )
        for post in found
    ]
    stopped = session.scalars(
        select(Connection)
        .where(Connection.stopped_at.is_not(None))
        .options(joinedload(Connection.programme))
    )
    return page(
        "moderation/posts.html",
        status=status,
        rows=rows,
        stopped=list(stopped),
        problem=problem,
        needed=sum(row.needs_you for row in rows),
    )


def _there_form(post: Post, sent: ThereForm | None) -> ThereForm | None:
    if post.state is not PostState.UNCERTAIN:
        return None
    form = sent or ThereForm(formdata=None)
    form.permalink.id = f"permalink-{post.id}"
    return form


def _of_open_weeks(session: Session, at: datetime) -> list[Post]:
    """The posts of the weeks that run or come, and whatever else waits for somebody here."""
    # A date runs for 50 hours somewhere; each week's own clock decides below.
    near = Week.starts_on >= at.date() - timedelta(days=8)
    unsettled = Post.state.in_(NEEDS_SOMEBODY)
    found = session.scalars(
        select(Post)
        .join(Week, Week.id == Post.week_id)
        .where(Post.state.in_(IN_ORDER), or_(near, unsettled))
        .options(joinedload(Post.week).joinedload(Week.programme), joinedload(Post.author))
        .order_by(
            case({state: place for place, state in enumerate(IN_ORDER)}, value=Post.state),
            Post.slot_at,
            Post.submitted_at,
            Post.id,
        )
        .limit(MOST_ROWS)
    )
    return [post for post in found if post.week.ends > at or post.state in NEEDS_SOMEBODY]


def _troubles(session: Session, posts: Sequence[Post]) -> dict[int, str]:
    wanted = [p.id for p in posts if p.state in NEEDS_SOMEBODY]
    if not wanted:
        return {}
    found = select(Publication.post_id, Publication.trouble).where(Publication.post_id.in_(wanted))
    return {row.post_id: row.trouble for row in session.execute(found)}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was wanted of a post that has come back since."""

    who_and_when: str
    words: str
    since: str


def _asked(session: Session, post: Post, at: datetime) -> Asked | None:
    request = last_review(session, post)
    if request is None or request.decision is not Decision.REQUEST_CHANGES:
        return None
    return Asked(what_was_decided(request, at=at), request.reason, what_changed(post, request))


def _decided(session: Session, post: Post, at: datetime) -> str:
    if not _still_decided(post):
        return ""
    review = last_review(session, post)
    return what_was_decided(review, at=at) if review else ""


def _still_decided(post: Post) -> bool:
    """Whether the last decision about it is what its state came from."""
    return post.state not in {PostState.SUBMITTED, PostState.DRAFT, PostState.WITHDRAWN}


def _session_of(post: Post) -> Session:
    session = object_session(post)
    assert session is not None, "a post that is shown is in a session"  # noqa: S101
    return session
