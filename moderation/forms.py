"""The forms of comms: a decision, and what became of an uncertain post."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

LONGEST_REASON = 2000


class ApproveForm(FlaskForm):
    digest = HiddenField()  # of what was looked at


class ReasonForm(FlaskForm):
    digest = HiddenField()
    reason = TextAreaField(
        lazy_gettext("What should change?"),
        [
            DataRequired(lazy_gettext("Write what should change; the author reads it.")),
            Length(max=LONGEST_REASON, message=lazy_gettext("Shorten it to 2000 characters.")),
        ],
        description=lazy_gettext("The author reads this, by e-mail and on their page."),
    )


class RejectForm(FlaskForm):
    digest = HiddenField()
    reason = TextAreaField(
        lazy_gettext("Why can it not be published?"),
        [
            DataRequired(lazy_gettext("Write why; the author reads it.")),
            Length(max=LONGEST_REASON, message=lazy_gettext("Shorten it to 2000 characters.")),
        ],
        description=lazy_gettext("The author reads this. A rejected post cannot come back."),
    )


class ThereForm(FlaskForm):
    permalink = StringField(
        lazy_gettext("Address of the post"),
        [InputRequired(lazy_gettext("Copy the post's address from Instagram into this field."))],
        description=lazy_gettext("Open the post on the account and copy its address."),
    )
