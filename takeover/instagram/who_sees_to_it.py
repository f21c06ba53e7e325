"""What is done about an account, told to who may do it, and to who may only ask for it."""

from flask_babel import lazy_gettext

from takeover.people.models import Role
from takeover.posts.trouble import Trouble

CONNECTERS = (Role.LEAD, Role.ADMINISTRATOR)

WHO_CONNECTS = lazy_gettext("A programme lead or an administrator connects the account again.")
_WHO_LOOKS = lazy_gettext(
    "A programme lead or an administrator looks at it, and lets the account go on."
)


def what_to_do_when_stopped(trouble: Trouble, *, may_connect: bool) -> str:
    if may_connect:
        return str(trouble.what_to_do_when_stopped)
    return str(WHO_CONNECTS if trouble.needs_new_keys else _WHO_LOOKS)
