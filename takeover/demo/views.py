"""The pages that exist only in the demo: being somebody, and the mailbox of them all."""

from typing import Any

from flask import Blueprint, Response, abort, has_request_context, make_response, request, url_for

from takeover.clock import now
from takeover.db import db
from takeover.demo.company import ACCOUNT
from takeover.demo.doors import DOORS, find_door, who_enters
from takeover.demo.mailbox import as_shown, find_message, newest_messages
from takeover.people.guards import anyone, find_me
from takeover.people.home import home_of
from takeover.people.sessions import sign_in
from takeover.web import page, see_other

pages = Blueprint("demo", __name__)

# A mail brings its own styles and nothing else: no script, no picture or font from anywhere.
MAIL_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "sandbox allow-top-navigation-by-user-activation",
    )
)


@pages.app_context_processor
def _bar() -> dict[str, Any]:
    """What the bar on top of every page needs; nothing for messages."""
    if not has_request_context():
        return {}
    person = find_me()
    return {
        "demo_doors": DOORS,
        "demo_entered": person.email if person else None,
        "demo_feed": f"/sandbox/{ACCOUNT}",
    }


@pages.get("/demo")
@anyone
def doors() -> Response:
    return page("demo/landing.html")


@pages.post("/demo/sign-in")
@anyone
def enter() -> Response:
    door = find_door(request.form.get("role", ""))
    person = who_enters(db.session, door) if door else None
    if person is None:
        abort(404)
    sign_in(person, at=now())
    return see_other(home_of(person))


@pages.get("/demo/mailbox")
@pages.get("/demo/mailbox/<int:message_id>")
@anyone
def mailbox(message_id: int | None = None) -> Response:
    messages = newest_messages(db.session)
    newest = max((message.id for message, _ in messages), default=0)
    if request.args.get("newest") == str(newest):
        return make_response("", 204)  # nothing has come since: the list stays as it is
    opened = find_message(db.session, message_id) if message_id is not None else None
    if message_id is not None and opened is None:
        abort(404)
    return page(
        "demo/mailbox.html",
        block="mails",
        messages=messages,
        opened=opened,
        renewed_from=url_for("demo.mailbox", message_id=message_id, newest=newest),
    )


@pages.get("/demo/mailbox/<int:message_id>/html")
@anyone
def mail(message_id: int) -> Response:
    """The message as a mail program shows it; its links open in the whole window."""
    message = find_message(db.session, message_id)
    if message is None:
        abort(404)
    response = make_response(as_shown(message))
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
