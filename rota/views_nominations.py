"""Nominations: HR proposes and follows, the lead invites."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from rota.finding import Shown, find_nomination, find_nominations
from rota.forms import NominationForm, nomination_form
from rota.inviting import InvitedAlready, expiries, hand_over, invite
from rota.models import Nomination, NominationState
from rota.nominating import (
    NominatedAlready,
    NotYourCountry,
    OfAnotherCountry,
    nominate,
    withdraw_nomination,
)
from rota.pages import pages
from rota.planning import latest_weeks
from rota.wording import shown_words, standing, steps
from takeover.clock import now
from takeover.db import db
from takeover.people.adding import find_person
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.programmes.models import Programme
from takeover.states import MoveNotAllowed
from takeover.web import own_path, page, see_other

A_PAGE = 50


@pages.get("/nominations")
@only(Role.HR, Role.LEAD)
def nominations() -> Response:
    at, person = now(), me()
    shown = next((s for s in Shown if s == request.args.get("state")), None)
    search = request.args.get("search", "").replace("\0", "").strip()[:100]
    number = max(1, request.args.get("page", 1, type=int))
    found, total = find_nominations(
        db.session,
        seen_by=person,
        at=at,
        shown=shown,
        search=search,
        skip=min(number - 1, 10**6) * A_PAGE,
        limit=A_PAGE,
    )
    expire = expiries(db.session, found)
    weeks = latest_weeks(db.session, [one.person_id for one in found])
    return page(
        "rota/nominations.html",
        rows=[
            (
                one,
                standing(
                    one,
                    expires_at=expire.get(one.id),
                    seen_by=person,
                    at=at,
                    week=weeks.get((one.person_id, one.programme_id)),
                ),
            )
            for one in found
        ],
        total=total,
        number=number,
        last=max(1, -(-total // A_PAGE)),
        shown=shown,
        search=search,
        states=shown_words(),
        leads=Role.LEAD in person.roles,
        here=request.full_path.rstrip("?"),
        may_nominate=_programmes() != [],
    )


@pages.get("/nominations/new")
@only(Role.HR, Role.LEAD)
def new_nomination() -> Response:
    return _form_page(nomination_form(_programmes(), me()))


@pages.post("/nominations/new")
@only(Role.HR, Role.LEAD)
def add_nomination() -> Response:
    programmes = _programmes()
    form = nomination_form(programmes, me())
    if not form.validate_on_submit():
        return _form_page(form, status=422)
    known = find_person(db.session, form.email.data or "")
    try:
        nomination = nominate(
            next(p for p in programmes if p.slug == form.programme.data),
            session=db.session,
            name=form.name.data or "",
            email=form.email.data or "",
            country=form.country.data,
            job=form.job.data or "",
            workplace=form.workplace.data or "",
            language=form.language.data,
            reason=form.reason.data or "",
            by=me(),
            at=now(),
        )
    except (NotYourCountry, OfAnotherCountry, NominatedAlready) as broken:
        db.session.rollback()
        field, sentence = _why_not(form, broken)
        field.errors = [*field.errors, sentence]
        return _form_page(form, status=422)
    db.session.commit()
    flash(_("%(name)s is nominated.", name=nomination.person.name), "good")
    if known:
        flash(
            _(
                "We knew %(email)s already, as %(name)s. What we knew was kept as it was.",
                email=known.email,
                name=known.name,
            ),
            "calm",
        )
    return see_other(url_for("rota.nomination", nomination_id=nomination.id))


@pages.get("/nominations/<int:nomination_id>")
@only(Role.HR, Role.LEAD)
def nomination(nomination_id: int) -> Response:
    return _nomination_page(_load(nomination_id))


@pages.post("/nominations/<int:nomination_id>/invite")
@only(Role.LEAD)
def invite_them(nomination_id: int) -> Response:
    found = _load(nomination_id, lock=True)
    name = found.person.name
    try:
        invite(found, session=db.session, by=me(), at=now())
    except InvitedAlready:
        db.session.rollback()
        flash(_("%(name)s is invited already. Nothing was sent twice.", name=name), "calm")
    except MoveNotAllowed:
        db.session.rollback()
        return _nomination_page(
            _load(nomination_id),
            status=422,
            problem=_("This nomination is closed: no invitation was sent."),
        )
    else:
        db.session.commit()
        flash(_("%(name)s is invited. The message is on its way.", name=name), "good")
    here = url_for("rota.nomination", nomination_id=nomination_id)
    return see_other(own_path(request.args.get("next"), otherwise=here))


@pages.post("/nominations/<int:nomination_id>/link")
@only(Role.LEAD)
def hand_over_link(nomination_id: int) -> Response:
    found = _load(nomination_id, lock=True)
    try:
        link = hand_over(found, session=db.session, by=me(), at=now())
    except MoveNotAllowed:
        db.session.rollback()
        return _nomination_page(
            _load(nomination_id),
            status=422,
            problem=_("Nobody waits for a link: invite them first, or see what they answered."),
        )
    db.session.commit()
    return _nomination_page(found, link=link)


@pages.post("/nominations/<int:nomination_id>/withdraw")
@only(Role.HR, Role.LEAD)
def withdraw_it(nomination_id: int) -> Response:
    found = _load(nomination_id, lock=True)
    try:
        withdraw_nomination(found, by=me(), at=now())
    except MoveNotAllowed:
        db.session.rollback()
        return _nomination_page(
            _load(nomination_id),
            status=422,
            problem=_("This nomination is closed or answered; it cannot be withdrawn any more."),
        )
    db.session.commit()
    flash(_("The nomination is withdrawn."), "good")
    return see_other(url_for("rota.nomination", nomination_id=nomination_id))


def _load(nomination_id: int, *, lock: bool = False) -> Nomination:
    found = find_nomination(db.session, nomination_id, seen_by=me(), lock=lock)
    if found is None:
        abort(404)
    return found


def _programmes() -> list[Programme]:
    return list(db.session.scalars(select(Programme).order_by(Programme.name)))


def _nomination_page(found: Nomination, *, status: int = 200, **facts: Any) -> Response:
    at, person = now(), me()
    weeks = latest_weeks(db.session, [found.person_id])
    week = weeks.get((found.person_id, found.programme_id))
    expires_at = expiries(db.session, [found]).get(found.id)
    how = standing(found, expires_at=expires_at, seen_by=person, at=at, week=week)
    is_asked = found.state is NominationState.INVITED
    leads = Role.LEAD in person.roles
    return page(
        "rota/nomination.html",
        status=status,
        **{
            "nomination": found,
            "how": how,
            "steps": steps(found, seen_by=person, at=at, week=week),
            "may_hand_over": leads and is_asked,
            "may_plan": leads and found.state is NominationState.ACCEPTED and week is None,
            "may_withdraw": is_asked or found.state is NominationState.NOMINATED,
            "link": None,
            "problem": None,
            **facts,
        },
    )


def _form_page(form: NominationForm, *, status: int = 200) -> Response:
    return page(
        "rota/new_nomination.html",
        status=status,
        form=form,
        reads_all=Role.LEAD in me().roles,
        has_programmes=bool(form.programme.choices),
        one_programme=len(form.programme.choices or ()) == 1,
    )


def _why_not(form: NominationForm, broken: Exception) -> tuple[Any, str]:
    """The field that is to blame, and what to do."""
    match broken:
        case NominatedAlready():
            return form.email, _(
                "This person is nominated already. Look for them in the list of nominations."
            )
        case OfAnotherCountry():
            return form.country, _(
                "We know this address in another country. Ask HR of that country to nominate them."
            )
        case _:
            return form.country, _("Choose one of your countries from the list.")
