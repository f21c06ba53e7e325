"""A programme's week on the account's clock: what goes out when, what is free, what is amiss."""

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zlib import crc32

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from moderation.ahead import ahead
from moderation.clocks import both_clocks, city_of
from moderation.going_out import outlook_of
from moderation.steering import who_goes_now
from moderation.troubles import troubles
from moderation.words import word_of_doubt
from takeover.instagram.account_state import AccountState
from takeover.posts.ahead import Ahead, Next
from takeover.posts.models import Post, PostState
from takeover.posts.words import LATER, SOON, word_of
from takeover.programmes.clocks import differs
from takeover.programmes.models import Programme
from takeover.programmes.quiet import is_quiet
from takeover.weeks.giving import find_week, today_of
from takeover.weeks.models import Week
from takeover.weeks.slots import keeps_apart, slots_of

S = PostState
SHOWN = (S.APPROVED, S.PUBLISHING, S.UNCERTAIN, S.FAILED, S.MISSED, S.PUBLISHED, S.TAKEN_DOWN)
COUNTS = frozenset({S.APPROVED, S.PUBLISHING, S.UNCERTAIN, S.PUBLISHED})
"""What may be out, or will be: others keep their distance from it."""


@dataclass(frozen=True, slots=True)
class Entry:
    post: Post
    at: datetime
    time: str  # on the account's clock
    here: str  # on the reader's; empty where that is the same
    word: str
    tone: str
    amiss: list[str]
    ahead: Ahead | None = None  # of what is approved
    kept: str = ""  # what keeps it, where that is said at it
    may_go_now: bool = False
    has_run_out: bool = False  # see `Post`

    @property
    def may_be_moved(self) -> bool:
        return self.ahead is not None and self.ahead.next is not Next.NOW

    @property
    def look_again(self) -> int:
        """In seconds, until it has settled; 0 where nothing moves."""
        if self.post.state is S.PUBLISHING or (self.ahead and self.ahead.next is Next.NOW):
            return SOON
        moves = self.ahead is not None and self.ahead.next in {Next.LATE, Next.WAITS}
        return LATER if moves or self.post.state is S.UNCERTAIN else 0

    @property
    def sign(self) -> str:
        """Differs whenever it says something else."""
        return f"{self.post.state.value}{self.ahead.sign if self.ahead else ''}"


@dataclass(frozen=True, slots=True)
class Free:
    at: datetime
    time: str
    here: str


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    name: str
    short: str
    place: Literal["past", "today", "next"]
    gap: str = ""  # in words, where a day of somebody's week has no post
    is_urgent: bool = False
    takes_posts: bool = True  # whether something may still be moved there
    lines: list[Entry | Free] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    monday: date
    week: Week | None  # whose, if somebody's
    days: list[Day]
    posts: int
    free: int
    amiss: int
    other_clock: str  # where the account's clock is not the reader's: its city
    account: AccountState

    @property
    def entries(self) -> list[Entry]:
        return [line for day in self.days for line in day.lines if isinstance(line, Entry)]

    @property
    def waits_for_account(self) -> bool:
        """Whether a post of these days does."""
        return any(one.ahead and one.ahead.next is Next.SHUT for one in self.entries)

    @property
    def look_again(self) -> int:
        """In seconds, until the next of its posts may have settled; 0 where nothing moves."""
        return min((one.look_again for one in self.entries if one.look_again), default=0)

    @property
    def sign(self) -> str:
        """Differs whenever one of its posts says something else, or has come, gone or moved."""
        said = "/".join(f"{one.post.id} {one.at.isoformat()} {one.sign}" for one in self.entries)
        return f"{crc32(said.encode()):x}"


def plan_of(
    programme: Programme,
    monday: date,
    *,
    session: Session,
    at: datetime,
    may_connect: bool = False,
) -> Plan:
    """The seven days that begin on that Monday. `may_connect`: whoever reads it."""
    given = find_week(session, programme, monday)
    frame = given or Week(programme=programme, starts_on=monday)
    near = timedelta(minutes=programme.spacing)
    found = _posts_between(session, programme, frame.begins - near, frame.ends + near)
    outlook = outlook_of(programme, session=session, at=at, may_connect=may_connect)
    instants = [(post.id, _instant(post)) for post in found if post.state in COUNTS]
    theirs = [post for post in found if frame.begins <= _instant(post) < frame.ends]
    doubts = _looked_for(theirs, session=session, at=at)
    goes_now = who_goes_now(session, at=at)
    entries = [
        _entry(post, ahead(post, outlook), instants, doubts, goes_now, at=at) for post in theirs
    ]
    free = _free(given, [instant for _id, instant in instants], at=at) if given else []
    days = [
        _day(programme, monday + timedelta(days=number), given, entries, free, at=at)
        for number in range(7)
    ]
    return Plan(
        monday=monday,
        week=given,
        days=days,
        posts=len(entries),
        free=len(free),
        amiss=sum(bool(entry.amiss) for entry in entries),
        other_clock=city_of(programme) if _differs(programme, frame) else "",
        account=outlook.account,
    )


