"""Where somebody starts: with what waits for them."""

from flask import url_for

from takeover.people.models import Person, Role

# The first role somebody holds decides. The names are of endpoints, which know their own way here.
FIRST_PAGES = (
    (Role.APPROVER, "moderation.queue"),
    (Role.LEAD, "rota.weeks"),
    (Role.LEGAL, "moderation.queue"),
    (Role.HR, "rota.nominations"),
    (Role.ADMINISTRATOR, "people.everybody"),
    (Role.AMBASSADOR, "posts.my_week"),
)


def home_of(person: Person) -> str:
    """The path of the page that a person is taken to when they come in."""
    for role, endpoint in FIRST_PAGES:
        if role in person.roles:
            return url_for(endpoint)
    return url_for("people.account")
