"""Files lent to Instagram: an address that cannot be guessed, until what it is for is published.

Instagram fetches pictures itself, from a public address without redirects or cookies (Meta, "IG
User Media"). Nothing else of ours is public.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from takeover.instagram.models import LentFile
from takeover.instagram.publisher import Outgoing
from takeover.media.models import Rendition
from takeover.media.renditions import RenditionKind
from takeover.posts.models import Picture

LENT = timedelta(hours=25)
"""What is made ready on Instagram lives a day there, and may be fetched again as long."""


@dataclass(frozen=True)
class Lending:
    """A `Hosting`: writes in transactions of its own, so that the address leads somewhere the
    moment it is given away."""

    sessions: sessionmaker[Session]
    clock: Callable[[], datetime]
    address_of: Callable[[str], str]  # of a path

    def address(self, outgoing: Outgoing, position: int, *, cover: bool = False) -> str:
        with self.sessions.begin() as session:
            rendition = session.scalars(
                select(Rendition)
                .join(Picture, Picture.media_id == Rendition.media_id)
                .where(Picture.post_id == outgoing.post_id)
                .where(Rendition.kind == (RenditionKind.COVER if cover else RenditionKind.FEED))
                .order_by(Picture.position)
                .offset(position)
                .limit(1)
            ).one()
            lent = lend(rendition, post_id=outgoing.post_id, session=session, at=self.clock())
            return self.address_of(path_of(lent))


def path_of(lent: LentFile) -> str:
    return f"/pub/{lent.token}.{lent.key.rpartition('.')[2]}"


def lend(rendition: Rendition, *, post_id: int, session: Session, at: datetime) -> LentFile:
    lent = LentFile(
        token=secrets.token_urlsafe(32),
        post_id=post_id,
        key=rendition.key,
        content_type=rendition.content_type,
        expires_at=at + LENT,
    )
    session.add(lent)
    session.flush()
    return lent


def find_lent(session: Session, token: str, *, at: datetime) -> LentFile | None:
    return session.scalar(select(LentFile).where(LentFile.token == token, LentFile.expires_at > at))


def take_back_lent(post_id: int, *, session: Session) -> None:
    """It is published: nobody has any business with its files here."""
    session.execute(delete(LentFile).where(LentFile.post_id == post_id))


def forget_expired(session: Session, *, at: datetime) -> None:
    session.execute(delete(LentFile).where(LentFile.expires_at <= at))
