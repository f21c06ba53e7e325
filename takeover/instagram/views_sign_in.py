"""Signing in to an account with its password, once: by a person, on a page of its own."""

import importlib
import secrets
from typing import Any

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _

from takeover.clock import now
from takeover.db import db
from takeover.instagram.forms import SignInForm
from takeover.instagram.meta_app import takes_passwords
from takeover.instagram.obstacles import NotSignedIn
from takeover.instagram.sign_in_words import words_of_obstacle
from takeover.instagram.views_account import get_programme, whoever_connects
from takeover.instagram.views_account import pages as pages
from takeover.people.guards import me
from takeover.programmes.models import Programme
from takeover.web import page, see_other


@pages.get("/programmes/<slug>/account/sign-in")
@whoever_connects
def sign_in(slug: str) -> Response:
    programme = _programme(slug)
    return _page(programme, SignInForm(data={"username": programme.account}))


@pages.post("/programmes/<slug>/account/sign-in")
@whoever_connects
def try_to_sign_in(slug: str) -> Response:
    programme = _programme(slug)
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(programme, form, status=422)
    by_password: Any = importlib.import_module("takeover.instagram.letting_in_by_password")
    try:
        by_password.connect_by_password(
            programme.id,
            session=db.session,
            username=form.username.data,
            password=form.password.data,
            code=form.code.data,
            form=form.once.data or "",
            by=me(),
            at=now(),
        )
    except NotSignedIn as error:
        db.session.rollback()
        return _page(programme, form, error, status=422)
    db.session.commit()
    flash(_("@%(account)s is connected. The password is forgotten.", account=programme.account))
    return see_other(url_for("accounts.account", slug=slug))


def _programme(slug: str) -> Programme:
    if not takes_passwords():
        abort(404)
    return get_programme(slug)


def _page(
    programme: Programme, form: SignInForm, error: NotSignedIn | None = None, *, status: int = 200
) -> Response:
    form.once.data = secrets.token_urlsafe(16)  # each page that is shown may be sent once
    return page(
        "instagram/sign_in.html",
        status=status,
        programme=programme,
        form=form,
        kept=words_of_obstacle(error.obstacle, programme=programme, until=error.until)
        if error
        else None,
    )
