"""What a person says of a post that was to go from the account, and what the app saw of it then."""

from datetime import datetime
from enum import StrEnum

from takeover.posts.models import Post, PostState


class Seen(StrEnum):
    """By the app, when a person said so."""

    THERE = "there"
    GONE = "gone"
    UNKNOWN = "unknown"  # it could not look


def seen_when_said_gone(post: Post) -> Seen | None:
    """Of a post that was taken down; None where the app did that itself."""
    if post.state is not PostState.TAKEN_DOWN or (last := post.history[-1]).by_id is None:
        return None
    # What was said before this was kept was believed unseen.
    return Seen(last.why) if last.why else Seen.UNKNOWN


def is_mere_word(post: Post, *, at: datetime) -> bool:
    """Whether nobody but a person says that it is gone; a story goes by itself."""
    is_word = seen_when_said_gone(post) in {Seen.THERE, Seen.UNKNOWN}
    return is_word and not post.had_its_day(at)
