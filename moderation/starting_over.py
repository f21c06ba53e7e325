"""A post that is to go out as if it had never been tried."""

from datetime import datetime

from sqlalchemy.orm import Session

from takeover.instagram.earlier import place_anew
from takeover.instagram.models import Publication
from takeover.posts.models import Post, PostState


def start_over(post: Post, *, session: Session) -> None:
    """What it was sent with before stays, to be looked for first."""
    publication = session.get(Publication, post.id)
    if publication is not None:
        publication.tries = 0
        publication.next_try_at = publication.prepared_at = None


def start_over_as_asked(post: Post, *, session: Session, at: datetime) -> None:
    """By who was told why it did not go out, and what to see to first."""
    publication = session.get(Publication, post.id)
    if publication is not None and post.state is PostState.FAILED:
        place_anew(publication, at=at)
    start_over(post, session=session)
