"""Waits whose end a post does not live to see: it is missed before."""

from datetime import datetime, timedelta

from takeover.posts.models import Post


def is_in_vain(post: Post, *, slot: datetime, until: datetime) -> bool:
    """Whether an approved post with that time is missed, if it has to wait until then."""
    grace = timedelta(minutes=post.week.programme.grace)
    return slot + grace < until or is_past_its_week(post, until=until)


def is_past_its_week(post: Post, *, until: datetime) -> bool:
    """Whether no other time helps either."""
    return post.week.ends <= until
