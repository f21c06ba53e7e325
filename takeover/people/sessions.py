"""Sessions: who is signed in, until they idle, sign out, or lose a role."""

from datetime import datetime, timedelta

from flask import Flask, request, session
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy.orm import joinedload

from takeover.clock import now
from takeover.db import db
from takeover.people.attempts import forget_attempts
from takeover.people.guards import find_me
from takeover.people.models import Person, Role
from takeover.schedule import Job
from takeover.web import settings, settings_of

# An ambassador's own phone: signing in again means a message to a mailbox on the same phone.
ON_A_PHONE = timedelta(days=7)

NOTED_EVERY = 60  # seconds between two notes in the cookie that somebody is there

logins = LoginManager()
# A phone changes its network address all day; who was signed in at one is the same at the next.
logins.session_protection = None


def init_app(app: Flask) -> None:
    logins.init_app(app)
    chosen = settings_of(app)
    app.config.update(
        SESSION_COOKIE_NAME="takeover",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=chosen.https,
        SESSION_COOKIE_SAMESITE="Lax",
        # Only what changes a session sends its cookie. A photo that arrives late would otherwise
        # bring back the session that somebody has signed out of in the meantime.
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=max(ON_A_PHONE, timedelta(minutes=chosen.idle_minutes)),
    )


def sign_in(person: Person, *, at: datetime) -> None:
    session.clear()
    session.permanent = True
    session["seen"] = at.timestamp()
    login_user(person)


def sign_out() -> None:
    logout_user()
    session.clear()


def may_idle(person: Person) -> timedelta:
    """How long without a request before the session ends."""
    if person.roles <= {Role.AMBASSADOR}:
        return ON_A_PHONE
    return timedelta(minutes=settings().idle_minutes)


@logins.user_loader  # type: ignore[untyped-decorator]
def _person_of_session(identity: str) -> Person | None:
    number, _, epoch = identity.partition(".")
    person = db.session.get(Person, int(number), options=[joinedload(Person.grants)])
    if person is None or epoch != str(person.session_epoch):
        return None
    at, seen = now().timestamp(), session.get("seen", 0.0)
    if at - seen > may_idle(person).total_seconds():
        return None
    if at - seen > NOTED_EVERY and _somebody_is_there():
        session["seen"] = at
    return person


def _somebody_is_there() -> bool:
    """Whether a person asked for this, and not a page that looks again or loads its pictures."""
    fetched_for = request.headers.get("Sec-Fetch-Dest", "document")
    return request.method not in {"GET", "HEAD"} or fetched_for == "document"


def language_of_person() -> str | None:
    person = find_me()
    return person.language if person else None


def zone_of_person() -> str | None:
    person = find_me()
    return person.timezone if person else None


def forget_old_attempts() -> None:
    forget_attempts(db.session, at=now())
    db.session.commit()


JOB = Job("forget_attempts", forget_old_attempts, every=timedelta(minutes=15))
