"""A programme's week on the account's clock: what goes out when, what is free, what is amiss."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from babel import Locale
from babel.dates import get_timezone_location
from flask_babel import format_date, get_locale, get_timezone
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from moderation.going_out import Wait, outlook_of
from takeover.i18n import DEFAULT_LANGUAGE, moment
from takeover.instagram.account_state import AccountState
from takeover.posts.held_up import ids_held_up
from takeover.posts.models import Post, PostState
from takeover.posts.words import STATES
from takeover.programmes.models import Programme
from takeover.programmes.pausing import open_pause
from takeover.programmes.quiet import is_quiet
from takeover.weeks.giving import find_week, today_of
from takeover.weeks.models import Week
from takeover.weeks.slots import slots_of

S = PostState
SHOWN = (S.APPROVED, S.PUBLISHING, S.UNCERTAIN, S.FAILED, S.MISSED, S.PUBLISHED, S.TAKEN_DOWN)
COUNTS = frozenset({S.APPROVED, S.PUBLISHING, S.UNCERTAIN, S.PUBLISHED})
"""What may be out, or will be: others keep their distance from it."""

A_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Entry:
    post: Post
    at: datetime
    time: str  # on the account's clock
    here: str  # on the reader's; empty where that is the same
    word: str
    tone: str
    amiss: list[str]
    wait: Wait | None = None

    @property
    def may_be_moved(self) -> bool:
        return self.post.state is S.APPROVED

    @property
    def may_go_now(self) -> bool:
        return self.may_be_moved and (self.wait is None or self.wait.may_go_now)


@dataclass(frozen=True, slots=True)
class Free:
    at: datetime
    time: str
    here: str


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    name: str
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
    paused = open_pause(session, programme.id) is not None
    held = ids_held_up(session, at=at)
    outlook = outlook_of(programme, session=session, at=at, may_connect=may_connect)
    instants = [(post.id, _instant(post)) for post in found if post.state in COUNTS]
    theirs = [post for post in found if frame.begins <= _instant(post) < frame.ends]
    waits = {post.id: outlook.wait_of(post) for post in theirs}
    entries = [
        _entry(
            post,
            _amiss(post, instants, paused, post.id in held or waits.get(post.id), at=at),
            waits.get(post.id),
            is_held_up=post.id in held,
            at=at,
        )
        for post in theirs
    ]
    free = _free(given, entries, at=at) if given else []
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
        other_clock=_city(programme) if _differs(programme, frame.begins) else "",
        account=outlook.account,
    )


def clock_of(programme: Programme, instant: datetime) -> str:
    """`Thu 26 Nov, 18:00` on the account's clock, with the reader's where that is another."""
    there = moment(instant, programme.timezone)
    if not _differs(programme, instant):
        return there
    return _("%(there)s (%(here)s on your clock)", there=there, here=moment(instant))


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
            .order_by(instant, Post.id)
        )
    )


def _instant(post: Post) -> datetime:
    instant = post.published_at or post.slot_at
    assert instant is not None, "it was looked for by its instant"  # noqa: S101
    return instant


def _entry(
    post: Post, amiss: list[str], wait: Wait | None, *, is_held_up: bool, at: datetime
) -> Entry:
    instant = _instant(post)
    named, tone = STATES[post.state]
    word = str(named)
    if is_held_up:
        word, tone = _("Held up by a pause"), "attention"
    elif wait is not None and instant <= at:
        word, tone = _("Waits"), "attention" if wait.is_for_account else "waiting"
    elif post.state in {S.UNCERTAIN, S.FAILED}:
        tone = "attention"
    programme = post.week.programme
    return Entry(post, instant, *_clocks(programme, instant), word, tone, amiss, wait)


def _amiss(
    post: Post,
    instants: Iterable[tuple[int, datetime]],
    paused: bool,
    is_explained: object,
    *,
    at: datetime,
) -> list[str]:
    """What stands against an approved post at the time it has. `is_explained`: why it is late."""
    if post.state is not S.APPROVED:
        return []
    programme, slot = post.week.programme, _instant(post)
    apart = timedelta(minutes=programme.spacing)
    found = []
    if not post.week.has(slot):
        found.append(_("Outside its author’s week"))
    if not is_explained and any(id != post.id and abs(one - slot) < apart for id, one in instants):
        found.append(_("Less than %(num)d minutes from another", num=programme.spacing))
    if is_quiet(programme, slot):
        found.append(_("In the quiet hours"))
    if paused and slot > at:
        found.append(_("Paused: it waits unless that is over by then"))
    if slot <= at - A_MOMENT and not is_explained:
        found.append(_("Its time has passed"))
    return found


def _free(week: Week, entries: list[Entry], *, at: datetime) -> list[Free]:
    taken = {entry.post.slot_at for entry in entries}
    return [
        Free(slot, *_clocks(week.programme, slot))
        for slot in slots_of(week)
        if slot > at and slot not in taken and not is_quiet(week.programme, slot)
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
    has_post = any(isinstance(one, Entry) and one.post.state in COUNTS for one in lines)
    is_gap = given is not None and not has_post and on.weekday() in programme.slot_days
    is_over = _instant_of(programme, on + timedelta(days=1)) <= at
    return Day(
        on=on,
        name=format_date(on, "EEE d MMM", rebase=False),
        place="today" if on == today else "past" if on < today else "next",
        gap=(_("Nothing went out") if is_over else _("No post yet")) if is_gap else "",
        is_urgent=is_gap and not is_over and given is not None and given.begins <= at,
        takes_posts=given is not None and not is_over,
        lines=lines,
    )


def _instant_of(programme: Programme, on: date) -> datetime:
    return datetime.combine(on, time(), programme.zone).astimezone(UTC)


def _clocks(programme: Programme, instant: datetime) -> tuple[str, str]:
    """The account's, and the reader's where it is another; with its day where that differs."""
    there, here = instant.astimezone(programme.zone), instant.astimezone(get_timezone())
    clock = f"{there:%H:%M}"
    if there.utcoffset() == here.utcoffset():
        return clock, ""
    if there.date() == here.date():
        return clock, f"{here:%H:%M}"
    return clock, f"{format_date(here.date(), 'EEE', rebase=False)} {here:%H:%M}"


def _differs(programme: Programme, instant: datetime) -> bool:
    return _clocks(programme, instant)[1] != ""


def _city(programme: Programme) -> str:
    locale = get_locale() or Locale.parse(DEFAULT_LANGUAGE)
    return str(get_timezone_location(programme.timezone, locale=locale, return_city=True))
