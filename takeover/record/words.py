"""What the record's actions and objects are called on screen."""

from datetime import datetime

from flask_babel import format_datetime
from flask_babel import lazy_gettext as _

# By the table an object lies in.
KINDS = {
    "people": _("Person"),
    "nominations": _("Nomination"),
    "invitations": _("Invitation"),
    "consents": _("Consent"),
    "weeks": _("Week"),
    "briefs": _("Brief"),
    "posts": _("Post"),
    "media": _("Photo"),
    "programmes": _("Programme"),
    "connections": _("Connection to the account"),
    "reviews": _("Review"),
}


def kind_words(kind: str) -> str:
    return str(KINDS.get(kind) or kind)


def action_words(action: str) -> str:
    """An action's own name is plain English already, and is what the record keeps."""
    return action.replace("_", " ")


def exact_moment(at: datetime) -> str:
    """`24 Nov 2026, 12:15:03`, on the reader's clock: the record goes back for years."""
    return format_datetime(at, "d MMM y, HH:mm:ss")
