"""Whether anything of a programme can go out this instant, or what forbids it for all of it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.instagram.doors import SANDBOX, find_connection
from takeover.instagram.ends import has_ended
from takeover.instagram.models import Publication
from takeover.instagram.publisher import Reason
from takeover.posts.models import Post
from takeover.programmes.pausing import open_pause
from takeover.web import settings


class Paused(Exception):
    """Nothing goes out just now."""


class AccountStopped(Exception):
    """Instagram wants to see a person first."""


class NoWayToAccount(Exception):
    """Nothing opens the account: it is not connected, or its access has ended."""


class QuotaUsedUp(Exception):
    """The account has published as much as Instagram allows. `until`: when it is tried again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


WHY_NONE_NOW = (Paused, AccountStopped, NoWayToAccount, QuotaUsedUp)


def why_none_now(programme_id: int, *, session: Session, at: datetime) -> Exception | None:
    """What forbids that any post of that programme goes out this instant: Paused, AccountStopped,
    NoWayToAccount or QuotaUsedUp."""
    if open_pause(session, programme_id) is not None:
        return Paused()
    connection = find_connection(session, programme_id)
    if connection is None:
        if settings().publisher != SANDBOX:
            return NoWayToAccount()
    elif connection.stopped_at is not None:
        return AccountStopped()
    elif has_ended(connection, at=at):
        return NoWayToAccount()
    until = _until_quota_is_asked(programme_id, session=session, at=at)
    return QuotaUsedUp(until) if until is not None else None


def _until_quota_is_asked(programme_id: int, *, session: Session, at: datetime) -> datetime | None:
    return session.scalar(
        select(Publication.next_try_at)
        .join(Post, Post.id == Publication.post_id)
        .where(
            Post.programme_id == programme_id,
            Publication.reason == Reason.QUOTA.value,
            Publication.next_try_at > at,
        )
        .order_by(Publication.next_try_at.desc())
        .limit(1)
    )
