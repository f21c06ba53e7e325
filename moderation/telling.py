"""Telling the author what was decided, in their language, in the transaction of the decision."""

from datetime import datetime

from sqlalchemy.orm import Session

from moderation.models import Decision, Review
from takeover.mail.writing import write
from takeover.posts.models import Post
from takeover.posts.telling import way_to

KINDS = {Decision.REQUEST_CHANGES: "changes_requested", Decision.REJECT: "rejected"}


def tell_author(post: Post, review: Review, *, session: Session, at: datetime) -> None:
    """A yes needs no message: the next one says that the post is on the account."""
    kind = KINDS.get(review.decision)
    if kind is None:
        return
    session.flush()
    write(
        session,
        kind,
        to=post.author,
        key=f"{kind}-{review.id}",
        at=at,
        link=way_to(post, session=session, at=at),
        reason=review.reason,
        programme=post.week.programme,
    )
