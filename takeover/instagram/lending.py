"""Files lent to Instagram: an address that cannot be guessed, as long as what it is for may go out.

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
from takeover.posts.models import Picture, Post, PostState

LENT = timedelta(hours=25)
"""What is made ready on Instagram lives a day there, and may be fetched again as long."""

MAY_GO_OUT = frozenset({PostState.APPROVED, PostState.PUBLISHING, PostState.UNCERTAIN})
"""The states of a post in which Instagram may have to fetch its files."""


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
    """Only what belongs to a post that may still go out, whose author's consent stands."""
    lent = session.scalar(select(LentFile).where(LentFile.token == token, LentFile.expires_at > at))
    post = session.get(Post, lent.post_id) if lent is not None else None
    if lent is None or post is None or post.state not in MAY_GO_OUT:
        return None
    return lent if post.week.consent.stands and _still_shows(post, lent, session) else None


def take_back_lent(post_id: int, *, session: Session) -> None:
    """It is published: nobody has any business with its files here."""
    session.execute(delete(LentFile).where(LentFile.post_id == post_id))


def _still_shows(post: Post, lent: LentFile, session: Session) -> bool:
    """What was taken out of it since it was lent is nobody's business any more."""
    found = (
        select(Rendition.id)
        .join(Picture, Picture.media_id == Rendition.media_id)
        .where(Picture.post_id == post.id, Rendition.key == lent.key)
    )
    return session.scalar(found.limit(1)) is not None


def forget_expired(session: Session, *, at: datetime) -> None:
    session.execute(delete(LentFile).where(LentFile.expires_at <= at))
