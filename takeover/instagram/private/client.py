"""instagrapi's client with one way out: its session, its headers, and its publishing requests.

Of its ways to publish only the last step is used (`configuring`), the one request of each kind.
What comes before in them is done in `uploading`; what comes after adopts strangers' posts, and
sends again.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from instagrapi import Client

from takeover.instagram.private.gate import PublishGate
from takeover.instagram.publisher import Ours, Reason

_MUTED = logging.Logger("instagrapi")  # its logs hold whole answers, and its errors hold more
_MUTED.disabled = True

COVERED = Path("the cover has been uploaded")


class GatedClient(Client):  # type: ignore[misc]
    private_request_logger = public_request_logger = request_logger = _MUTED

    def __init__(self, settings: dict[str, Any], *, gate: PublishGate, pace: float) -> None:
        super().__init__(settings=settings, logger=_MUTED, with_challenge_flow=False)
        self.request_timeout = pace  # in spite of its name: seconds slept before each request
        for session in (self.private, self.public, self.graphql):
            # Whatever the library mounts, now or when settings are loaded again: one way out.
            session.get_adapter = lambda url: gate
            session.max_redirects = 0

    def photo_rupload(self, path: Path, upload_id: str = "", **_: object) -> tuple[str, int, int]:
        """The library gives a reel its cover on the way to publishing it: it has it by then."""
        if path != COVERED:
            raise NotImplementedError("bytes go out as they are, and not this way")
        return upload_id, 0, 0


def opened(settings: Mapping[str, Any], *, gate: PublishGate, pace: float) -> GatedClient:
    """The client with its session; raises Ours when there is none to be had from the settings."""
    try:
        client = GatedClient(dict(settings), gate=gate, pace=pace)
        signed_in = bool(client.user_id and client.sessionid)
    except Exception:  # whatever a damaged session makes the library raise
        signed_in = False
    if not signed_in:
        raise Ours("the saved session is missing or damaged", reason=Reason.TOKEN)
    return client
