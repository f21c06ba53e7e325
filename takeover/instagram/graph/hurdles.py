"""What keeps us out when a person wants to let us into their account."""

from enum import StrEnum


class Hurdle(StrEnum):
    DENIED = "denied"  # the person said no
    STALE = "stale"  # the way back is not the one that was begun last, or too much time went by
    CODE = "code"  # Meta does not take the code any more
    APP = "app"  # Meta does not take our app's id or secret
    DOWN = "down"  # Meta could not be reached, or answered something strange
    PERMISSIONS = "permissions"
    NO_PAGE = "no_page"
    NOT_LINKED = "not_linked"
    PERSONAL = "personal"
    WRONG_ACCOUNT = "wrong_account"


class NotLetIn(Exception):
    """`names` are of the permissions that are missing, or of the accounts that we were let into.

    The text is for the log: it holds neither a key nor a name.
    """

    def __init__(self, hurdle: Hurdle, *, names: list[str] | None = None) -> None:
        super().__init__(f"not let in: {hurdle.value}")
        self.hurdle, self.names = hurdle, names or []