def _differs(programme: Programme, week: Week) -> bool:
    """A clock that is put forward or back in it may differ from the reader's at one end only."""
    return differs(programme, week.begins) or differs(programme, week.ends)


def _posts_between(
    session: Session, programme: Programme, first: datetime, last: datetime
) -> list[Post]:
    instant = func.coalesce(Post.published_at, Post.slot_at, type_=Post.slot_at.type)
    return list(
        session.scalars(
            select(Post)
            .where(Post.programme_id == programme.id, Post.state.in_(SHOWN))
            .where(instant >= first, instant < last)
            .options(joinedload(Post.author), joinedload(Post.week))
            .options(selectinload(Post.events), selectinload(Post.history))
            .order_by(instant, Post.id)
        )
    )


def _instant(post: Post) -> datetime:
    instant = post.published_at or post.slot_at
    assert instant is not None, "it was looked for by its instant"  # noqa: S101
    return instant


def _entry(
    post: Post,
    ahead: Ahead | None,
    instants: Iterable[tuple[int, datetime]],
    looked_for: Set[int],
    goes_now: Callable[[Post], bool],
    *,
    at: datetime,
) -> Entry:
    instant, programme = _instant(post), post.week.programme
    word, tone = word_of(post, at=at)
    if ahead is not None and ahead.next is not Next.ON_TIME:  # its time stands beside it
        word, tone = ahead.word, ahead.tone
    elif post.state is S.UNCERTAIN:
        word, tone = word_of_doubt(is_looked_for=post.id in looked_for)
    elif post.state is S.FAILED:
        tone = "attention"
    clocks, amiss = both_clocks(programme, instant), _amiss(post, ahead, instants, at=at)
    may_go_now = ahead is not None and ahead.may_go_now and goes_now(post)
    kept = _kept(ahead, instant, at)
    out = post.has_run_out(at)
    return Entry(post, instant, *clocks, word, tone, amiss, ahead, kept, may_go_now, out)


def _looked_for(posts: Iterable[Post], *, session: Session, at: datetime) -> Set[int]:
    """The ids of those in doubt that nobody need look for yet."""
    in_doubt = [post.id for post in posts if post.state is S.UNCERTAIN]
    known = troubles(session, in_doubt, at=at) if in_doubt else {}
    return {id for id, one in known.items() if one.looked_for_until is not None}


def _kept(ahead: Ahead | None, instant: datetime, at: datetime) -> str:
    """Of a shut account the page itself says it, for what is to come."""
    if ahead is None or ahead.next in {Next.ON_TIME, Next.NOW}:
        return ""
    return "" if ahead.next is Next.SHUT and instant > at else ahead.words


def _amiss(
    post: Post, ahead: Ahead | None, instants: Iterable[tuple[int, datetime]], *, at: datetime
) -> list[str]:
    """What stands against an approved post at the time it has, but for what is said to keep it."""
    if ahead is None:
        return []
    programme, slot = post.week.programme, _instant(post)
    apart = timedelta(minutes=programme.spacing)
    is_due = slot <= at and ahead.next not in {Next.NOW, Next.LATE}
    is_explained = is_due or ahead.next is Next.WAITS
    found = []
    if not post.week.has(slot):
        found.append(_("Outside its author’s week"))
    if not is_explained and any(id != post.id and abs(one - slot) < apart for id, one in instants):
        found.append(_("Less than %(num)d minutes from another", num=programme.spacing))
    if is_quiet(programme, slot):
        found.append(_("In the quiet hours"))
    if ahead.next is Next.LATE:
        found.append(_("Its time has passed"))
    return found


def _free(week: Week, taken: list[datetime], *, at: datetime) -> list[Free]:
    return [
        Free(slot, *both_clocks(week.programme, slot))
        for slot in slots_of(week)
        if slot > at and keeps_apart(week.programme, slot, taken)
    ]


def _day(
    programme: Programme,
    on: date,
    given: Week | None,
    entries: list[Entry],
    free: list[Free],
    *,
    at: datetime,
) -> Day:
    today = today_of(programme, at=at)
    every: list[Entry | Free] = [*entries, *free]
    lines = [one for one in every if one.at.astimezone(programme.zone).date() == on]
    lines.sort(key=lambda one: one.at)
    is_over = _instant_of(programme, on + timedelta(days=1)) <= at
    fills = COUNTS | {S.TAKEN_DOWN} if is_over else COUNTS  # it went out, whatever came after
    has_post = any(isinstance(one, Entry) and one.post.state in fills for one in lines)
    is_gap = given is not None and not has_post and on.weekday() in programme.slot_days
    return Day(
        on=on,
        name=format_date(on, "EEE d MMM", rebase=False),
        short=format_date(on, "EEE d", rebase=False),
        place="today" if on == today else "past" if on < today else "next",
        gap=(_("Nothing went out") if is_over else _("No post yet")) if is_gap else "",
        is_urgent=is_gap and not is_over and given is not None and given.begins <= at,
        takes_posts=given is not None and not is_over,
        lines=lines,
    )


def _instant_of(programme: Programme, on: date) -> datetime:
    return datetime.combine(on, time(), programme.zone).astimezone(UTC)
