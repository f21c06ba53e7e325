"""Whether a post can still be seen on the account, asked when a person says what became of it."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from takeover.instagram.belonging import belongs_to, has_sure_number
from takeover.instagram.doors import door_of, find_connection, publisher_for
from takeover.instagram.models import Publication
from takeover.instagram.publisher import OnAccount, PublishingError, Shows
from takeover.instagram.slowing_down import waits_until
from takeover.posts.models import Post
from takeover.posts.said_gone import Seen

log = logging.getLogger(__name__)

NEVER_ASKED = "instagrapi"
"""By that door a page asks nothing: every question looks like a person with the app in hand."""


def look_for(post: Post, *, session: Session, at: datetime) -> Seen:
    """It only reads, for some seconds at most; rolls back first, to hold nothing meanwhile."""
    publication = session.get(Publication, post.id)
    if publication is None or not _may_be_asked(publication, post, session, at):
        return Seen.UNKNOWN
    on = OnAccount(media_id=publication.media_id or "", permalink=post.permalink)
    try:
        door, publisher = publisher_for(session, post.programme_id)
        is_reached = belongs_to(publication, door=door, account=publisher.account)
        session.rollback()
        if not is_reached or not isinstance(publisher, Shows):
            return Seen.UNKNOWN
        return Seen.THERE if publisher.still_shows(on) else Seen.GONE
    except PublishingError as error:
        session.rollback()
        log.info("not looked for", extra={"error": str(error)})
        return Seen.UNKNOWN


def _may_be_asked(publication: Publication, post: Post, session: Session, at: datetime) -> bool:
    connection = find_connection(session, post.programme_id)
    if publication.door != door_of(connection) or publication.door == NEVER_ASKED:
        return False
    if not has_sure_number(publication):
        return False
    if connection is not None and connection.stopped_at is not None:
        return False
    return waits_until(session, post.programme_id, at=at) is None
