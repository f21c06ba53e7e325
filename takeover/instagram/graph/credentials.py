"""What opens the official door, and where it is."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

HostName = Literal["facebook", "instagram"]

_HOSTS = {
    "facebook": "https://graph.facebook.com",
    "instagram": "https://graph.instagram.com",
}
_RUPLOAD = "https://rupload.facebook.com"
VERSION = "v26.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An account's keys. `host` says who gave them: Facebook Login or Instagram Login."""

    host: HostName
    ig_user_id: str
    user_token: str = field(repr=False)
    page_token: str | None = field(default=None, repr=False)

    @property
    def writing_token(self) -> str:
        """Meta's publishing guide asks for the Page's token, its references for the user's."""
        return self.page_token or self.user_token


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """When keys end: the token, and Meta's leave to read the data of somebody long not seen.

    None is an end that does not come, or that nobody has told.
    """

    token: datetime | None
    data: datetime | None = None

    @property
    def first(self) -> datetime | None:
        return min(filter(None, (self.token, self.data)), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the Graph API and its uploads listen, without a slash at the end."""

    graph: str
    rupload: str
    version: str = VERSION


def addresses_for(
    credentials: Credentials,
    *,
    graph_url: str | None = None,
    rupload_url: str | None = None,
    version: str | None = None,
) -> Addresses:
    """Instagram's own, where none of a stand-in are given."""
    graph = graph_url or _HOSTS[credentials.host]
    return Addresses(
        graph=graph.rstrip("/"),
        rupload=(rupload_url or _RUPLOAD).rstrip("/"),
        version=version or VERSION,
    )
