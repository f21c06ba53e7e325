"""Whether a post can still be seen on the account, asked when a person says what became of it."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from takeover.instagram.belonging import belongs_to
from takeover.instagram.doors import find_connection, publisher_for
from takeover.instagram.models import Publication
from takeover.instagram.publisher import OnAccount, PublishingError, Shows
from takeover.instagram.slowing_down import Asked, keep_to
from takeover.instagram.taking_down import why_not_asked
from takeover.posts.models import Post
from takeover.posts.said_gone import Seen

log = logging.getLogger(__name__)

NEVER_ASKED = "instagrapi"
"""By that door a page asks nothing: every question looks like a person with the app in hand."""


def look_for(post: Post, *, session: Session, at: datetime) -> Seen:
    """It only reads, for ten seconds at most; rolls back first, to hold nothing meanwhile. What it
    hears of the whole account everybody keeps to: commits then."""
    publication = session.get(Publication, post.id)
    if publication is None or publication.door == NEVER_ASKED:
        return Seen.UNKNOWN
    connection = find_connection(session, post.programme_id)
    if why_not_asked(post, connection, session=session, at=at) is not None:
        return Seen.UNKNOWN
    on = OnAccount(media_id=publication.media_id or "", permalink=post.permalink)
    programme_id, name, account = post.programme_id, publication.door, ""
    connected_at = connection.connected_at if connection else None
    try:
        door, publisher = publisher_for(session, programme_id, soon=True)
        account = publisher.account
        is_reached = belongs_to(publication, door=door, account=account)
        session.rollback()
        if not is_reached or not isinstance(publisher, Shows):
            return Seen.UNKNOWN
        return Seen.THERE if publisher.still_shows(on) else Seen.GONE
    except PublishingError as error:
        session.rollback()
        log.info("not looked for", extra={"error": str(error)})
        asked = Asked(door=name, account=account, connected_at=connected_at)
        keep_to(session, programme_id, error, of=asked, at=at)
        return Seen.UNKNOWN
