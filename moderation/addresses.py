"""Where a post stands in the calendar."""

from typing import Any

from flask import Response, url_for

from takeover.clock import now
from takeover.posts.models import Post
from takeover.web import see_other
from takeover.weeks.giving import monday_of


def calendar_of(post: Post, **more: Any) -> str:
    """The week it goes out in, at its place."""
    programme = post.week.programme
    on = (post.slot_at or now()).astimezone(programme.zone).date()
    more = more or {"_anchor": f"post-{post.id}"}
    monday = monday_of(on).isoformat()
    return url_for("calendar.week", monday=monday, programme=programme.slug, **more)


def back_to_calendar(post: Post) -> Response:
    """With what was done said at its place, and the focus there: an address that named the place
    would keep a browser from setting it."""
    return see_other(calendar_of(post, moved=post.id))
