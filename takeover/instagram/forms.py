"""What a person types once, to sign in to the account as the app does."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from takeover.plain import without_controls

_LONGEST = 200


class CodeField(StringField):
    """To be read while it is typed, and not shown again by the page that comes back."""

    def _value(self) -> str:
        return ""


class SignInForm(FlaskForm):
    username = StringField(
        _l("Username on Instagram"),
        filters=[lambda text: without_controls(text).strip()],
        validators=[DataRequired(_l("Write the account’s username.")), Length(max=_LONGEST)],
    )
    password = PasswordField(
        _l("Password on Instagram"),
        description=_l("Used once, now. We keep the session that comes of it, and no password."),
        validators=[InputRequired(_l("Write the account’s password.")), Length(max=_LONGEST)],
    )
    code = CodeField(
        _l("Code of the second factor"),
        description=_l(
            "If the account asks for one: the code of now, a backup code, or the key that the "
            "authenticator app was set up with. It is forgotten too."
        ),
        validators=[Length(max=_LONGEST)],
    )
    knows = BooleanField(
        _l("I know that this breaks Instagram’s terms and may cost the account"),
        validators=[InputRequired(_l("Say that you know what this may cost, or go back."))],
    )
    once = HiddenField(validators=[Length(max=_LONGEST)])
