"""The address of a post that nobody but a person has seen on the account, put right where the one
they noted was wrong."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation.settling import AnotherPostsAddress
from takeover import audit
from takeover.instagram.belonging import has_sure_number
from takeover.instagram.models import Publication
from takeover.instagram.permalinks import on_account
from takeover.people.models import Person
from takeover.posts.events import note
from takeover.posts.finding import lock_post
from takeover.posts.models import Post, PostState


class NotNoted(Exception):
    """Instagram itself told where it is, or it is not on the account."""


class CorrectedMeanwhile(Exception):
    """Somebody else has noted another address since it was looked at."""


def is_noted(post: Post, *, session: Session) -> bool:
    publication = session.get(Publication, post.id)
    if publication is None or post.state is not PostState.PUBLISHED:
        return False
    return not has_sure_number(publication)


def correct(
    session: Session, post_id: int, *, address: str, seen: str, by: Person, at: datetime
) -> None:
    """Note that address instead of the one that was `seen`. A second time changes nothing. Commits.

    Raises NotNoted, NotAPermalink, CorrectedMeanwhile, AnotherPostsAddress.
    """
    post = lock_post(session, post_id)
    publication = session.get(Publication, post_id, populate_existing=True)
    if post is None or publication is None or not is_noted(post, session=session):
        raise NotNoted
    found = on_account(address, door=publication.door, handle=publication.handle)
    if found.permalink == post.permalink:
        return
    if post.permalink != seen:
        raise CorrectedMeanwhile
    try:
        publication.media_id, post.permalink = found.media_id, found.permalink
        note(post, "address_corrected", at=at)
        audit.record(post, "address_corrected", by=by, at=at)
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise AnotherPostsAddress from error
