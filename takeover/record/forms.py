"""Choosing what to read of the record."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from takeover.people.forms import plain_line
from takeover.record.words import KINDS

LARGEST_ID = 2**31 - 1  # an id past this would not fit into the column


class ChoiceForm(FlaskForm):
    """Asks, and changes nothing: it is sent with GET and needs no token."""

    class Meta:
        csrf = False

    kind = SelectField(lazy("What"), validate_choice=False, filters=[plain_line])
    object = IntegerField(
        lazy("Number"),
        [
            Optional(),
            NumberRange(1, LARGEST_ID, message=lazy("Write the number of one thing, such as 12.")),
        ],
    )

    def __init__(self, *given: Any, **rest: Any) -> None:
        super().__init__(*given, **rest)
        known = {kind: str(words) for kind, words in KINDS.items()}
        self.kind.choices = {"": _("Everything"), **known}
