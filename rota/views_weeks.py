"""The rota: who has the account when."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from briefs.sending import briefs_of
from rota.pages import pages
from rota.planning import (
    candidates,
    give,
    lock_week,
    mondays,
    take_week_back,
    weeks_between,
    weeks_on_account,
)
from rota.showing import rows_of
from takeover.clock import now
from takeover.db import db
from takeover.i18n import week_span
from takeover.instagram.account_state import state_of
from takeover.people.guards import me, only
from takeover.people.models import Person, Role
from takeover.programmes.models import Programme
from takeover.web import page, see_other
from takeover.weeks.giving import (
    NoConsent,
    WeekHasBegun,
    WeekOver,
    WeekTaken,
    find_week,
    monday_of,
    today_of,
)

WEEKS = 12
A_PAGE = 50
FARTHEST = timedelta(weeks=520)


@pages.get("/rota")
@only(Role.LEAD, Role.APPROVER)
def weeks() -> Response:
    programmes = list(db.session.scalars(select(Programme).order_by(Programme.id)))
    if not programmes:
        return page("rota/no_programme.html")
    asked = request.args.get("programme")
    chosen = next((p for p in programmes if p.slug == asked), programmes[0])
    return _rota_page(chosen, programmes)


@pages.get("/rota/<slug>/<day>")
@only(Role.LEAD)
def choose(slug: str, day: str) -> Response:
    programme = _programme(slug)
    return _choose_page(programme, _monday(programme, day))


@pages.post("/rota/<slug>/<day>")
@only(Role.LEAD)
def give_it(slug: str, day: str) -> Response:
    programme = _programme(slug)
    starts_on = _monday(programme, day)
    person = db.session.get(Person, request.form.get("person", 0, type=int))
    if person is None:
        return _choose_page(programme, starts_on, 422, _("Choose somebody of the list."))
    try:
        give(programme, person, session=db.session, starts_on=starts_on, by=me(), at=now())
    except (WeekTaken, NoConsent, WeekOver) as broken:
        db.session.rollback()
        return _choose_page(programme, starts_on, 422, _why_not(broken, person))
    db.session.commit()
    flash(
        _(
            "%(name)s has the week of %(span)s. Their brief is on its way.",
            name=person.name,
            span=week_span(starts_on, starts_on + timedelta(days=6)),
        ),
        "good",
    )
    return see_other(_rota_with(programme, starts_on))


@pages.post("/rota/weeks/<int:week_id>/take-back")
@only(Role.LEAD)
def take_it_back(week_id: int) -> Response:
    week = lock_week(db.session, week_id)
    if week is None:
        abort(404)
    programme, name = week.programme, week.person.name
    try:
        take_week_back(week, session=db.session, by=me(), at=now())
    except WeekHasBegun:
        db.session.rollback()
        programmes = list(db.session.scalars(select(Programme).order_by(Programme.id)))
        sentence = _(
            "The week of %(name)s has begun, so it stays theirs. What should not go out you can "
            "still stop, post by post.",
            name=name,
        )
        return _rota_page(programme, programmes, status=422, problem=sentence)
    db.session.commit()
    flash(_("The week is open again. %(name)s is told.", name=name), "good")
    return see_other(_rota_with(programme, week.starts_on))


def _rota_page(
    programme: Programme,
    programmes: list[Programme],
    *,
    status: int = 200,
    problem: str | None = None,
) -> Response:
    at = now()
    this_monday = monday_of(today_of(programme, at=at))
    first = _asked_for(this_monday)
    days = mondays(first, WEEKS)
    given = weeks_between(db.session, programme, days[0], days[-1])
    rows = rows_of(
        programme,
        days,
        given,
        briefs_of(db.session, list(given.values())),
        on_account=weeks_on_account(db.session, given.values()),
        at=at,
    )
    waiting = candidates(db.session, programme, without_week=True, limit=0)[1]
    return page(
        "rota/weeks.html",
        status=status,
        programme=programme,
        programmes=programmes,
        rows=rows,
        open_weeks=sum(1 for row in rows if row.may_be_given),
        waiting=waiting,
        first=first,
        is_now=first == this_monday,
        earlier=first - timedelta(weeks=WEEKS),
        later=first + timedelta(weeks=WEEKS),
        leads=Role.LEAD in me().roles,
        account=state_of(programme, session=db.session, at=at, may_connect=Role.LEAD in me().roles),
        problem=problem,
    )


def _choose_page(
    programme: Programme, starts_on: date, status: int = 200, problem: str | None = None
) -> Response:
    search = request.args.get("search", "").replace("\0", "").strip()[:100]
    number = min(max(1, request.args.get("page", 1, type=int)), 10**6)
    found, total = candidates(
        db.session, programme, search=search, skip=(number - 1) * A_PAGE, limit=A_PAGE
    )
    return page(
        "rota/choose.html",
        status=status,
        programme=programme,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=6),
        taken=find_week(db.session, programme, starts_on),
        is_over=_is_over(programme, starts_on, at=now()),
        has_begun=starts_on <= today_of(programme, at=now()),
        candidates=found,
        total=total,
        number=number,
        last=max(1, -(-total // A_PAGE)),
        search=search,
        problem=problem,
        back=_rota_with(programme, starts_on),
    )


def _why_not(broken: Exception, person: Person) -> str:
    match broken:
        case NoConsent():
            return _(
                "%(name)s has not said yes, or has taken it back. Choose somebody else.",
                name=person.name,
            )
        case WeekOver():
            return _("This week is over. Choose one that is to come.")
        case _:
            return _("Somebody was faster: nothing was changed.")


def _programme(slug: str) -> Programme:
    found = db.session.scalar(select(Programme).where(Programme.slug == slug))
    if found is None:
        abort(404)
    return found


def _monday(programme: Programme, day: str) -> date:
    """The Monday of the address, if it is one somebody could plan for."""
    found = _date(day)
    if found is None or found.weekday() != 0:
        abort(404)
    if abs(found - today_of(programme, at=now())) > FARTHEST:
        abort(404)
    return found


def _asked_for(this_monday: date) -> date:
    """The first week to show: that of the address, else this one."""
    found = _date(request.args.get("from", ""))
    if found is None or abs(found - this_monday) > FARTHEST:
        return this_monday
    return monday_of(found)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _rota_with(programme: Programme, starts_on: date) -> str:
    """The page of the rota that shows this week; the first needs no date."""
    this_monday = monday_of(today_of(programme, at=now()))
    pages_on = (starts_on - this_monday).days // (7 * WEEKS)
    facts: dict[str, Any] = {"programme": programme.slug}
    if pages_on:
        facts["from"] = (this_monday + timedelta(weeks=WEEKS * pages_on)).isoformat()
    return url_for("rota.weeks", **facts)


def _is_over(programme: Programme, starts_on: date, *, at: datetime) -> bool:
    return starts_on + timedelta(days=6) < today_of(programme, at=at)
