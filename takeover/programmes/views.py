"""The lead's page of a programme's settings."""

from flask import Blueprint, Response, abort, flash, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from takeover.clock import now
from takeover.db import db
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.programmes.changing import change_settings
from takeover.programmes.forms import settings_form
from takeover.programmes.models import Programme
from takeover.web import page, see_other

pages = Blueprint("programmes", __name__)


@pages.get("/programmes/<slug>/settings")
@only(Role.LEAD)
def settings(slug: str) -> Response:
    programme = _load(slug)
    return page("programmes/settings.html", programme=programme, form=settings_form(programme))


@pages.post("/programmes/<slug>/settings")
@only(Role.LEAD)
def save_settings(slug: str) -> Response:
    programme = _load(slug)
    form = settings_form(programme)
    if not form.validate_on_submit():
        return page("programmes/settings.html", status=422, programme=programme, form=form)
    changed = change_settings(
        programme,
        by=me(),
        at=now(),
        name=form.name.data,
        account=form.account.data,
        timezone=form.timezone.data,
        language=form.language.data,
        slot_days=form.slot_days,
        slot_times=form.slot_times,
        spacing=form.spacing.data,
        grace=form.grace.data,
        quiet_from=form.quiet_hours[0],
        quiet_until=form.quiet_hours[1],
    )
    db.session.commit()
    flash(_("Saved.") if changed else _("Nothing was different, so nothing changed."), "good")
    return see_other(url_for("programmes.settings", slug=slug))


def _load(slug: str) -> Programme:
    programme = db.session.scalar(select(Programme).where(Programme.slug == slug))
    if programme is None:
        abort(404)
    return programme
