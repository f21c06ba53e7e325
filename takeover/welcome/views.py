"""The first page: what this is, and the way in. Who is signed in goes on to their own."""

from flask import Blueprint, Response

from takeover.people.guards import anyone, find_me
from takeover.people.home import home_of
from takeover.web import page, see_other, settings

pages = Blueprint("welcome", __name__)


@pages.get("/")
@anyone
def welcome() -> Response:
    person = find_me()
    if person is not None:
        return see_other(home_of(person))
    return page("demo/landing.html" if settings().demo else "welcome/welcome.html")
