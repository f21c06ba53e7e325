"""What turned up on the account after it was taken back: what comms reads, and says of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from takeover import audit
from takeover.instagram.models import Alarm, Publication
from takeover.instagram.permalinks import address_of_account
from takeover.instagram.publisher import SENT_AS
from takeover.people.models import Person
from takeover.posts.events import note
from takeover.posts.models import Post
from takeover.posts.turned_up import TurnedUp, turned_up
from takeover.weeks.models import Week


class SettledOtherwise(Exception):
    """Somebody has said something else of it, or it is on the account as any other post."""


@dataclass(frozen=True, slots=True)
class AllTheSame:
    """A post that is on the account, and of which nobody has said what becomes of it there."""

    post: Post
    account: str
    address: str  # of the account
    sent: str  # its caption as it is there: what its author changed since is theirs alone


def to_settle(session: Session) -> list[AllTheSame]:
    """The longest known first."""
    found = session.execute(
        select(Post, Publication)
        .join(Alarm, Alarm.post_id == Post.id)
        .join(Publication, Publication.post_id == Post.id)
        .where(Alarm.kind == TurnedUp.FOUND, Alarm.ended_at.is_(None))
        .options(
            joinedload(Post.author),
            joinedload(Post.week).joinedload(Week.programme),
            selectinload(Post.events),
        )
        .order_by(Alarm.id)
    )
    return [_shown(post, publication) for post, publication in found if _is_open(post)]


def to_settle_of(post: Post, *, session: Session) -> AllTheSame | None:
    publication = session.get(Publication, post.id) if _is_open(post) else None
    return _shown(post, publication) if publication else None


def say(post: Post, said: TurnedUp, *, by: Person, at: datetime) -> None:
    """A person says what became of it. `post` must be locked. A second time changes nothing.

    Raises SettledOtherwise.
    """
    if turned_up(post) is said:
        return
    if not _is_open(post):
        raise SettledOtherwise
    note(post, said, at=at)
    audit.record(post, said, by=by, at=at)


def _is_open(post: Post) -> bool:
    return turned_up(post) is TurnedUp.FOUND


def _shown(post: Post, publication: Publication) -> AllTheSame:
    account = post.week.programme.account
    sent = publication.handle.get(SENT_AS, {}).get("caption", "")
    return AllTheSame(post, account, address_of_account(account, door=publication.door), sent)
