"""Whether what a person says is gone can still be seen on the account."""

from datetime import datetime

from sqlalchemy.orm import Session

from takeover.instagram.doors import find_connection, publisher_for
from takeover.instagram.models import Publication
from takeover.instagram.publisher import OnAccount, Ours, account_in
from takeover.instagram.recording import SETTLED_BY_PERSON
from takeover.instagram.slowing_down import waits_until
from takeover.posts.models import Post


def is_still_there(post: Post, *, session: Session, at: datetime) -> bool:
    """False also where nobody can tell: then a person is believed. It only reads, by the official
    door, for a few seconds at most; rolls back first, to hold nothing meanwhile."""
    publication = session.get(Publication, post.id)
    if publication is None or not _may_be_asked(publication, post, session, at):
        return False
    on = OnAccount(media_id=publication.media_id or "", permalink=post.permalink)
    account = account_in(publication.handle)
    try:
        _name, publisher = publisher_for(session, post.programme_id)
    except Ours:
        return False
    session.rollback()
    return publisher.account == account and bool(publisher.permalink_of(on))


def _may_be_asked(publication: Publication, post: Post, session: Session, at: datetime) -> bool:
    """By another door its number means something else, or nothing."""
    if publication.door != "graph" or SETTLED_BY_PERSON in publication.handle:
        return False
    connection = find_connection(session, post.programme_id)
    if connection is None or connection.publisher != "graph" or connection.stopped_at is not None:
        return False
    return waits_until(session, post.programme_id, at=at) is None
