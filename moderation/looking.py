"""How comms' page of one post is filled: to decide about it, or to see what became of it."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.ahead import ahead_of, would_be_ahead
from moderation.correcting import is_noted
from moderation.forms import ApproveForm, ReasonForm, RejectForm, StopForm
from moderation.forms_with_post import WithPostForm, form_for
from moderation.models import Decision
from moderation.placing import PLACERS
from moderation.reviewing import (
    NOT_OUT,
    ChangedSinceSeen,
    ConsentGone,
    DecidedAlready,
    NoSlotLeft,
    OwnPost,
    find_slot,
    last_review,
)
from moderation.steering import why_not_now
from moderation.troubles import NOTHING, troubles
from moderation.turned_up import to_settle_of
from moderation.waiting import how_many_wait
from moderation.ways_on import WaysOn, ways_on
from moderation.with_post import OPEN_FOR_IT, is_kept_by_location
from moderation.words import (
    NO_LOCATION_HERE,
    WEEK_IS_OVER,
    history_for_comms,
    how_long,
    state_for_comms,
    what_changed,
    what_was_decided,
    why_taken_out,
)
from takeover.clock import now
from takeover.db import db
from takeover.instagram.tended_by_hand import left_to_person
from takeover.people.models import Grant, Person, Role
from takeover.posts.ahead import Ahead
from takeover.posts.digest import digest_of
from takeover.posts.models import Post, PostState
from takeover.posts.rules import ConsentWithdrawn, WeekHasEnded, is_open
from takeover.posts.showing import is_looking_again, unchanged
from takeover.posts.words import KINDS, LATER, SOON, last_change, until_next_look
from takeover.web import page


def was_submitted(post: Post) -> bool:
    """Whether comms may know of it."""
    return post.submitted_at is not None


def is_authors_alone(post: Post) -> bool:
    """What its author has taken back, and what they change now, which nobody has sent yet."""
    return post.may_be_edited or post.state is PostState.WITHDRAWN


def is_as_shown(post: Post) -> bool:
    """To a page that looks again: whether nothing has become of the post since."""
    return is_looking_again() and unchanged(last_change(post, ahead_of([post], now()).get(post.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The form that was sent and is shown again, with what was typed into it."""

    changes: ReasonForm | None = None
    rejection: RejectForm | None = None
    stopping: StopForm | None = None
    with_post: WithPostForm | None = None
    asking: ReasonForm | None = None
    taking_out: RejectForm | None = None

    @property
    def reason(self) -> str:
        """What was typed to decide."""
        deciding = (self.changes, self.rejection, self.stopping)
        return next((form.reason.data or "" for form in deciding if form), "")


NOTHING_SENT = Sent()


def review_page(
    post: Post,
    *,
    reader: Person,
    problem: str = "",
    sent: Sent = NOTHING_SENT,
    status: int = 200,
) -> Response:
    session, at = db.session, now()
    waits = post.state is PostState.SUBMITTED
    is_own = post.author_id == reader.id
    decides = waits and Role.APPROVER in reader.roles and not is_own
    slot = find_slot(post, session=session, at=at) if waits else None
    stop_form = _stop_form(post, reader, sent)
    has_its_form = decides if sent.stopping is None else stop_form is sent.stopping
    known = troubles(session, [post.id], at=at).get(post.id, NOTHING)
    ahead = ahead_of([post], at).get(post.id)
    would_be = would_be_ahead(post, slot, session=session, at=at) if slot else None
    return page(
        "moderation/review.html",
        status=status,
        post=post,
        kind=KINDS[post.kind],
        # What its author has taken back is theirs alone again.
        is_with_author=post.state in {PostState.DRAFT, PostState.WITHDRAWN},
        # And what it changes now, nobody has sent yet.
        is_shown=not post.may_be_edited,
        state=state_for_comms(
            post,
            decides=decides,
            ahead=ahead,
            is_looked_for=known.looked_for_until is not None,
            at=at,
        ),
        ahead=ahead,
        look_again=_look_again(post, ahead, at),
        sign=last_change(post, ahead),
        said=ahead or would_be,
        may_go_now=ahead is not None
        and ahead.may_go_now
        and why_not_now(post, session=session, at=at) is None,
        was_due=post.slot_at is not None and post.slot_at <= at,
        waits=how_long(post.submitted_at or at, at=at) if waits else "",
        slot=slot,
        decides=decides,
        forms=_forms(post, sent) if decides else None,
        stopping=stop_form,
        with_post=form_for(post, session=session, reader=reader, at=at, sent=sent.with_post),
        turned_up=to_settle_of(post, session=session),
        is_week_over=post.week.ends <= at,
        has_run_out=post.has_run_out(at),
        is_noted=is_noted(post, session=session),
        left=left_to_person(post, session=session),
        taken_out=why_taken_out(post) if post.state is PostState.WITHDRAWN else "",
        steers=not reader.roles.isdisjoint(PLACERS),
        typed="" if has_its_form else sent.reason.strip(),
        others=approvers(session, but=reader) if waits and is_own else [],
        is_own=is_own,
        problem=problem,
        known=known,
        ways=_ways(post, reader, known.reason, sent, at=at),
        no_location=str(NO_LOCATION_HERE)
        if post.state in OPEN_FOR_IT and is_kept_by_location(post, session=session)
        else "",
        history=history_for_comms(post),
        decided=_decided(session, post, at) if not problem else "",
        asked=_asked(session, post, at) if waits else None,
        more=how_many_wait(session) - waits,
    )


