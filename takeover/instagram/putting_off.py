"""What is to go out to an account that there is no way to just now: it waits, without keeping
workers busy."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from takeover.instagram.due import due_posts
from takeover.instagram.models import Publication
from takeover.posts.models import Post, PostState

PUT_OFF = timedelta(minutes=1)


def put_off_all(session: Session, programme_id: int, *, at: datetime) -> int:
    """How many posts. Commits."""
    count = 0
    for post_id in due_posts(session, programme_id, at=at):
        post = session.get(Post, post_id)
        if post is None or post.state is not PostState.APPROVED:
            continue
        publication = session.get(Publication, post_id) or Publication(post_id=post_id, handle={})
        publication.next_try_at = at + PUT_OFF
        session.add(publication)
        count += 1
    session.commit()
    return count
