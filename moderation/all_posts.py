"""How comms' page of the posts is filled: what needs somebody first, then the running weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response
from flask_babel import gettext as _
from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.ahead import in_words, outlooks_of
from moderation.forms import ThereForm
from moderation.going_out import Outlook
from moderation.places import free_slots_by_week
from moderation.reviewing import NOT_OUT
from moderation.troubles import NOTHING, Known, troubles
from moderation.turned_up import to_settle
from moderation.waiting import how_many_wait
from moderation.ways_on import WaysOn, ways_on
from moderation.words import NO_LOCATION_HERE, state_for_comms
from takeover.clock import now
from takeover.instagram.account_state import AccountState, state_of
from takeover.instagram.models import Connection, Takedown
from takeover.instagram.permalinks import address_of_account
from takeover.instagram.who_sees_to_it import CONNECTERS
from takeover.instagram.wording import why_left_to_person
from takeover.people.models import Person, Role
from takeover.posts.ahead import Ahead, Next
from takeover.posts.models import Post, PostState
from takeover.posts.words import title
from takeover.web import page
from takeover.weeks.models import Week

# What comms never sees: the author's own drafts, unless they were with comms before.
IN_ORDER = (
    PostState.UNCERTAIN,
    PostState.FAILED,
    PostState.MISSED,
    PostState.SUBMITTED,
    PostState.PUBLISHING,
    PostState.APPROVED,
    PostState.CHANGES_REQUESTED,
    PostState.PUBLISHED,
    PostState.REJECTED,
)
UNSETTLED = frozenset({PostState.UNCERTAIN, PostState.FAILED})
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Row:
    post: Post
    word: str
    tone: str
    ahead: Ahead | None  # of what is approved
    known: Known
    ways: WaysOn | None  # of what did not go out
    there: ThereForm | None  # of what only a person can say
    is_open: bool  # whether that form came back wrong
    has_run_out: bool  # see `Post`

    @property
    def title(self) -> str:
        """What its author is changing now, nobody has sent yet."""
        return _("Being changed by its author") if self.post.may_be_edited else title(self.post)

    @property
    def needs_somebody(self) -> bool:
        is_missed_for_good = self.post.state is PostState.MISSED and self.post.week.ends <= now()
        did_not_go = self.post.state in NOT_OUT and not is_missed_for_good
        return self.there is not None or did_not_go or self.would_fail

    @property
    def needs_you(self) -> bool:
        """Whether its reader is among those who can do something."""
        is_for_others = self.there is None and not self.would_fail and not self.ways
        return self.needs_somebody and not is_for_others

    @property
    def would_fail(self) -> bool:
        return self.ahead is not None and self.ahead.next is Next.WOULD_FAIL

    @property
    def is_to_be_placed(self) -> bool:
        return self.ahead is not None and self.ahead.next is Next.TO_BE_PLACED

    @property
    def says_more(self) -> bool:
        """Of a shut account the page says it once."""
        return self.ahead is not None and self.ahead.next not in {Next.ON_TIME, Next.NOW, Next.SHUT}

    @property
    def account(self) -> str:
        return self.post.week.programme.account

    @property
    def account_address(self) -> str:
        return address_of_account(self.account, door=self.known.door)


@dataclass(frozen=True, slots=True)
class ToTakeDown:
    """A post that a person has to take down."""

    post: Post
    asked: Takedown
    asked_by: str

    @property
    def title(self) -> str:
        return title(self.post)

    @property
    def why(self) -> str:
        return why_left_to_person(self.asked)


def posts_page(
    session: Session,
    *,
    reader: Person,
    problem: str = "",
    asked: int | None = None,
    form: ThereForm | None = None,
    status: int = 200,
) -> Response:
    at = now()
    by_hand, turned_up = to_take_down(session), to_settle(session)
    told_first = {one.post.id for one in by_hand} | {one.post.id for one in turned_up}
    every = _of_open_weeks(session, at)
    found = [post for post in every[:MOST_ROWS] if post.id not in told_first]
    may_connect = not reader.roles.isdisjoint(CONNECTERS)
    outlooks = outlooks_of(found, session=session, at=at, may_connect=may_connect)
    ahead = in_words(found, outlooks)
    rows = _rows(found, ahead, session=session, reader=reader, asked=asked, form=form, at=at)
    return page(
        "moderation/posts.html",
        status=status,
        rows=rows,
        by_hand=by_hand,
        turned_up=turned_up,
        stopped=_shut(outlooks, session=session, at=at, may_connect=may_connect),
        no_location=str(NO_LOCATION_HERE),
        problem=problem,
        needed=sum(row.needs_you for row in rows) + len(by_hand) + len(turned_up),
        most=MOST_ROWS if len(every) > MOST_ROWS else 0,
        to_decide=how_many_wait(session, but=reader) if Role.APPROVER in reader.roles else 0,
        to_place=sum(row.is_to_be_placed for row in rows),
    )


def _shut(
    outlooks: Mapping[int, Outlook], *, session: Session, at: datetime, may_connect: bool
) -> list[AccountState]:
    """The accounts that nothing goes out to: those that are connected, and those posts wait for."""
    found = session.scalars(
        select(Connection)
        .where(or_(Connection.stopped_at.is_not(None), Connection.expires_at <= at))
        .where(Connection.programme_id.not_in(outlooks))
        .options(joinedload(Connection.programme))
        .order_by(Connection.programme_id)
    )
    states = [outlook.account for outlook in outlooks.values()] + [
        state_of(one.programme, session=session, at=at, may_connect=may_connect) for one in found
    ]
    shut = [state for state in states if state.is_shut]
    return sorted(shut, key=lambda one: one.programme.id)


def to_take_down(session: Session) -> list[ToTakeDown]:
    """What no door of ours can take down, the longest asked for first."""
    found = session.execute(
        select(Takedown, Person.name)
        .join(Post, Post.id == Takedown.post_id)
        .join(Person, Person.id == Takedown.asked_by_id)
        .where(Post.state == PostState.PUBLISHED)
        .where(Takedown.by_hand.is_(True), Takedown.done_at.is_(None))
        .options(joinedload(Takedown.post).joinedload(Post.author))
        .options(joinedload(Takedown.post).joinedload(Post.week).joinedload(Week.programme))
        .order_by(Takedown.asked_at, Takedown.post_id)
    )
    return [ToTakeDown(asked.post, asked, name) for asked, name in found]


def _rows(
    found: Sequence[Post],
    ahead: Mapping[int, Ahead],
    *,
    session: Session,
    reader: Person,
    asked: int | None,
    form: ThereForm | None,
    at: datetime,
) -> list[Row]:
    decides = Role.APPROVER in reader.roles
    known = troubles(session, [p.id for p in found if p.state in UNSETTLED | NOT_OUT], at=at)
    not_out = [post.week for post in found if post.state in NOT_OUT]
    slots = free_slots_by_week(not_out, session=session, at=at)
    return [
        Row(
            post,
            *state_for_comms(
                post,
                decides=decides,
                ahead=ahead.get(post.id),
                is_looked_for=(of_it := known.get(post.id, NOTHING)).looked_for_until is not None,
                at=at,
            ),
            ahead=ahead.get(post.id),
            known=of_it,
            ways=ways_on(
                post,
                session=session,
                reader=reader,
                reason=of_it.reason,
                slot=next(iter(slots.get(post.week_id, ())), None),
                at=at,
            ),
            there=_there_form(post, of_it, form if post.id == asked else None),
            is_open=post.id == asked,
            has_run_out=post.has_run_out(at),
        )
        for post in found
    ]


def _there_form(post: Post, known: Known, sent: ThereForm | None) -> ThereForm | None:
    if post.state is not PostState.UNCERTAIN or (known.looked_for_until and sent is None):
        return None
    form = sent or ThereForm(formdata=None)
    form.permalink.id = f"permalink-{post.id}"
    return form


def _of_open_weeks(session: Session, at: datetime) -> list[Post]:
    """The posts of the weeks that run or come, and whatever else waits for somebody here."""
    near = and_(
        Week.starts_on >= at.date() - timedelta(days=8), Week.id.not_in(_just_over(session, at))
    )
    unsettled = Post.state.in_(UNSETTLED)
    found = session.scalars(
        select(Post)
        .join(Week, Week.id == Post.week_id)
        .where(Post.state.in_(IN_ORDER), or_(near, unsettled))
        .options(
            joinedload(Post.week).joinedload(Week.programme),
            joinedload(Post.author),
            selectinload(Post.history),
            selectinload(Post.events),
        )
        .order_by(
            case({state: place for place, state in enumerate(IN_ORDER)}, value=Post.state),
            Post.slot_at,
            Post.submitted_at,
            Post.id,
        )
        .limit(MOST_ROWS + 1)  # one more, to know whether there are more
    )
    return list(found)


def _just_over(session: Session, at: datetime) -> list[int]:
    """The ids of the weeks of which only their own clock tells that they are over: a date runs
    for 50 hours somewhere."""
    today = at.date()
    found = session.scalars(
        select(Week)
        .where(Week.starts_on.between(today - timedelta(days=8), today - timedelta(days=6)))
        .options(joinedload(Week.programme))
        .order_by(Week.id)
    )
    return [week.id for week in found if week.ends <= at]
