"""What comms adds to a post, sent from its review page."""

from flask import Blueprint, Response, abort, flash, url_for
from flask_babel import gettext as _

from moderation import looking
from moderation.forms_with_post import WithPostForm
from moderation.looking import why_not
from moderation.reviewing import ChangedSinceSeen, OwnPost
from moderation.with_post import NoLocationsHere, NotWithComms, StoriesHaveNone, add_to
from takeover.clock import now
from takeover.db import db
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.posts.finding import lock_post
from takeover.posts.models import Post
from takeover.web import see_other

pages = Blueprint("with_post", __name__)


@pages.post("/queue/<int:post_id>/with")
@only(Role.APPROVER)
def add(post_id: int) -> Response:
    post, form = lock_post(db.session, post_id), WithPostForm()
    if post is None or not looking.was_submitted(post):
        abort(404)
    if not form.validate():
        db.session.rollback()
        return looking.review_page(post, reader=me(), with_post=form, status=422)
    try:
        taken_back = add_to(
            post,
            form.wanted,
            session=db.session,
            digest_seen=form.digest.data or "",
            by=me(),
            at=now(),
        )
    except (OwnPost, NotWithComms, ChangedSinceSeen, StoriesHaveNone, NoLocationsHere) as rule:
        db.session.rollback()
        problem = _why_not(rule, post)
        return looking.review_page(post, reader=me(), problem=problem, with_post=form, status=422)
    db.session.commit()
    if taken_back:
        flash(_("Saved. The approval no longer holds: approve it again."), "attention")
    else:
        flash(_("Saved. It goes out with the post."))
    return see_other(url_for("moderation.review", post_id=post_id))


def _why_not(rule: Exception, post: Post) -> str:
    words = {
        NotWithComms: _("It is with its author, on its way or out: nothing can be added now."),
        StoriesHaveNone: _("A story has no comments and no location."),
        NoLocationsHere: _("This account is not connected in a way that knows locations."),
    }
    return words.get(type(rule)) or why_not(rule, post)
