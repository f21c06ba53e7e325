"""The official door to an account, opened with its credentials."""

from collections.abc import Callable

from takeover.instagram.graph.client import GraphClient, Patience
from takeover.instagram.graph.containers import Ways
from takeover.instagram.graph.credentials import Credentials, addresses_for
from takeover.instagram.graph.preparing import Pace
from takeover.instagram.graph.publisher import GraphPublisher
from takeover.instagram.publisher import Hosting, OnAccount


def open_door(
    credentials: Credentials,
    *,
    hosting: Hosting | None,
    is_ours: Callable[[OnAccount], bool],
    graph_url: str | None = None,
    rupload_url: str | None = None,
    version: str | None = None,
    patience: Patience | None = None,
    pace: Pace | None = None,
) -> GraphPublisher:
    """Asks nothing yet. The addresses are a stand-in's; where there are none, Instagram's own.

    `is_ours` says whether what is on the account is known as a post of ours.
    """
    addresses = addresses_for(
        credentials, graph_url=graph_url, rupload_url=rupload_url, version=version
    )
    by_facebook = credentials.host == "facebook"
    return GraphPublisher(
        GraphClient(credentials, addresses, patience),
        ways=Ways(hosting=hosting, takes_bytes=by_facebook, knows_places=by_facebook),
        is_ours=is_ours,
        deletes=by_facebook,
        pace=pace,
    )
