"""Whether a post on the account is known as one of ours, whichever door told us of it."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from takeover.db import db
from takeover.instagram.models import Publication
from takeover.instagram.permalinks import number_in
from takeover.instagram.publisher import OnAccount
from takeover.posts.models import Post


def is_known(on: OnAccount) -> bool:
    """In a transaction of its own."""
    with db.sessionmaker() as session:
        return known_as(on, session=session) is not None


def known_as(on: OnAccount, *, session: Session, but: int = 0) -> int | None:
    """The id of ours that is that one, besides `but`: by its number, or by its address, as the
    doors number posts differently."""
    same = [Publication.media_id == on.media_id]
    if (number := number_in(on.permalink)) is not None:
        # The app's way, which a person's answer is kept in as well: see `permalinks`.
        same.append(Publication.media_id == str(number))
        same.append(Publication.media_id.startswith(f"{number}_", autoescape=True))
        same.append(Post.permalink == on.permalink)
    known = select(Post.id).join(Publication, Publication.post_id == Post.id).where(or_(*same))
    return session.scalar(known.where(Post.id != but).order_by(Post.id).limit(1))
