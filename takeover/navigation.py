"""What stands in the head of every page, for whoever looks at it."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, has_request_context, request, url_for
from flask_babel import gettext as _

from moderation.paused import Head, head_for
from takeover.clock import now
from takeover.db import db
from takeover.i18n import locale_code
from takeover.people.guards import find_me
from takeover.people.home import home_of
from takeover.people.models import Person, Role


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    name: str
    meta: str
    links: list[Item]
    sign_out_url: str


def init_app(app: Flask) -> None:
    app.context_processor(_of_every_page)


def _of_every_page() -> dict[str, Any]:
    if not has_request_context():
        return {}  # a message is being written
    person = find_me()
    return {
        "locale": locale_code(),
        "navigation": _items(person) if person else [],
        "person_menu": _menu(person) if person else None,
        "home_url": home_of(person) if person else "/",
        # Asked for by whole pages only: a block of one has no head.
        "pausing_of": lambda: _pausing(person) if person else None,
    }


def _pausing(person: Person) -> Head:
    return head_for(person, session=db.session, at=now())


def _items(person: Person) -> list[Item]:
    offered = (
        (_("My week"), "posts.my_week", {Role.AMBASSADOR}),
        (_("Queue"), "moderation.queue", {Role.APPROVER, Role.LEGAL, Role.LEAD}),
        (_("Posts"), "moderation.posts", {Role.APPROVER, Role.LEAD}),
        (_("On the account"), "takedowns.out", {Role.LEGAL, Role.ADMINISTRATOR}),
        (_("Calendar"), "calendar.week", {Role.APPROVER, Role.LEAD}),
        (_("Rota"), "rota.weeks", {Role.LEAD, Role.APPROVER}),
        (_("Nominations"), "rota.nominations", {Role.HR, Role.LEAD}),
        (_("Accounts"), "accounts.everyone", {Role.ADMINISTRATOR}),
        (_("People"), "people.everybody", {Role.ADMINISTRATOR}),
        (_("Record"), "record.entries", {Role.ADMINISTRATOR}),
    )
    return [
        Item(label, url_for(endpoint), current=request.endpoint == endpoint)
        for label, endpoint, roles in offered
        if roles & person.roles
    ]


def _menu(person: Person) -> Menu:
    links = [Item(_("Your account"), url_for("people.account"))]
    if Role.AMBASSADOR in person.roles:
        links.append(Item(_("Your consent"), url_for("rota.consent")))
    return Menu(
        name=person.name,
        meta=person.email,
        links=links,
        sign_out_url=url_for("people.sign_out"),
    )
