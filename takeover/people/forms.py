"""The forms people come in by, and those about themselves and each other."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    SearchField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from takeover.i18n import LANGUAGES, countries, zones
from takeover.people.adding import BadAddress, tidy_email
from takeover.people.models import Role
from takeover.people.words import ROLE_WORDS

LONGEST_NAME = 120
LONGEST_ADDRESS = 254


def find_zone(said: str) -> str | None:
    """The time zone somebody means: its name, or the city in it if only one has that city."""
    said = "_".join(said.split()).casefold()
    known = zones()
    whole = [zone for zone in known if zone.casefold() == said]
    city = [zone for zone in known if zone.rpartition("/")[2].casefold() == said]
    found = whole or city
    return found[0] if len(found) == 1 else None


def plain_line(text: str | None) -> str | None:
    """One line, without what cannot be seen or stored."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split()) if text else text


def _address(_form: FlaskForm, field: EmailField) -> None:
    try:
        field.data = tidy_email(field.data or "")
    except BadAddress as error:
        raise ValidationError(
            _("Write the whole e-mail address, such as ana@example.com.")
        ) from error


def _zone(_form: FlaskForm, field: StringField) -> None:
    found = find_zone(field.data or "")
    if found is None:
        raise ValidationError(
            _("Choose a time zone from the list, such as Europe/Paris. Type a city to find it.")
        )
    field.data = found


def _an_address(label: str) -> EmailField:
    return EmailField(
        label,
        [DataRequired(lazy("Write your e-mail address.")), _address],
        filters=[plain_line],
        render_kw={"maxlength": LONGEST_ADDRESS},
    )


def _a_name(label: str) -> StringField:
    return StringField(
        label,
        [
            DataRequired(lazy("Write a name.")),
            Length(max=LONGEST_NAME, message=lazy("Write a name of at most 120 characters.")),
        ],
        filters=[plain_line],
    )


def _roles() -> dict[str, str]:
    return {role.value: str(words) for role, words in ROLE_WORDS.items()}


_chosen = InputRequired(lazy("Choose one from the list."))


class Choice(SelectField):
    """One of a list; what is not on it gets a sentence of ours."""

    def pre_validate(self, form: BaseForm) -> None:
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(_("Choose one from the list.")) from error


class SignInForm(FlaskForm):
    email = _an_address(lazy("E-mail address"))
    password = PasswordField(
        lazy("Password"), description=lazy("Without one, we send you a sign-in link.")
    )
    next = HiddenField(filters=[plain_line])


class BareForm(FlaskForm):
    """A button, and the token that says the page was ours."""


class AboutMeForm(FlaskForm):
    name = _a_name(lazy("Name"))
    language = Choice(lazy("Language"), [_chosen], choices=dict(LANGUAGES))
    timezone = StringField(
        lazy("Time zone"),
        [DataRequired(lazy("Choose a time zone from the list, such as Europe/Paris.")), _zone],
        filters=[plain_line],
    )


class PasswordForm(FlaskForm):
    """`current` is there only for somebody who has a password."""

    current = PasswordField(
        lazy("Current password"), [InputRequired(lazy("Write the password you have now."))]
    )
    new = PasswordField(
        lazy("New password"), [InputRequired(lazy("Write the password you would like."))]
    )

    def __init__(self, *, has_one: bool, **rest: Any) -> None:
        super().__init__(**rest)
        if not has_one:
            del self.current


class RoleForm(FlaskForm):
    role = Choice(lazy("Role"), [InputRequired(lazy("Choose a role."))])
    country = Choice(lazy("Country, for HR"), [Optional()])

    def __init__(self, *given: Any, **rest: Any) -> None:
        super().__init__(*given, **rest)
        self.role.choices = {"": _("Choose a role"), **_roles()}
        self.country.choices = {"": _("Choose a country"), **dict(countries())}

    @property
    def chosen_role(self) -> Role:
        return Role(self.role.data)

    @property
    def chosen_countries(self) -> list[str]:
        return [self.country.data] if self.country.data else []


class TakeRoleForm(FlaskForm):
    """Only buttons send it, each with the role it stands beside."""

    role = Choice(choices={role.value: role.value for role in Role})
    country = HiddenField()


class PersonForm(RoleForm):
    name = _a_name(lazy("Name"))
    email = _an_address(lazy("E-mail address"))
    language = Choice(lazy("Language"), [_chosen], choices=dict(LANGUAGES))
    timezone = StringField(
        lazy("Time zone"),
        [DataRequired(lazy("Choose a time zone from the list, such as Europe/Paris.")), _zone],
        filters=[plain_line],
    )
    send_link = BooleanField(lazy("Send them a sign-in link now"))


class SearchForm(FlaskForm):
    """Asks, and changes nothing: it is sent with GET and needs no token."""

    class Meta:
        csrf = False

    q = SearchField(lazy("Name or e-mail"), filters=[plain_line])
    role = Choice(lazy("Role"), id="search-role")

    def __init__(self, *given: Any, **rest: Any) -> None:
        super().__init__(*given, **rest)
        self.role.choices = {"": _("All roles"), **_roles()}

    @property
    def chosen_role(self) -> Role | None:
        return Role(self.role.data) if self.role.data in set(Role) else None
