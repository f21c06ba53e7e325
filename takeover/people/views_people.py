"""Where administrators see who is here, let people in, and give and take roles."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from takeover.clock import now
from takeover.db import db
from takeover.i18n import zones
from takeover.people import sessions
from takeover.people.adding import NeedsCountries, give_role
from takeover.people.administering import (
    AddressTaken,
    OwnAdministratorRole,
    let_in,
    take_away,
)
from takeover.people.finding import search_people
from takeover.people.forms import PersonForm, RoleForm, SearchForm, TakeRoleForm
from takeover.people.guards import me, only
from takeover.people.links import IN_A_MESSAGE
from takeover.people.mailing import send_link
from takeover.people.models import Person, Role
from takeover.people.pages import pages
from takeover.people.words import ROLE_WORDS, grant_words, grants_in_order, roles_in_words
from takeover.web import page, see_other

administrators = only(Role.ADMINISTRATOR)

LARGEST_ID = 2**31 - 1  # an id past this would not fit into the column
A_PERSON = f"/people/<int(max={LARGEST_ID}):person_id>"


@pages.get("/people")
@administrators
def everybody() -> Response:
    return _everybody(PersonForm(None, timezone=me().timezone, send_link=True))


@pages.post("/people")
@administrators
def add() -> Response:
    form = PersonForm()
    if not form.validate_on_submit():
        return _everybody(form, status=422)
    try:
        person = _let_in(form)
    except NeedsCountries:
        form.country.errors = [_needs_country()]
        return _everybody(form, status=422)
    except AddressTaken as taken:
        form.email.errors = [_("Somebody has this address already. Find them in the list.")]
        return _everybody(form, status=422, known=taken.person)
    if form.send_link.data:
        send_link(db.session, person, by=me(), at=now(), lasts=IN_A_MESSAGE)
    db.session.commit()
    flash(_("%(name)s is in.", name=person.name), "good")
    return see_other(url_for("people.one", person_id=person.id))


@pages.get(A_PERSON)
@administrators
def one(person_id: int) -> Response:
    return _one(db.session.get(Person, person_id) or abort(404), RoleForm(None))


@pages.post(f"{A_PERSON}/roles")
@administrators
def give(person_id: int) -> Response:
    person = _to_change(person_id)
    form = RoleForm()
    if not form.validate_on_submit():
        return _one(person, form, status=422)
    try:
        give_role(person, form.chosen_role, by=me(), at=now(), countries=form.chosen_countries)
    except NeedsCountries:
        form.country.errors = [_needs_country()]
        return _one(person, form, status=422)
    db.session.commit()
    given = str(ROLE_WORDS[form.chosen_role])
    flash(_("%(name)s now has the role: %(role)s.", name=person.name, role=given), "good")
    return see_other(url_for("people.one", person_id=person.id))


@pages.post(f"{A_PERSON}/roles/take")
@administrators
def take(person_id: int) -> Response:
    person = _to_change(person_id)
    form = TakeRoleForm()
    if not form.validate_on_submit():
        abort(400)
    at = now()
    try:
        take_away(person, Role(form.role.data), country=form.country.data or "", by=me(), at=at)
    except OwnAdministratorRole:
        return _one(
            person,
            RoleForm(None),
            status=422,
            problem=_(
                "Ask another administrator to do this: nobody takes this role from themselves."
            ),
        )
    db.session.commit()
    if person.id == me().id:
        sessions.sign_in(person, at=at)  # every session ended; this one is proven
    flash(
        _(
            "Done. %(name)s is signed out everywhere, and comes back with what is left.",
            name=person.name,
        ),
        "good",
    )
    return see_other(url_for("people.one", person_id=person.id))


@pages.post(f"{A_PERSON}/sign-in-link")
@administrators
def send_link_to(person_id: int) -> Response:
    person = db.session.get(Person, person_id) or abort(404)
    if not person.roles:
        problem = _(
            "Give %(name)s a role first: without one, there is nothing to sign in to.",
            name=person.name,
        )
        return _one(person, RoleForm(None), status=422, problem=problem)
    send_link(db.session, person, by=me(), at=now(), lasts=IN_A_MESSAGE)
    db.session.commit()
    flash(_("A sign-in link is on its way to %(email)s.", email=person.email), "good")
    return see_other(url_for("people.one", person_id=person.id))


def _let_in(form: PersonForm) -> Person:
    """Raises AddressTaken, NeedsCountries."""
    try:
        return let_in(
            db.session,
            name=form.name.data or "",
            email=form.email.data or "",
            role=form.chosen_role,
            countries=form.chosen_countries,
            language=form.language.data,
            timezone=form.timezone.data or "UTC",
            by=me(),
            at=now(),
        )
    except IntegrityError as error:  # another administrator was faster, by a moment
        db.session.rollback()
        raise AddressTaken(None) from error
    except NeedsCountries:
        db.session.rollback()
        raise


def _to_change(person_id: int) -> Person:
    """The person, locked together with whoever changes them: two administrators who take each
    other's role away wait for one another, and the second is one no longer."""
    rows = select(Person).where(Person.id.in_({person_id, me().id})).order_by(Person.id)
    found = {
        person.id: person
        for person in db.session.scalars(
            rows.with_for_update().execution_options(populate_existing=True)
        )
    }
    if Role.ADMINISTRATOR not in me().roles:
        abort(403)
    return found.get(person_id) or abort(404)


def _needs_country() -> str:
    return _("Choose the country this person nominates people of.")


def _everybody(form: PersonForm, *, status: int = 200, known: Person | None = None) -> Response:
    search = SearchForm(request.args)
    number = request.args.get("page", 1, type=int)
    found = search_people(
        db.session, words=search.q.data or "", role=search.chosen_role, page=number
    )

    def page_url(number: int) -> str | None:
        if not 1 <= number <= found.pages:
            return None
        asked: dict[str, Any] = {"q": search.q.data or None, "role": search.role.data or None}
        return url_for("people.everybody", page=number, **asked)

    return page(
        "people/everybody.html",
        form=form,
        search=search,
        found=found,
        page_url=page_url,
        known=known,
        zones=zones(),
        roles_in_words=roles_in_words,
        status=status,
    )


def _one(person: Person, form: RoleForm, *, status: int = 200, problem: str = "") -> Response:
    return page(
        "people/one.html",
        person=person,
        form=form,
        problem=problem,
        grants=grants_in_order(person.grants),
        grant_words=grant_words,
        own=person.id == me().id,
        status=status,
    )
