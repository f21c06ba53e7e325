"""A post that is on the account all the same: it was sent before, and taken back by the time it was
found there."""

from enum import StrEnum

from takeover.posts.models import Post, PostState


class TurnedUp(StrEnum):
    """The events that tell of it: that it was found, and what a person says of it then."""

    FOUND = "turned_up"
    GONE = "turned_up_gone"
    STAYS = "turned_up_stays"


def turned_up(post: Post) -> TurnedUp | None:
    """The last that is known; None where it never did, or is on the account as any other post."""
    if post.state in {PostState.PUBLISHED, PostState.TAKEN_DOWN}:
        return None
    known = [TurnedUp(event.what) for event in post.events if event.what in set(TurnedUp)]
    return known[-1] if known else None


def is_there_all_the_same(post: Post) -> bool:
    return turned_up(post) in {TurnedUp.FOUND, TurnedUp.STAYS}
