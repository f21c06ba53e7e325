"""Putting on a post's timeline what happened to it on its way out, where its state stays."""

from datetime import datetime
from typing import Any

from takeover.posts.models import Post, PostEvent


def note(post: Post, what: str, *, at: datetime, **facts: Any) -> None:
    """`facts` must be JSON."""
    post.events.append(PostEvent(at=at, what=what, facts=facts))
