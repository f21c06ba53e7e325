"""Posts of an account that there is no way to just now: they wait, without keeping workers busy."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from takeover.instagram.due import due_posts
from takeover.instagram.models import Publication

PUT_OFF = timedelta(minutes=1)


def put_off_all(session: Session, programme_id: int, *, at: datetime) -> None:
    """Commits."""
    for post_id in due_posts(session, programme_id, at=at):
        publication = session.get(Publication, post_id) or Publication(post_id=post_id, handle={})
        publication.next_try_at = at + PUT_OFF
        session.add(publication)
    session.commit()
