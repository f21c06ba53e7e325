"""A person ends a doubt: the post is on the account, or it is not."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from takeover.instagram.doubts import NotUncertain, settle
from takeover.instagram.known import known_as
from takeover.instagram.models import Publication
from takeover.instagram.permalinks import on_account
from takeover.instagram.publisher import OnAccount
from takeover.people.models import Person
from takeover.posts.finding import lock_post
from takeover.posts.models import Post


class AnotherPostsAddress(Exception):
    """One post on the account cannot be two of ours."""


def say_there(session: Session, post_id: int, *, address: str, by: Person, at: datetime) -> None:
    """Commits, as `settle` does. Raises NotUncertain, NotAPermalink, AnotherPostsAddress."""
    publication = session.get(Publication, post_id)
    if publication is None:
        raise NotUncertain
    found = meant_by(address, publication)
    if known_as(found, session=session, but=post_id) is not None:
        raise AnotherPostsAddress
    try:
        settle(session, post_id, found=found, by=by, at=at)
    except IntegrityError as error:
        session.rollback()
        raise AnotherPostsAddress from error


def is_there(session: Session, post_id: int, *, address: str) -> bool:
    """Whether the address it is known by is that one, however it was written. Raises
    NotAPermalink."""
    publication = session.get(Publication, post_id)
    if publication is None:
        return False
    found = meant_by(address, publication)
    return publication.post.permalink == found.permalink


def meant_by(address: str, publication: Publication) -> OnAccount:
    """Where a person says that it is. Raises NotAPermalink."""
    post = publication.post
    return on_account(
        address,
        door=publication.door,
        handle=publication.handle,
        account=post.week.programme.account,
        surface=post.surface,
    )


def is_as_seen(post: Post, seen: str) -> bool:
    """`seen`: the number of the last that had become of it."""
    return seen == str(post.history[-1].id)


def say_not_there(session: Session, post_id: int, *, seen: str, by: Person, at: datetime) -> None:
    """Of what was seen in doubt, as `is_as_seen` tells: it may have been sent once more since.
    Commits, as `settle` does. Raises NotUncertain, MayStillCome."""
    post = lock_post(session, post_id)
    if post is None or not is_as_seen(post, seen):
        session.rollback()
        raise NotUncertain
    settle(session, post_id, found=None, by=by, at=at)
