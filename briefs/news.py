"""What an ambassador's own page tells of their brief."""

from flask import url_for

from briefs.sending import briefs_of
from takeover.db import db
from takeover.posts.journey import BriefNews
from takeover.weeks.models import Week


def news_of_brief(week: Week) -> BriefNews | None:
    """None while it has not been sent."""
    brief = briefs_of(db.session, [week]).get(week.id)
    if brief is None:
        return None
    return BriefNews(url=url_for("briefs.brief", brief_id=brief.id), read_at=brief.read_at)
