"""Coming in with a password, asking for a link instead, and going out."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests

from takeover.clock import now
from takeover.db import db
from takeover.i18n import locale_code
from takeover.people import sessions
from takeover.people.attempts import WITHIN
from takeover.people.coming_in import WrongPassword, ask_for_link, come_in_with_password
from takeover.people.forms import SignInForm
from takeover.people.guards import anyone, find_me
from takeover.people.home import home_of
from takeover.people.knocking import TooManyTries
from takeover.people.links import ASKED_FOR
from takeover.people.pages import pages
from takeover.web import own_path, page, see_other, settings

LONGEST_WAY = 200  # what a link can remember


@pages.get("/sign-in")
@anyone
def sign_in() -> Response:
    person = find_me()
    if person is not None:
        return see_other(own_path(request.args.get("next"), otherwise=home_of(person)))
    return page("people/sign_in.html", form=SignInForm(None, next=request.args.get("next", "")))


@pages.post("/sign-in")
@anyone
def come_in() -> Response:
    form = SignInForm()
    if not form.validate_on_submit():
        return _again(form)
    if request.form.get("how") == "link" or not form.password.data:
        return _send_link(form)
    at = now()
    try:
        person = come_in_with_password(
            db.session,
            email=form.email.data or "",
            password=form.password.data or "",
            origin=request.remote_addr or "",
            key=settings().secret_key,
            at=at,
        )
    except WrongPassword:
        return _again(
            form,
            _(
                "Address and password do not belong together. Try once more, or let us send "
                "you a sign-in link."
            ),
        )
    except TooManyTries:
        return _again(
            form,
            _(
                "That was too many passwords. Let us send you a sign-in link, or try again in a "
                "quarter of an hour."
            ),
            status=TooManyRequests.code,
        )
    sessions.sign_in(person, at=at)
    return see_other(own_path(form.next.data, otherwise=home_of(person)))


@pages.get("/sign-in/sent")
@anyone
def link_sent() -> Response:
    return page("people/link_sent.html", minutes=ASKED_FOR.seconds // 60)


@pages.post("/sign-out")
@anyone
def sign_out() -> Response:
    language = locale_code()  # theirs, until they are nobody we know
    sessions.sign_out()
    flash(_("You are signed out."), "good")
    return see_other(url_for("people.sign_in", language=language))


def _send_link(form: SignInForm) -> Response:
    way = own_path(form.next.data, otherwise="")
    try:
        ask_for_link(
            db.session,
            email=form.email.data or "",
            origin=request.remote_addr or "",
            key=settings().secret_key,
            at=now(),
            goes_to=way if len(way) <= LONGEST_WAY else "",
        )
    except TooManyTries:
        return _again(
            form,
            _(
                "That was too many links. If we know that address, look in its mailbox: the "
                "newest link works. You can ask for another in a quarter of an hour."
            ),
            status=TooManyRequests.code,
        )
    return see_other(url_for("people.link_sent", language=locale_code()))


def _again(form: SignInForm, problem: str = "", *, status: int = 422) -> Response:
    if problem:
        form.form_errors.append(problem)
    response = page("people/sign_in.html", form=form, status=status)
    if status == TooManyRequests.code:
        response.headers["Retry-After"] = str(int(WITHIN.total_seconds()))
    return response
