"""The forms of a post: its pictures, its words, its shape, and what of a picture is shown."""

from typing import Any

from flask_babel import format_decimal, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, FloatField, Form, RadioField, TextAreaField
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import TextInput

from takeover.plain import without_controls
from takeover.posts.models import Shape, Surface

SURFACES = {
    Surface.FEED.value: lazy_gettext("In the feed"),
    Surface.STORY.value: lazy_gettext("As a story, for 24 hours"),
}
SHAPES = {
    Shape.OWN.value: lazy_gettext("Nothing cut off"),
    Shape.PORTRAIT.value: lazy_gettext("Portrait 4:5"),
    Shape.SQUARE.value: lazy_gettext("Square 1:1"),
    Shape.LANDSCAPE.value: lazy_gettext("Landscape 1.91:1"),
    Shape.TALL.value: lazy_gettext("Tall 9:16"),
}


class PostForm(FlaskForm):
    photos = MultipleFileField(lazy_gettext("Photos and videos"))
    surface = RadioField(lazy_gettext("Where it is shown"))
    shape = RadioField(lazy_gettext("Shape"))
    caption = TextAreaField(
        lazy_gettext("Caption"),
        filters=[without_controls],
        description=lazy_gettext("In your own words, in any language."),
    )

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        self.surface.choices = {value: str(word) for value, word in SURFACES.items()}
        self.shape.choices = {value: str(word) for value, word in SHAPES.items()}
        # A draft may be kept without it, so no validator asks for it; a post needs it all the same.
        self.caption.flags.required = True

    def complain(self, field_name: str, sentence: str) -> None:
        """Say at that field what is wrong with it."""
        field = self[field_name]
        field.errors = [*field.errors, sentence]


class AltForm(Form):
    """The words for one picture; a page has one for each, told apart by their prefix."""

    alt_text = TextAreaField(
        lazy_gettext("What can be seen"),
        filters=[without_controls],
        description=lazy_gettext("For people who cannot see it. One sentence is enough."),
    )


class NumberField(FloatField):
    """Written as the page's language writes numbers, and read with a comma or a point.

    As text: what a browser makes of a number goes by the browser's language, which may be another.
    """

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([sent.replace(",", ".") for sent in valuelist])

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else format_decimal(self.data)


class CutForm(FlaskForm):
    """Which part of a picture is shown, and which part of a clip."""

    whole = BooleanField(lazy_gettext("Show all of it, with borders"))
    x = NumberField(lazy_gettext("From the left, in percent"), [Optional(), NumberRange(0, 100)])
    y = NumberField(lazy_gettext("From the top, in percent"), [Optional(), NumberRange(0, 100)])
    width = NumberField(lazy_gettext("Width, in percent"), [Optional(), NumberRange(1, 100)])
    # All three in seconds of the video as it was sent.
    start = NumberField(lazy_gettext("Begins at second"), [Optional(), NumberRange(0, 900)])
    end = NumberField(lazy_gettext("Ends at second"), [Optional(), NumberRange(0, 900)])
    cover_at = NumberField(lazy_gettext("Cover at second"), [Optional(), NumberRange(0, 900)])
