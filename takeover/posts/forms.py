"""The form of a post: its picture and its words."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, TextAreaField

from takeover.plain import without_controls


class PostForm(FlaskForm):
    photo = FileField(lazy_gettext("Photo"))
    # A picture that came with this form before, when the words were not right yet.
    media = HiddenField()
    caption = TextAreaField(
        lazy_gettext("Caption"),
        filters=[without_controls],
        description=lazy_gettext("In your own words, in any language."),
    )
    alt_text = TextAreaField(
        lazy_gettext("What is in the picture"),
        filters=[without_controls],
        description=lazy_gettext("For people who cannot see it. One sentence is enough."),
    )

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        # A draft may be kept without it, so no validator asks for it; a post needs it all the same.
        self.caption.flags.required = True

    def complain(self, field_name: str, sentence: str) -> None:
        """Say at that field what is wrong with it."""
        field = self[field_name]
        field.errors = [*field.errors, sentence]
