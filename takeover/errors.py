"""Pages for what goes wrong: what happened in one sentence, and what to do next."""

import logging
from types import TracebackType
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, InternalServerError
from werkzeug.wrappers import Response as AnyResponse

from takeover.db import db
from takeover.people.forms import SignInForm
from takeover.people.guards import find_me
from takeover.web import page

log = logging.getLogger(__name__)

ExcInfo = tuple[type, BaseException, TracebackType | None] | tuple[None, None, None]

# For when not even a page can be made. It needs no template, no language and no database.
LAST_WORDS = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Something broke on our side – Takeover</title></head>
<body><main><h1>Something broke on our side</h1><p>Try again in a minute.</p></main></body></html>
"""


def init_app(app: Flask) -> None:
    app.log_exception = _log_exception  # type: ignore[method-assign]
    app.register_error_handler(HTTPException, _explain)
    app.register_error_handler(InternalServerError, _apologise)
    app.register_error_handler(CSRFError, _form_too_old)


def _log_exception(exc_info: ExcInfo) -> None:
    """By the route's name: its path may hold a link that signs somebody in."""
    log.error("a request failed", exc_info=exc_info, extra={"endpoint": request.endpoint})


def _explain(error: HTTPException) -> AnyResponse:
    if error.response is not None:
        return cast(AnyResponse, error.response)
    status = error.code or InternalServerError.code
    if status == Forbidden.code and find_me() is None:
        return _ask_to_sign_in()
    response = _page(*_words(status), status=status)
    if "Allow" in (headers := dict(error.get_headers())):
        response.headers["Allow"] = headers["Allow"]
    return response


def _ask_to_sign_in() -> Response:
    """A stranger learns nothing about what is here, only how to come in."""
    form = SignInForm(None, next=_way_back())
    return page("people/please_sign_in.html", form=form, status=Forbidden.code)


def _way_back() -> str:
    """The page they asked for; after a form, the page it was on, if it was one of ours."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    return came_from.path if came_from.netloc == request.host else ""


def _form_too_old(_error: CSRFError) -> Response:
    return _page(
        _("This page has been open too long"),
        _("Go back, load the page again, and send it once more."),
        status=BadRequest.code,
    )


def _apologise(_error: InternalServerError) -> Response:
    """Whatever broke may well be what a page needs, the database first of all."""
    status = InternalServerError.code
    try:
        db.session.rollback()
        return _page(*_words(status), status=status)
    except Exception:
        log.exception("no page for an error")
        return make_response(LAST_WORDS, status)


def _page(title: str, text: str, *, status: int) -> Response:
    return page("error.html", title=title, text=text, number=status, status=status)


def _words(status: int) -> tuple[str, str]:
    known = {
        400: (_("We did not understand that"), _("Go back and try once more.")),
        403: (
            _("This page is not for you"),
            _("Your role does not include it. If it should, ask your administrator."),
        ),
        404: (_("There is nothing here"), _("The address is wrong, or what was here has gone.")),
        405: (_("That cannot be done here"), _("Go back and use the buttons on the page.")),
        413: (
            _("That is too large"),
            _("We can take up to 40 megabytes at once. Choose a smaller file."),
        ),
        429: (_("Too many tries"), _("Wait a quarter of an hour, then try again.")),
    }
    if InternalServerError.code > status >= BadRequest.code:
        return known.get(status, known[400])
    return _("Something broke on our side"), _("Try again in a minute. What you had saved is safe.")
