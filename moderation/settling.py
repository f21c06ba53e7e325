"""A person ends a doubt: the post is on the account, or it is not."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from takeover.instagram.doubts import NotUncertain, settle
from takeover.instagram.models import Publication
from takeover.instagram.permalinks import on_account
from takeover.people.models import Person


class AnotherPostsAddress(Exception):
    """One post on the account cannot be two of ours."""


def say_there(session: Session, post_id: int, *, address: str, by: Person, at: datetime) -> None:
    """Commits, as `settle` does. Raises NotUncertain, NotAPermalink, AnotherPostsAddress."""
    publication = session.get(Publication, post_id)
    if publication is None:
        raise NotUncertain
    found = on_account(address, door=publication.door, handle=publication.handle)
    try:
        settle(session, post_id, found=found, by=by, at=at)
    except IntegrityError as error:
        session.rollback()
        raise AnotherPostsAddress from error


def say_not_there(session: Session, post_id: int, *, by: Person, at: datetime) -> None:
    """Commits, as `settle` does. Raises NotUncertain, MayStillCome."""
    settle(session, post_id, found=None, by=by, at=at)
