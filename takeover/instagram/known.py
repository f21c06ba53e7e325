"""Whether a post on the account is known as one of ours, whichever door told us of it."""

from sqlalchemy import or_, select

from takeover.db import db
from takeover.instagram.models import Publication
from takeover.instagram.permalinks import number_in
from takeover.instagram.publisher import OnAccount
from takeover.posts.models import Post


def is_known(on: OnAccount) -> bool:
    """By its number, or by its address, as the doors number posts differently. In a transaction of
    its own."""
    same = [Publication.media_id == on.media_id]
    if (number := number_in(on.permalink)) is not None:
        # The app's way, which a person's answer is kept in as well: see `permalinks`.
        same.append(Publication.media_id == str(number))
        same.append(Publication.media_id.startswith(f"{number}_", autoescape=True))
        same.append(Post.permalink == on.permalink)
    with db.sessionmaker() as session:
        known = select(Post.id).join(Publication, Publication.post_id == Post.id).where(or_(*same))
        return session.scalar(known.limit(1)) is not None
