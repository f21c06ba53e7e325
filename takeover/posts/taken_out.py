"""By whom a post was taken out for good: not only its author does that."""

from enum import StrEnum

from takeover.posts.models import Post, PostMove


class TakenOut(StrEnum):
    BY_AUTHOR = "by_author"
    STEPPED_DOWN = "stepped_down"  # all that waited of theirs went with their consent
    WITH_WEEK = "with_week"  # that comms took back


def how_taken_out(post: Post, move: PostMove) -> TakenOut:
    """`move` is the one to WITHDRAWN."""
    if move.by_id is None or move.at == post.week.consent.withdrawn_at:
        return TakenOut.STEPPED_DOWN
    return TakenOut.BY_AUTHOR if move.by_id == post.author_id else TakenOut.WITH_WEEK
