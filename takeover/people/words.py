"""What the roles are called on screen."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from takeover.i18n import country_name
from takeover.people.models import Grant, Role

ROLE_WORDS = {
    Role.HR: _("HR nominator"),
    Role.LEAD: _("Programme lead"),
    Role.APPROVER: _("Comms approver"),
    Role.LEGAL: _("Legal approver"),
    Role.AMBASSADOR: _("Ambassador"),
    Role.ADMINISTRATOR: _("Administrator"),
}


def grant_words(grant: Grant) -> str:
    """`HR nominator, France`."""
    words = str(ROLE_WORDS[grant.role])
    return f"{words}, {country_name(grant.country)}" if grant.country else words


def grants_in_order(grants: list[Grant]) -> list[Grant]:
    """In the order of the roles, and for HR by country."""
    order = list(Role)
    return sorted(grants, key=lambda grant: (order.index(grant.role), grant.country))


def roles_in_words(grants: list[Grant]) -> list[str]:
    """One line a role: `HR nominator: France, Germany`."""
    lines = []
    for role in Role:
        held = [grant for grant in grants if grant.role is role]
        countries = sorted(country_name(grant.country) for grant in held if grant.country)
        if held:
            words = str(ROLE_WORDS[role])
            lines.append(
                gettext("%(role)s: %(countries)s", role=words, countries=", ".join(countries))
                if countries
                else words
            )
    return lines
