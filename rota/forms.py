"""The form by which HR nominates somebody."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, StopValidation

from takeover.i18n import LANGUAGES, countries
from takeover.people.adding import BadAddress, tidy_email
from takeover.people.models import Person, Role
from takeover.plain import one_line, without_controls
from takeover.programmes.forms import OneOfTheList
from takeover.programmes.models import Programme

REASON_AT_MOST = 2000


class Address:
    """An e-mail address as a person would write it."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        try:
            tidy_email(field.data)
        except BadAddress as error:
            raise StopValidation(
                _("Check the e-mail address: it should look like name@example.com.")
            ) from error


class NominationForm(FlaskForm):
    programme = SelectField(
        _l("Programme"),
        validate_choice=False,
        validators=[OneOfTheList(_l("Choose a programme of the list."))],
    )
    name = StringField(
        _l("Name"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Write their name.")),
            Length(max=120, message=_l("Shorten the name to 120 characters.")),
        ],
    )
    email = EmailField(
        _l("E-mail"),
        description=_l("Where they read their mail; a private address is fine."),
        filters=[one_line],
        validators=[
            DataRequired(_l("Write their e-mail address: the invitation goes there.")),
            Length(max=254, message=_l("Shorten the address to 254 characters.")),
            Address(),
        ],
    )
    country = SelectField(
        _l("Country"),
        validate_choice=False,
        validators=[
            DataRequired(_l("Choose their country.")),
            OneOfTheList(_l("Choose one of your countries from the list.")),
        ],
    )
    job = StringField(
        _l("Job"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Write what they do, for example: welder.")),
            Length(max=120, message=_l("Shorten the job to 120 characters.")),
        ],
    )
    workplace = StringField(
        _l("Workplace"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Write where they work, for example the town of the plant.")),
            Length(max=120, message=_l("Shorten the workplace to 120 characters.")),
        ],
    )
    language = SelectField(
        _l("Language we write in"),
        validate_choice=False,
        validators=[OneOfTheList(_l("Choose a language of the list."))],
    )
    reason = TextAreaField(
        _l("Why them?"),
        description=_l("What would people learn from a week with them?"),
        filters=[without_controls],
        validators=[
            Length(max=REASON_AT_MOST, message=_l("Shorten the reason to 2,000 characters."))
        ],
    )


def nomination_form(programmes: Iterable[Programme], by: Person) -> NominationForm:
    """The form with what this person may choose."""
    form = NominationForm(data={"language": by.language})
    form.programme.choices = {programme.slug: programme.name for programme in programmes}
    form.country.choices = _countries_of(by)
    form.language.choices = dict(LANGUAGES)
    return form


def _countries_of(person: Person) -> dict[str, str]:
    """HR: their own; the lead: every one. Where there is a choice, none is made for them."""
    offered = {
        code: name
        for code, name in countries()
        if Role.LEAD in person.roles or code in person.nominates_for
    }
    return offered if len(offered) == 1 else {"": _("Choose …")} | offered
