"""How comms' page of the posts is filled: what needs somebody first, then the running weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response
from flask_babel import gettext as _
from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.ahead import in_words, outlooks_of
from moderation.forms import ThereForm
from moderation.going_out import Outlook
from moderation.places import free_slots_by_week
from moderation.reviewing import NOT_OUT
from moderation.troubles import NOTHING, Known, troubles
from moderation.ways_on import WaysOn, ways_on
from moderation.words import state_for_comms
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

    @property
    def title(self) -> str:
        """What its author is changing now, nobody has sent yet."""
        return _("Being changed by its author") if self.post.may_be_edited else title(self.post)

    @property
    def needs_you(self) -> bool:
        is_missed_for_good = self.post.state is PostState.MISSED and self.post.week.ends <= now()
        is_out = self.post.state not in NOT_OUT
        return self.there is not None or not (is_out or is_missed_for_good)

    def waits_for(self, reader: Person) -> bool:
        """Whether they can decide about it."""
        is_own = self.post.author_id == reader.id
        waits = self.post.state is PostState.SUBMITTED and not is_own
        return waits and Role.APPROVER in reader.roles

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
    by_hand = to_take_down(session)
    told_first = {one.post.id for one in by_hand}
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
        stopped=_shut(outlooks, session=session, at=at, may_connect=may_connect),
        problem=problem,
        needed=sum(row.needs_you for row in rows) + len(by_hand),
        most=MOST_ROWS if len(every) > MOST_ROWS else 0,
        to_decide=sum(row.waits_for(reader) for row in rows),
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
    # A date runs for 50 hours somewhere; each week's own clock decides below.
    near = Week.starts_on >= at.date() - timedelta(days=8)
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
    return [post for post in found if post.week.ends > at or post.state in UNSETTLED]
