"""The brief as a page, for its ambassador and for those who answer for the account."""

from flask import Blueprint, Response, abort, flash, url_for
from flask_babel import gettext as _

from briefs.composing import Content
from briefs.models import Brief
from briefs.sending import NotYourBrief, say_read
from takeover.clock import now
from takeover.db import db
from takeover.people.guards import me, signed_in
from takeover.people.models import Role
from takeover.web import page, see_other

pages = Blueprint("briefs", __name__)


@pages.get("/briefs/<int:brief_id>")
@signed_in
def brief(brief_id: int) -> Response:
    found = _load(brief_id)
    return page(
        "briefs/brief.html",
        brief=found,
        week=found.week,
        content=Content(**found.content),
        is_mine=found.week.person_id == me().id,
        is_over=found.week.ends <= now(),
        is_current=found.week.taken_back_at is None and found.week.consent.stands,
    )


@pages.post("/briefs/<int:brief_id>/read")
@signed_in
def read(brief_id: int) -> Response:
    found = _load(brief_id)
    try:
        say_read(found, by=me(), at=now())
    except NotYourBrief:
        abort(404)
    db.session.commit()
    flash(_("Thank you. Now make your first post, whenever it suits you."), "good")
    return see_other(url_for("briefs.brief", brief_id=found.id))


def _load(brief_id: int) -> Brief:
    found = db.session.get(Brief, brief_id)
    person = me()
    may_see = found is not None and (
        found.week.person_id == person.id or person.roles & {Role.LEAD, Role.APPROVER}
    )
    if found is None or not may_see:
        abort(404)
    return found
