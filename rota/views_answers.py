"""The pages of the person who is invited: reading, answering, and taking a yes back."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from rota.answering import (
    WordsChanged,
    accept,
    consent_words,
    consents_of,
    decline,
    seal,
    step_down,
    words_read,
)
from rota.finding import lock_nomination
from rota.inviting import find_invitation, last_day_of
from rota.models import Invitation, NominationState
from rota.pages import pages
from takeover.clock import now
from takeover.db import db
from takeover.i18n import LANGUAGES, in_language_of, language_chosen, locale_code
from takeover.people.forms import BareForm
from takeover.people.guards import anyone, me, signed_in
from takeover.plain import first_name
from takeover.states import MoveNotAllowed
from takeover.web import csrf, page, see_other
from takeover.weeks.giving import weeks_of
from takeover.weeks.models import Consent

GONE = 410


@pages.get("/invitations/<secret>")
@anyone
def invitation(secret: str) -> Response:
    found = find_invitation(db.session, secret)
    with in_language_of(_language_of(found)):
        return _invitation_page(found, secret)


@pages.post("/invitations/<secret>")
@csrf.exempt  # the form checks its token; a page that sends no Referer would be refused over HTTPS
@anyone
def answer(secret: str) -> Response:
    found = find_invitation(db.session, secret)
    language = _language_of(found)
    with in_language_of(language):
        if found is None or found.expires_at <= now():
            return _invitation_page(found, secret)
        if not BareForm().validate_on_submit():  # it lay open for days: the form is made anew
            return _invitation_page(found, secret, status=422, once_more="stale")
        try:
            _answer(found, request.form.get("answer"), language)
        except WordsChanged:
            db.session.rollback()
            return _invitation_page(found, secret, status=422, once_more="changed")
        except MoveNotAllowed:
            db.session.rollback()  # answered or withdrawn meanwhile: the page says which
        else:
            db.session.commit()
    return see_other(url_for("rota.invitation", secret=secret, language=language))


@pages.get("/consent")
@signed_in
def consent() -> Response:
    return page("rota/consent.html", consents=consents_of(db.session, me()))


@pages.post("/consent/<int:consent_id>/take-back")
@signed_in
def take_consent_back(consent_id: int) -> Response:
    found = db.session.get(Consent, consent_id)
    if found is None or found.person_id != me().id:
        abort(404)
    step_down(found, session=db.session, by=me(), at=now())
    db.session.commit()
    flash(_("Done. Everything of yours that was waiting has stopped."), "good")
    return see_other(url_for("rota.consent"))


def _answer(found: Invitation, given: str | None, language: str) -> None:
    """Raises WordsChanged, MoveNotAllowed."""
    nomination = lock_nomination(db.session, found.nomination_id)
    if given == "no":
        decline(nomination, at=now())
    elif given == "yes":
        seal_seen = request.form.get("seal", "")
        words = words_read(nomination.programme, language=language, seal_seen=seal_seen)
        accept(nomination, session=db.session, words=words, language=language, at=now())
    else:
        abort(400)


def _language_of(found: Invitation | None) -> str:
    """What they chose on the page, else the one we have for them."""
    answered_in = request.form.get("language")
    if answered_in in LANGUAGES:
        return answered_in
    return language_chosen(otherwise=found.nomination.person.language if found else locale_code())


def _invitation_page(
    found: Invitation | None, secret: str, *, status: int = 200, once_more: str = ""
) -> Response:
    """To be called in the language of the page."""
    if found is None:
        return _private(page("rota/answered.html", status=404, kind="unknown", **_nobody(secret)))
    nomination = found.nomination
    facts: dict[str, Any] = {
        "secret": secret,
        "first_name": first_name(nomination.person.name),
        "programme": nomination.programme,
        "language": locale_code(),
    }
    if nomination.state is NominationState.INVITED and found.expires_at > now():
        words = consent_words(nomination.programme, locale_code())
        shown = page(
            "rota/invitation.html",
            status=status,
            words=words,
            seal=seal(words, language=locale_code()),
            answer_by=last_day_of(found),
            once_more=once_more,
            **facts,
        )
        return _private(shown)
    kind = _kind_of(nomination.state)
    theirs = weeks_of(db.session, nomination.person)
    facts["has_week"] = any(week.programme_id == nomination.programme_id for week in theirs)
    gone = kind in ("expired", "withdrawn")
    return _private(page("rota/answered.html", status=GONE if gone else 200, kind=kind, **facts))


def _kind_of(state: NominationState) -> str:
    return {
        NominationState.ACCEPTED: "yes",
        NominationState.DECLINED: "no",
        NominationState.STEPPED_DOWN: "stepped-down",
        NominationState.WITHDRAWN: "withdrawn",
    }.get(state, "expired")


def _nobody(secret: str) -> dict[str, Any]:
    return {"secret": secret, "first_name": "", "programme": None, "language": locale_code()}


def _private(response: Response) -> Response:
    """The address of the page is the key to it: no other site may learn it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