def _look_again(post: Post, ahead: Ahead | None, at: datetime) -> int:
    """In seconds, while it may move by itself; 0 where it does not."""
    if ahead is not None:
        return until_next_look(post, ahead, at=at)
    return {PostState.PUBLISHING: SOON, PostState.UNCERTAIN: LATER}.get(post.state, 0)


def _ways(
    post: Post,
    reader: Person,
    reason: str,
    sent: Sent,
    *,
    at: datetime,
) -> WaysOn | None:
    if post.state not in NOT_OUT:
        return None
    return ways_on(
        post,
        session=db.session,
        reader=reader,
        reason=reason,
        slot=find_slot(post, session=db.session, at=at),
        at=at,
        ask=sent.asking,
        out=sent.taking_out,
    )


@dataclass(frozen=True, slots=True)
class Forms:
    approve: ApproveForm
    changes: ReasonForm
    rejection: RejectForm


def _forms(post: Post, sent: Sent) -> Forms:
    """Every form carries the digest of what the page shows now, not of what was shown before."""
    digest = digest_of(post)
    forms = Forms(
        approve=ApproveForm(formdata=None, data={"digest": digest}),
        changes=sent.changes or ReasonForm(formdata=None),
        rejection=sent.rejection or RejectForm(formdata=None),
    )
    forms.changes.digest.data = forms.rejection.digest.data = digest
    forms.changes.reason.id, forms.rejection.reason.id = "change-reason", "reject-reason"
    return forms


def _stop_form(post: Post, reader: Person, sent: Sent) -> StopForm | None:
    """For who may take an approval back, while the post still waits for its slot."""
    may = Role.APPROVER in reader.roles and post.author_id != reader.id
    if post.state is not PostState.APPROVED or not may:
        return None
    # Who wanted to say no when a colleague said yes can still say it, in the same words.
    return sent.stopping or StopForm(formdata=None, data={"reason": sent.reason})


def why_not(rule: Exception, post: Post) -> str:
    """What stands against a decision, and what can be done."""
    if isinstance(rule, DecidedAlready) and rule.review is not None and _still_decided(post):
        return what_was_decided(rule.review)
    if isinstance(rule, DecidedAlready) and post.state is PostState.WITHDRAWN:
        return why_taken_out(post)
    words = {
        OwnPost: _("This is your own post. Another approver decides about it."),
        DecidedAlready: _(
            "The author took it back in the meantime. It is here again if they submit it."
        ),
        ChangedSinceSeen: _("It has been changed since you looked. This is how it is now."),
        ConsentGone: _("The author has stepped down. Nothing of theirs goes out any more."),
        ConsentWithdrawn: _("The author has stepped down. Nothing of theirs goes out any more."),
        WeekHasEnded: str(WEEK_IS_OVER),
        NoSlotLeft: str(WEEK_IS_OVER)
        if post.week.ends <= now()
        else _(
            "No free slot is left in this week. Ask for changes, or have the programme's lead "
            "add slots."
        ),
    }
    return words[type(rule)]


def why_not_placed(rule: Exception, post: Post) -> str:
    """What stands against another time for what did not go out."""
    if isinstance(rule, NoSlotLeft) and is_open(post.week, at=now()):
        return _(
            "No free slot is left in its week. Choose its time, or have its author change it; or "
            "take it out."
        )
    return why_not(rule, post)


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
class Asked:
    """What was wanted of a post that has come back since."""

    who_and_when: str
    words: str
    since: str


def _asked(session: Session, post: Post, at: datetime) -> Asked | None:
    request = last_review(session, post)
    if request is None or request.decision is not Decision.REQUEST_CHANGES:
        return None
    return Asked(what_was_decided(request), request.reason, what_changed(post, request))


def _decided(session: Session, post: Post, at: datetime) -> str:
    if not _still_decided(post):
        return ""
    review = last_review(session, post)
    return what_was_decided(review) if review else ""


def _still_decided(post: Post) -> bool:
    """Whether the last decision about it is what its state came from."""
    return post.state not in {PostState.SUBMITTED, PostState.DRAFT, PostState.WITHDRAWN}
