"""A post that is to go out as if it had never been tried."""

from sqlalchemy.orm import Session

from takeover.instagram.models import Publication
from takeover.posts.models import Post


def start_over(post: Post, *, session: Session) -> None:
    """What it was sent with before stays, to be looked for first."""
    publication = session.get(Publication, post.id)
    if publication is not None:
        publication.tries = 0
        publication.next_try_at = publication.prepared_at = None
