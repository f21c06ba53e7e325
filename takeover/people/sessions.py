"""Sessions: who is signed in, until they idle, sign out, or lose a role."""

from datetime import datetime, timedelta

from flask import Flask, session
from flask_login import LoginManager, login_user, logout_user

from takeover.clock import now
from takeover.db import db
from takeover.people.attempts import forget_attempts
from takeover.people.guards import find_me
from takeover.people.models import Person, Role
from takeover.schedule import Job
from takeover.web import settings, settings_of

# An ambassador's own phone: signing in again means a message to a mailbox on the same phone.
ON_A_PHONE = timedelta(days=7)

logins = LoginManager()


def init_app(app: Flask) -> None:
    logins.init_app(app)
    chosen = settings_of(app)
    app.config.update(
        SESSION_COOKIE_NAME="takeover",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=chosen.https,
        SESSION_COOKIE_SAMESITE="Lax",
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
    person = db.session.get(Person, int(number))
    if person is None or epoch != str(person.session_epoch):
        return None
    at = now().timestamp()
    if at - session.get("seen", 0.0) > may_idle(person).total_seconds():
        return None
    session["seen"] = at
    return person


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
