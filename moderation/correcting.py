"""The address of a post that nobody but a person has seen on the account, put right where the one
they noted was wrong."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation.settling import AnotherPostsAddress, meant_by
from takeover import audit
from takeover.instagram.belonging import has_sure_number
from takeover.instagram.known import known_as
from takeover.instagram.models import Publication
from takeover.instagram.publisher import OnAccount
from takeover.people.models import Person
from takeover.posts.events import note
from takeover.posts.finding import lock_post
from takeover.posts.models import Post, PostState


class NotNoted(Exception):
    """Instagram itself told where it is, or it is not on the account."""


class CorrectedMeanwhile(Exception):
    """Somebody else has noted another address since it was looked at."""


class NotedOfAnother(Exception):
    """A person has noted that address as another post's: it may be this one's, and theirs too."""

    def __init__(self, other: Post) -> None:
        super().__init__(f"post {other.id}")
        self.other = other


def is_noted(post: Post, *, session: Session) -> bool:
    publication = session.get(Publication, post.id)
    if publication is None or post.state is not PostState.PUBLISHED:
        return False
    return not has_sure_number(publication)


def correct(
    session: Session,
    post_id: int,
    *,
    address: str,
    seen: str,
    by: Person,
    at: datetime,
    exchange: bool = False,
) -> None:
    """Note that address instead of the one that was `seen`; `exchange`: also where another post has
    it by a person's word, which gets this one's then. A second time changes nothing. Commits.

    Raises NotNoted, NotAPermalink, CorrectedMeanwhile, AnotherPostsAddress, NotedOfAnother.
    """
    publication = session.get(Publication, post_id)
    if publication is None:
        raise NotNoted
    found = meant_by(address, publication)
    other_id = known_as(found, session=session, but=post_id)
    locked = {id: lock_post(session, id) for id in sorted({post_id, other_id or post_id})}
    post, other = locked[post_id], locked.get(other_id or 0)
    if post is None or not is_noted(post, session=session):
        raise NotNoted
    if found.permalink == post.permalink:
        return
    if post.permalink != seen:
        raise CorrectedMeanwhile
    if other is not None and not is_noted(other, session=session):
        raise AnotherPostsAddress
    if other is not None and not exchange:
        raise NotedOfAnother(other)
    try:
        _note(post, found, other, session=session, by=by, at=at)
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise AnotherPostsAddress from error


def _note(
    post: Post, found: OnAccount, other: Post | None, *, session: Session, by: Person, at: datetime
) -> None:
    """`other` gets what `post` had."""
    mine, was = session.get_one(Publication, post.id), post.permalink
    number = mine.media_id
    theirs = session.get_one(Publication, other.id) if other else None
    if theirs is not None:
        theirs.media_id = None  # no two have one number, not even for a moment
        session.flush()
    mine.media_id, post.permalink = found.media_id, found.permalink
    _say(post, from_media_id=number, media_id=found.media_id, by=by, at=at)
    if other is not None and theirs is not None:
        theirs.media_id, other.permalink = number, was
        _say(other, from_media_id=found.media_id, media_id=number, by=by, at=at)


def _say(post: Post, *, by: Person, at: datetime, **numbers: str | None) -> None:
    note(post, "address_corrected", at=at)
    audit.record(post, "address_corrected", by=by, at=at, **numbers)
