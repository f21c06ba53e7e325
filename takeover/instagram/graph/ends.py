"""When a key of Facebook's login ends, as Meta itself says.

It has two clocks: the key's own, and one for data of people who have not been seen for long.
"""

from datetime import UTC, datetime

from takeover.instagram.graph.credentials import Ends
from takeover.instagram.graph.login_calls import Answer, Refused, ask


def ends_of(token: str, *, versioned: str, asker: str) -> Ends | None:
    """None where Meta calls the key no good. `asker` is a key as well: the app's, or that one.

    Meta takes the key in question in the address alone (docs/operators.md says so to whoever keeps
    logs). Raises Refused.
    """
    answer = ask("GET", f"{versioned}/debug_token", {"input_token": token}, token=asker)
    said = answer.get("data")
    if not isinstance(said, dict) or "is_valid" not in said:
        raise Refused(0)
    if said["is_valid"] is not True:
        return None
    return Ends(token=_instant(said, "expires_at"), data=_instant(said, "data_access_expires_at"))


def _instant(said: Answer, name: str) -> datetime | None:
    """Of seconds since 1970, where 0 is never."""
    seconds = said.get(name, 0)
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise Refused(0)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (OverflowError, ValueError, OSError):
        raise Refused(0) from None
