"""The calendar of a week, moving a post in it, and sending one now."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from moderation import looking, steering
from moderation.addresses import back_to_calendar, calendar_of
from moderation.ahead import said_of
from moderation.asked_time import NoTime, SkippedTime, slot_asked
from moderation.calendar import Plan, plan_of
from moderation.places import MOST_OFFERED, places, taken_slots
from moderation.placing import PLACERS, lock_to_place
from moderation.steering import (
    Clash,
    Clashes,
    SlotTaken,
)
from moderation.words_steering import (
    RULES,
    why_fixed,
    why_no_location,
    why_not,
    words_of_clashes,
)
from takeover.clock import instant_in, now
from takeover.db import db
from takeover.i18n import week_span
from takeover.instagram.who_sees_to_it import CONNECTERS
from takeover.people.guards import me, only
from takeover.posts.models import Post, PostState
from takeover.posts.rules import is_open
from takeover.posts.showing import unchanged
from takeover.posts.signs import sign_of_post
from takeover.posts.words import title
from takeover.programmes.clocks import clock_of
from takeover.programmes.models import Programme
from takeover.web import page, see_other
from takeover.weeks.giving import monday_of, today_of

pages = Blueprint("calendar", __name__)

FARTHEST = timedelta(weeks=520)

MANY = 14
"""Posts of a week. With more, somebody on a phone, which shows three at once, loses their way."""


@pages.get("/calendar")
@pages.get("/calendar/<monday>")
@only(*PLACERS)
def week(monday: str | None = None) -> Response:
    programme = _chosen()
    if programme is None:
        return page("moderation/no_calendar.html")
    if monday is None:
        return _calendar_page(programme, monday_of(today_of(programme, at=now())))
    return _calendar_page(programme, _monday(programme, monday))


@pages.get("/calendar/posts/<int:post_id>/move")
@only(*PLACERS)
def choose(post_id: int) -> Response:
    return _move_page(found(post_id), wanted=instant_in(request.args.get("to", "")))


@pages.post("/calendar/posts/<int:post_id>/move")
@only(*PLACERS)
def move(post_id: int) -> Response:
    post = lock_to_place(db.session, post_id)
    if post is None or not looking.was_submitted(post):
        abort(404)
    try:
        slot = slot_asked(request.form, post.week.programme.zone)
    except (NoTime, SkippedTime) as rule:
        db.session.rollback()
        return _move_page(post, problem=_why_no_time(rule), status=422)
    try:
        steering.move_to(
            post,
            slot,
            session=db.session,
            seen=instant_of("seen"),
            by=me(),
            at=now(),
            all_the_same=request.form.get("sure") == "1",
        )
    except (Clashes, SlotTaken):
        db.session.rollback()
        return see_other(url_for("calendar.choose", post_id=post.id, to=slot.isoformat()))
    except RULES as rule:
        problem = why_not(rule, post)
        db.session.rollback()
        return _move_page(post, problem=problem, status=422)
    db.session.commit()
    flash(said_of(post, at=now()))
    return back_to_calendar(post)


@pages.post("/calendar/posts/<int:post_id>/swap/<int:other_id>")
@only(*PLACERS)
def swap(post_id: int, other_id: int) -> Response:
    both = steering.lock_both(db.session, post_id, other_id)
    if both is None or not all(map(looking.was_submitted, both)):
        abort(404)
    seen = (instant_of("seen"), instant_of("seen_other"))
    try:
        steering.swap(*both, session=db.session, seen=seen, by=me(), at=now())
    except RULES as rule:
        problem = why_not(rule, both[0])
        db.session.rollback()
        return _move_page(both[0], problem=problem, status=422)
    db.session.commit()
    flash(_("They have changed places."))
    return back_to_calendar(both[0])


def _calendar_page(programme: Programme, monday: date) -> Response:
    at = now()
    this_monday = monday_of(today_of(programme, at=at))
    plan = plan_of(programme, monday, session=db.session, at=at, may_connect=_may_connect())
    if unchanged(plan.sign):
        return Response(status=204)
    return page(
        "moderation/calendar.html",
        programme=programme,
        programmes=list(db.session.scalars(select(Programme).order_by(Programme.id))),
        plan=plan,
        leads_to_days=len(plan.entries) > MANY,
        moved=_shown_in(plan, request.args.get("moved", 0, type=int)),
        span=week_span(monday, monday + timedelta(days=6)),
        is_now=monday == this_monday,
        earlier=monday - timedelta(days=7),
        later=monday + timedelta(days=7),
        title_of=title,
        sign_of=sign_of_post,
    )


def _shown_in(plan: Plan, post_id: int) -> int:
    """0 where it is none of its posts."""
    return post_id if any(one.post.id == post_id for one in plan.entries) else 0


def _move_page(
    post: Post,
    *,
    problem: str = "",
    wanted: datetime | None = None,
    status: int = 200,
) -> Response:
    """`wanted` is the time that it does not get unless somebody says so once more."""
    if looking.is_authors_alone(post):
        return looking.review_page(post, reader=me(), problem=problem, status=status)
    programme, at = post.week.programme, now()
    taken = taken_slots(db.session, programme, at=at, but=post.id)
    offered = places(post.week, taken, at=at) if programme.slot_times else iter(())
    may_move = post.state in steering.TAKES_A_TIME and is_open(post.week, at=at)
    question = _question(post, wanted) if wanted and may_move else Question()
    local = wanted.astimezone(programme.zone) if wanted else None
    asked_day = request.values.get("day") or (local.date().isoformat() if local else "")
    asked_time = request.form.get("time") or (f"{local:%H:%M}" if local else "")
    other = question.other
    days = [post.week.starts_on + timedelta(days=number) for number in range(7)]
    return page(
        "moderation/move.html",
        status=status,
        post=post,
        title=title(post),
        programme=programme,
        may_move=may_move,
        is_placed=post.state is PostState.APPROVED,
        fixed=why_fixed(post, at=at),
        no_location=why_no_location(post),
        said=said_of(post, at=at) if post.slot_at else "",
        slots=[
            (slot, clock_of(programme, slot))
            for slot in islice(offered, MOST_OFFERED)
            if slot != post.slot_at
        ],
        days=[day for day in days if day >= today_of(programme, at=at)],
        asked_day=asked_day,
        asked_time=asked_time,
        problem=problem or question.problem,
        sure=(wanted, clock_of(programme, wanted), words_of_clashes(question.clashes, programme))
        if wanted and question.clashes
        else None,
        other=other,
        other_title=title(other) if other else "",
        other_at=clock_of(programme, other.slot_at) if other and other.slot_at else "",
        back=calendar_of(post),
    )


@dataclass(frozen=True, slots=True)
class Question:
    """What stands in the way of a time; nothing, where it is there to be chosen."""

    clashes: list[Clash] = field(default_factory=list)
    other: Post | None = None  # it could change places with
    problem: str = ""


def _question(post: Post, slot: datetime) -> Question:
    try:
        if post.slot_at != slot:
            steering.check_time(post, slot, session=db.session, at=now())
    except Clashes as rule:
        return Question(clashes=rule.found)
    except SlotTaken as rule:
        if steering.may_swap(post, rule.other, at=now()):
            return Question(other=rule.other)
        words = _("Another post has that very time, and cannot give it up. Choose another one.")
        return Question(problem=words)
    except RULES as rule:
        return Question(problem=why_not(rule, post))
    return Question()


def _chosen() -> Programme | None:
    """The programme of the address; else the first."""
    every = list(db.session.scalars(select(Programme).order_by(Programme.id)))
    asked = request.args.get("programme")
    return next((one for one in every if one.slug == asked), every[0] if every else None)


def found(post_id: int) -> Post:
    post = db.session.get(Post, post_id)
    if post is None or not looking.was_submitted(post):
        abort(404)
    return post


def _why_no_time(rule: NoTime | SkippedTime) -> str:
    if isinstance(rule, SkippedTime):
        return _(
            "That night the clock is put forward: %(time)s is skipped. Choose another time.",
            time=f"{rule.clock:%H:%M}",
        )
    return _("Choose a day and write a time.")


def instant_of(name: str) -> datetime | None:
    return instant_in(request.form.get(name, ""))


def _monday(programme: Programme, text: str) -> date:
    """The Monday of the address, if it is one somebody could plan for."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        abort(404)
    if found.weekday() != 0 or abs(found - today_of(programme, at=now())) > FARTHEST:
        abort(404)
    return found


def _may_connect() -> bool:
    return not me().roles.isdisjoint(CONNECTERS)
