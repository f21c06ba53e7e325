"""Putting on a post's timeline what happened to it on its way out, where its state stays."""

from datetime import datetime
from typing import Any

from takeover.posts.models import Post, PostEvent

WAITS = "waits"
TENDING_WAITS = "tending_waits"


def note(post: Post, what: str, *, at: datetime, **facts: Any) -> None:
    """`facts` must be JSON."""
    post.events.append(PostEvent(at=at, what=what, facts=facts))


def note_wait(
    post: Post, what: str = WAITS, *, at: datetime, reason: str, said: str, until: datetime
) -> None:
    """What waits on for the same reason has one line that says until when."""
    facts = {"reason": reason, "said": said, "until": until.isoformat()}
    last = post.events[-1] if post.events else None
    if last is not None and last.what == what and last.facts.get("reason") == reason:
        last.at, last.facts = at, facts
    else:
        note(post, what, at=at, **facts)
