"""Our app at Meta, as the settings name it: one for each of the two logins."""

from takeover.instagram.graph.credentials import HostName
from takeover.web import public_address, settings

SETTINGS_OF: dict[HostName, tuple[str, str]] = {
    "facebook": ("FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET"),
    "instagram": ("INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET"),
}


def app_id_and_secret(host: HostName) -> tuple[str, str] | None:
    """None where one of the two is missing."""
    chosen = settings()
    id, secret = (
        (chosen.facebook_app_id, chosen.facebook_app_secret)
        if host == "facebook"
        else (chosen.instagram_app_id, chosen.instagram_app_secret)
    )
    return (id, secret) if id and secret else None


def way_back(host: HostName) -> str:
    """The address people come back to: the same for all programmes, since Meta must know it."""
    return public_address(f"/account/back/{host}")


def takes_passwords() -> bool:
    """In a demo everybody is anybody: nobody's real password belongs there."""
    return not settings().demo or settings().instagram_private_url is not None
