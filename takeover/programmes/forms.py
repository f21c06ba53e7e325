"""The programme's settings, as its lead changes them."""

import re
from datetime import time
from typing import Any

from babel import Locale
from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from takeover.i18n import DEFAULT_LANGUAGE, LANGUAGES, zones
from takeover.plain import one_line
from takeover.programmes.models import Programme
from takeover.programmes.quiet import is_quiet_time

# https://help.instagram.com/583107688369069: letters, numbers, periods, underscores; at most 30.
ACCOUNT = re.compile(r"[a-z0-9._]{1,30}")
TIME = re.compile(r"([01]?[0-9]|2[0-3])[:h.]([0-5][0-9])")
SLOTS_A_DAY = 12
A_DAY = 24 * 60  # minutes


class OneOfTheList:
    """What the page offers, and nothing else."""

    field_flags = {"required": True}  # noqa: RUF012  # WTForms reads it off the class

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: FlaskForm, field: SelectField) -> None:
        if field.data not in {value for value, *_ in field.iter_choices()}:
            raise StopValidation(self.message)


class MinutesField(IntegerField):
    """A length of time, at most a day."""

    def __init__(self, label: Any, *, description: Any, **options: Any) -> None:
        missing = InputRequired(_l("Write a number of minutes."))
        super().__init__(label, [missing], description=description, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        if text and not (text.isascii() and text.isdigit() and int(text[:9]) <= A_DAY):
            raise ValueError(_("Write whole minutes, from 0 to %(most)s.", most=A_DAY))
        super().process_formdata([text] if text else [])


class SettingsForm(FlaskForm):
    name = StringField(
        _l("Name"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Give the programme a name.")),
            Length(max=120, message=_l("Shorten the name to 120 characters.")),
        ],
    )
    account = StringField(
        _l("Instagram account"),
        description=_l("Its username. Changing it here does not connect another account."),
        filters=[lambda text: one_line(text).removeprefix("@").lower()],
        validators=[DataRequired(_l("Write the account’s username."))],
    )
    timezone = SelectField(
        _l("Time zone"),
        description=_l("Weeks begin and end by it, and slots are times of its clock."),
        validate_choice=False,
        validators=[OneOfTheList(_l("Choose a time zone of the list."))],
    )
    language = SelectField(
        _l("Language"),
        description=_l("The programme’s own. Everybody is written to in theirs."),
        validate_choice=False,
        validators=[OneOfTheList(_l("Choose a language of the list."))],
    )
    days = SelectMultipleField(
        _l("Days on which posts go out"),
        coerce=str,
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    times = StringField(
        _l("Times of a day"),
        description=_l(
            "One post goes out at each, for example 08:30, 12:15, 18:00. "
            "Leave this empty, and posts go out as soon as they are approved."
        ),
        filters=[one_line],
    )

    spacing = MinutesField(
        _l("Minutes between two posts"),
        description=_l("The least time between them. 0: none."),
    )
    grace = MinutesField(
        _l("Minutes a post may be late"),
        description=_l(
            "After a trouble with Instagram, for example. What is later than that does not go out "
            "by itself: it is missed, and comms can place it again while its week runs."
        ),
    )

    quiet_from = StringField(
        _l("Quiet from"),
        description=_l("A time of the account’s clock, for example 22:00. Empty: no quiet hours."),
        filters=[one_line],
    )
    quiet_until = StringField(
        _l("Quiet until"),
        description=_l("It may be the next morning, for example 07:00."),
        filters=[one_line],
    )

    def validate_account(self, field: Field) -> None:
        if not ACCOUNT.fullmatch(field.data):
            raise StopValidation(
                _(
                    "Write the username as Instagram shows it: up to 30 letters, digits, periods "
                    "and underscores."
                )
            )

    def validate_days(self, field: Field) -> None:
        if not field.data or not set(field.data) <= {str(day) for day in range(7)}:
            raise StopValidation(_("Choose at least one day; posts need one to go out on."))

    def validate_times(self, field: Field) -> None:
        for text in _parts(field.data):
            if not TIME.fullmatch(text):
                raise StopValidation(
                    _(
                        "“%(text)s” is not a time. Write hours and minutes, for example 12:15, "
                        "with commas between.",
                        text=text,
                    )
                )
        if len(self.slot_times) > SLOTS_A_DAY:
            raise StopValidation(
                _("Keep to %(most)s times a day; that is plenty.", most=SLOTS_A_DAY)
            )

    def validate_quiet_from(self, field: Field) -> None:
        _check_time(field)
        if self.quiet_until.data and not field.data:
            raise StopValidation(_("Write when the quiet hours begin, or leave both empty."))

    def validate_quiet_until(self, field: Field) -> None:
        _check_time(field)
        begins, ends = self.quiet_hours
        if self.quiet_from.data and not field.data:
            raise StopValidation(_("Write when the quiet hours end, or leave both empty."))
        if begins and begins == ends:
            raise StopValidation(_("Choose another time than the one at which they begin."))
        inside = [one for one in self.slot_times if is_quiet_time(one, begins=begins, ends=ends)]
        if begins and ends and inside:
            raise StopValidation(
                _(
                    "These times of a day are in the quiet hours: %(times)s. Change one or the "
                    "other.",
                    times=", ".join(inside),
                )
            )

    @property
    def quiet_hours(self) -> tuple[str, str]:
        """When they begin and end, as "HH:MM"; empty for what is no time."""
        return _clock(self.quiet_from.data), _clock(self.quiet_until.data)

    @property
    def slot_days(self) -> list[int]:
        return sorted({int(day) for day in self.days.data or ()})

    @property
    def slot_times(self) -> list[str]:
        """Of a valid form: each once, in order, as "HH:MM"."""
        found = (TIME.fullmatch(text) for text in _parts(self.times.data))
        times = {time(int(match[1]), int(match[2])) for match in found if match}
        return [f"{one:%H:%M}" for one in sorted(times)]


def settings_form(programme: Programme) -> SettingsForm:
    """The form as the programme stands, or as it was sent."""
    form = SettingsForm(data=_as_it_stands(programme))
    form.timezone.choices = {zone: zone.replace("_", " ") for zone in zones()}
    form.language.choices = dict(LANGUAGES)
    form.days.flags.required = True
    names = get_day_names("wide", locale=get_locale() or Locale.parse(DEFAULT_LANGUAGE))
    form.days.choices = {str(day): names[day].capitalize() for day in range(7)}
    return form


def _as_it_stands(programme: Programme) -> dict[str, Any]:
    return {
        "name": programme.name,
        "account": programme.account,
        "timezone": programme.timezone,
        "language": programme.language,
        "days": [str(day) for day in programme.slot_days],
        "times": ", ".join(programme.slot_times),
        "spacing": programme.spacing,
        "grace": programme.grace,
        "quiet_from": programme.quiet_from,
        "quiet_until": programme.quiet_until,
    }


def _clock(text: str | None) -> str:
    found = TIME.fullmatch(text or "")
    return f"{time(int(found[1]), int(found[2])):%H:%M}" if found else ""


def _check_time(field: Field) -> None:
    if field.data and not TIME.fullmatch(field.data):
        raise StopValidation(_("Write hours and minutes, for example 22:00."))


def _parts(text: str | None) -> list[str]:
    return [part for part in re.split(r"[\s,;]+", text or "") if part]
