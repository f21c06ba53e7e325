"""What everybody may change about themselves."""

from datetime import datetime

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import refresh

from takeover import audit
from takeover.clock import now
from takeover.db import db
from takeover.i18n import zones
from takeover.people import sessions
from takeover.people.coming_in import WrongPassword
from takeover.people.forms import AboutMeForm, PasswordForm
from takeover.people.guards import me, signed_in
from takeover.people.knocking import TooManyTries, Way, got_in, knock
from takeover.people.models import Person
from takeover.people.pages import pages
from takeover.people.passwords import (
    LONGEST,
    SHORTEST,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    password_is,
    set_password,
)
from takeover.people.words import roles_in_words
from takeover.web import page, see_other, settings


@pages.get("/account")
@signed_in
def account() -> Response:
    return _account(me())


@pages.post("/account")
@signed_in
def change_account() -> Response:
    person = me()
    form = AboutMeForm()
    if not form.validate_on_submit():
        return _account(person, about=form)
    person.name = form.name.data or ""
    person.language = form.language.data
    person.timezone = form.timezone.data or ""
    audit.record(person, "details_changed", by=person, at=now())
    db.session.commit()
    refresh()  # the answer is in the language just chosen
    flash(_("Saved."), "good")
    return see_other(url_for("people.account"))


@pages.post("/account/password")
@signed_in
def change_password() -> Response:
    person = me()
    form = PasswordForm(has_one=person.password_hash is not None)
    if not form.validate_on_submit():
        return _account(person, password=form)
    at = now()
    try:
        if person.password_hash is not None:
            _check_current(person, form.current.data or "", at=at)
        set_password(person, form.new.data or "")
    except WrongPassword:
        form.current.errors = [_("This is not the password you have now. Try once more.")]
        return _account(person, password=form)
    except TooManyTries:
        form.current.errors = [_("That was too many tries. Wait a quarter of an hour.")]
        return _account(person, password=form, status=429)
    except (PasswordTooShort, PasswordTooLong, PasswordTooCommon) as refused:
        form.new.errors = [_refusal(refused)]
        return _account(person, password=form)
    audit.record(person, "password_set", by=person, at=at)
    db.session.commit()
    sessions.sign_in(person, at=at)
    flash(_("Your password is set. Wherever else you were signed in, you are signed out."), "good")
    return see_other(url_for("people.account"))


@pages.post("/account/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> Response:
    person = me()
    person.session_epoch += 1
    audit.record(person, "signed_out_everywhere", by=person, at=now())
    db.session.commit()
    language = person.language
    sessions.sign_out()
    flash(_("You are signed out everywhere."), "good")
    return see_other(url_for("people.sign_in", language=language))


def _check_current(person: Person, password: str, *, at: datetime) -> None:
    """An open session left lying about must not be a way to guess. Commits: a try counts.

    Raises WrongPassword, TooManyTries.
    """
    facts = {"mailbox": person.email, "key": settings().secret_key}
    knock(db.session, Way.PASSWORD, origin=request.remote_addr or "", at=at, **facts)
    db.session.commit()
    if not password_is(person, password):
        raise WrongPassword
    got_in(db.session, Way.PASSWORD, **facts)


def _refusal(refused: Exception) -> str:
    if isinstance(refused, PasswordTooShort):
        return _(
            "Choose a password of at least %(least)s characters. Three or four words that only you "
            "put together are good and easy to remember.",
            least=SHORTEST,
        )
    if isinstance(refused, PasswordTooLong):
        return _("Choose a password of at most %(most)s characters.", most=LONGEST)
    return _(
        "Choose another password: this is one of those that everybody tries first, or too much "
        "like your name or address."
    )


def _account(
    person: Person,
    *,
    about: AboutMeForm | None = None,
    password: PasswordForm | None = None,
    status: int = 422,
) -> Response:
    has_one = person.password_hash is not None
    return page(
        "people/account.html",
        person=person,
        roles=roles_in_words(person.grants),
        zones=zones(),
        has_password=has_one,
        about=about or AboutMeForm(None, obj=person),
        password=password or PasswordForm(has_one=has_one, formdata=None),
        status=status if about or password else 200,
    )
