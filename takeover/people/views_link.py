"""The page behind a link that signs somebody in. Looking at it uses nothing up: mail scanners
look. Its address is a secret, so no other page is told of it."""

from flask import Response, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import Gone, TooManyRequests

from takeover.clock import now
from takeover.db import db
from takeover.i18n import in_language_of, language_chosen, locale_code
from takeover.people import sessions
from takeover.people.coming_in import ask_for_link
from takeover.people.forms import BareForm
from takeover.people.guards import anyone, find_me
from takeover.people.home import home_of
from takeover.people.knocking import TooManyTries
from takeover.people.links import LinkUsedOrTooOld, find_link, is_fresh, use_link
from takeover.people.models import SignInLink
from takeover.people.pages import pages
from takeover.plain import first_name
from takeover.web import csrf, own_path, page, see_other, settings


@pages.get("/sign-in/link/<secret>")
@anyone
def link(secret: str) -> Response:
    found = find_link(db.session, secret)
    if found is not None and found.person == find_me():
        return see_other(_way_of(found))  # the same message opened once more
    if found is None or not _may_be_used(found):
        return _gone(secret, found)
    with in_language_of(_language_of(found)):
        return _silent(
            page(
                "people/link.html",
                form=BareForm(),
                secret=secret,
                name=first_name(found.person.name),
            )
        )


@pages.post("/sign-in/link/<secret>")
@csrf.exempt  # the form checks its token; a page that sends no Referer would be refused over HTTPS
@anyone
def come_in_by_link(secret: str) -> Response:
    _check_token()
    at = now()
    found = find_link(db.session, secret)
    try:
        if found is None or not _may_be_used(found):
            raise LinkUsedOrTooOld
        person = use_link(db.session, found, at=at)
    except LinkUsedOrTooOld:
        return _gone(secret, found)
    db.session.commit()
    sessions.sign_in(person, at=at)
    return _silent(see_other(_way_of(found)))


@pages.post("/sign-in/link/<secret>/again")
@csrf.exempt  # as above
@anyone
def send_another_link(secret: str) -> Response:
    """To the same mailbox. Whether there is one, the answer does not tell."""
    _check_token()
    found = find_link(db.session, secret)
    try:
        ask_for_link(
            db.session,
            email=found.person.email if found else secret,
            origin=request.remote_addr or "",
            key=settings().secret_key,
            at=now(),
            goes_to=found.goes_to if found else "",
        )
    except TooManyTries:
        return _gone(secret, found, status=TooManyRequests.code)
    return _silent(see_other(url_for("people.link_sent", language=_language_of(found))))


def _may_be_used(found: SignInLink) -> bool:
    """Whoever lost their last role since has nothing here to come in for."""
    return is_fresh(found, at=now()) and bool(found.person.roles)


def _way_of(found: SignInLink) -> str:
    return own_path(found.goes_to, otherwise=home_of(found.person))


def _check_token() -> None:
    if not BareForm().validate_on_submit():
        raise CSRFError


def _language_of(found: SignInLink | None) -> str:
    """What they chose on the page, else that of the person whose link it is."""
    return language_chosen(otherwise=found.person.language if found else locale_code())


def _gone(secret: str, found: SignInLink | None, *, status: int = Gone.code) -> Response:
    with in_language_of(_language_of(found)):
        return _silent(
            page(
                "people/link_gone.html",
                form=BareForm(),
                secret=secret,
                too_many=status == TooManyRequests.code,
                status=status,
            )
        )


def _silent(response: Response) -> Response:
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
