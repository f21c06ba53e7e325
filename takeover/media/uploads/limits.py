"""How much one person may send: so that one phone cannot fill the disk for everybody."""

from datetime import datetime, timedelta
from math import ceil

from flask_babel import gettext as _
from sqlalchemy import and_, func, not_, select
from sqlalchemy.orm import Session

from takeover.media.models import Media, MediaState
from takeover.people.models import Person

SPAN = timedelta(days=7)
MOST_FILES = 300  # in SPAN
MOST_AT_ONCE = 20

_MEGABYTE = 1_000_000


class TooMuch(Exception):
    """The person has sent as much as anybody may; `str()` says so in their language."""


def require_room(session: Session, *, of: Person, size: int, quota: int, at: datetime) -> None:
    """Raises TooMuch where a file of `size` bytes is more than the person may send now.

    `quota`: megabytes in SPAN. Two requests of one person come one after the other past here: who
    adds the file's row in the same transaction is counted by whoever comes next.
    """
    # Not the whole lock: rows that point at the person may be written by others, who would wait
    # for us with a post locked that we are about to ask for.
    person = select(Person.id).where(Person.id == of.id)
    session.execute(person.with_for_update(key_share=True))
    files, sent, under_way = _used(session, of, since=at - SPAN)
    if under_way >= MOST_AT_ONCE:
        raise TooMuch(
            _(
                "%(most)d files are on their way already. Wait until one of them has arrived.",
                most=MOST_AT_ONCE,
            )
        )
    if files >= MOST_FILES:
        raise TooMuch(
            _(
                "You have sent %(most)d files in seven days, and that is all we can take. "
                "Try again in a few days.",
                most=MOST_FILES,
            )
        )
    if sent + size > quota * _MEGABYTE:
        raise TooMuch(
            _(
                "You have sent %(sent)d of %(most)d MB in seven days, and this file has "
                "%(size)d. Choose a smaller one, or try again in a few days.",
                sent=ceil(sent / _MEGABYTE),
                most=quota,
                size=ceil(size / _MEGABYTE),
            )
        )


def _used(session: Session, person: Person, *, since: datetime) -> tuple[int, int, int]:
    """Files and bytes since then, and how many files are still on their way, from whenever."""
    never_came = and_(Media.state == MediaState.CANCELLED, Media.original_key == "")
    theirs = Media.owner_id == person.id
    files, sent = session.execute(
        select(func.count(), func.coalesce(func.sum(Media.bytes), 0)).where(
            theirs, Media.received_at > since, not_(never_came)
        )
    ).one()
    under_way = session.scalar(
        select(func.count()).where(
            theirs, Media.state == MediaState.ARRIVING, Media.whole_at.is_(None)
        )
    )
    return files, int(sent), under_way or 0
