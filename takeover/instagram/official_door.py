"""The official door to an account: its sealed keys, and the files that are lent to Instagram.

Its client takes megabytes: `doors` loads this only where posts go out by it.
"""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from takeover.clock import now
from takeover.db import db
from takeover.instagram.graph.client import SOON, Patience
from takeover.instagram.graph.credentials import Credentials
from takeover.instagram.graph.door import open_door as open_graph
from takeover.instagram.known import is_known
from takeover.instagram.lending import Lending
from takeover.instagram.models import Connection
from takeover.instagram.publisher import Ours, Publisher, Reason
from takeover.instagram.sealing import unseal
from takeover.web import public_address, settings


def open_door(connection: Connection, *, soon: bool = False) -> Publisher:
    """`soon`: somebody waits before a page. Raises Ours where the keys cannot be read."""
    lease = timedelta(seconds=settings().publish_lease)
    return open_graph(
        credentials_in(json.loads(unseal(connection.sealed_session))),
        hosting=Lending(db.sessionmaker, now, public_address),
        is_ours=is_known,
        graph_url=settings().instagram_graph_url,
        rupload_url=settings().instagram_rupload_url,
        version=settings().instagram_graph_version,
        patience=SOON if soon else Patience().within(lease),
    )


def check(saved: dict[str, Any]) -> str:
    """The account that these are keys of, as Instagram names it; asks nobody. Raises Ours."""
    return credentials_in(saved).ig_user_id


def credentials_in(saved: dict[str, Any]) -> Credentials:
    """Raises Ours."""
    try:
        credentials = Credentials(**saved)
    except TypeError as error:
        raise Ours("these are no keys of an account", reason=Reason.TOKEN) from error
    if not credentials.ig_user_id.isdecimal() or not credentials.user_token.strip():
        raise Ours("these are no keys of an account", reason=Reason.TOKEN)
    return credentials


def saved_form(credentials: Credentials) -> str:
    """As a connection keeps them."""
    return json.dumps(asdict(credentials))
