"""The forms of comms: a decision, and what became of an uncertain post."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from takeover.plain import without_controls

LONGEST_REASON = 2000


class ApproveForm(FlaskForm):
    digest = HiddenField()  # of what was looked at


def _reason(label: LazyString, missing: LazyString, hint: LazyString) -> TextAreaField:
    too_long = lazy_gettext("Shorten it to 2000 characters.")
    return TextAreaField(
        label,
        [DataRequired(missing), Length(max=LONGEST_REASON, message=too_long)],
        description=hint,
        filters=[without_controls],
    )


class ReasonForm(FlaskForm):
    digest = HiddenField()
    reason = _reason(
        lazy_gettext("What should change?"),
        lazy_gettext("Write what should change; the author reads it."),
        lazy_gettext("The author reads this, by e-mail and on their page."),
    )


class RejectForm(FlaskForm):
    digest = HiddenField()
    reason = _reason(
        lazy_gettext("Why can it not be published?"),
        lazy_gettext("Write why; the author reads it."),
        lazy_gettext("The author reads this. A rejected post cannot come back."),
    )


class StopForm(FlaskForm):
    reason = _reason(
        lazy_gettext("Why must it not go out?"),
        lazy_gettext("Write why; the author reads it."),
        lazy_gettext("The author reads this, may change the post, and send it again."),
    )


class PauseForm(FlaskForm):
    seen = HiddenField(filters=[without_controls])  # the reason there was
    reason = TextAreaField(
        lazy_gettext("Why is it paused?"),
        [Length(max=LONGEST_REASON, message=lazy_gettext("Shorten it to 2000 characters."))],
        description=lazy_gettext("Everybody who is signed in reads this."),
        filters=[without_controls],
    )


class ThereForm(FlaskForm):
    permalink = StringField(
        lazy_gettext("Address of the post"),
        [InputRequired(lazy_gettext("Copy the post's address from Instagram into this field."))],
        filters=[without_controls],
        description=lazy_gettext("Open the post on the account and copy its address."),
    )
