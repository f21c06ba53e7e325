"""The doors of the demo: who one can be, and how they get in."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.people.models import Person


@dataclass(frozen=True, slots=True)
class Door:
    """A role to try: `key` in forms, `label` on buttons, `sees` in one sentence."""

    key: str
    email: str
    label: str
    sees: str = ""  # without it, the door is not on the first page


DOORS = (
    Door(
        "hr",
        "camille.renard@halbrane.example",
        _("HR"),
        _("Proposes colleagues of her five countries, and follows what became of each."),
    ),
    Door(
        "lead",
        "sophie.keller@halbrane.example",
        _("Programme lead"),
        _("Invites who was proposed, and gives each their week."),
    ),
    Door(
        "ambassador",
        "giulia.ferri@halbrane.example",
        _("Ambassador"),
        _("Plans lorries in Bergamo and has the account next week. Best on a phone."),
    ),
    Door(
        "approver",
        "daniel.mensah@halbrane.example",
        _("Approver"),
        _("Has photos waiting: approves one, or asks for a change."),
    ),
    Door(
        "second-approver",
        "ingrid.solberg@halbrane.example",
        _("Second approver"),
    ),
    Door(
        "legal",
        "olivier.chastain@halbrane.example",
        _("Legal"),
        _("Reads along in the queue."),
    ),
    Door(
        "administrator",
        "meiling.tan@halbrane.example",
        _("Administrator"),
        _("Adds people, gives and takes roles, and reads the record of every decision."),
    ),
)


def find_door(key: str) -> Door | None:
    return next((door for door in DOORS if door.key == key), None)


def who_enters(session: Session, door: Door) -> Person | None:
    """None in a database that was never filled."""
    return session.scalar(select(Person).where(Person.email == door.email))
