"""What comms adds to a post, sent from its review page."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _

from moderation import looking
from moderation.ahead import said_of
from moderation.forms_with_post import WithPostForm
from moderation.looking import why_not
from moderation.placing import lock_to_place
from moderation.reviewing import ChangedSinceSeen, ConsentGone, NoSlotLeft, OwnPost
from moderation.tapped_twice import approved_with_already, saved_already
from moderation.with_post import (
    WAS_APPROVED,
    NoLocationsHere,
    NotWithComms,
    StoriesHaveNone,
    WithPost,
    add_and_approve,
    add_to,
    of_post,
)
from takeover.clock import now
from takeover.db import db
from takeover.instagram.tended_by_hand import NothingLeft, say_tended
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.posts.models import Post
from takeover.posts.rules import ConsentWithdrawn, WeekHasEnded
from takeover.web import see_other

pages = Blueprint("with_post", __name__)

RULES = (
    OwnPost,
    NotWithComms,
    ChangedSinceSeen,
    StoriesHaveNone,
    NoLocationsHere,
    ConsentGone,
    NoSlotLeft,
    WeekHasEnded,
    ConsentWithdrawn,
)


@pages.post("/queue/<int:post_id>/with/done")
@only(Role.APPROVER, Role.LEAD)
def done_by_hand(post_id: int) -> Response:
    post = _locked(post_id)
    with suppress(NothingLeft):  # somebody was quicker: their page is told the same
        say_tended(post, session=db.session, by=me(), at=now())
    db.session.commit()
    flash(_("Noted: you have done it."))
    return see_other(url_for("moderation.review", post_id=post_id))


@pages.post("/queue/<int:post_id>/with")
@only(Role.APPROVER)
def add(post_id: int) -> Response:
    post, form = _locked(post_id), WithPostForm()
    form.had = of_post(post)
    if not form.validate():
        db.session.rollback()
        return looking.review_page(post, reader=me(), sent=looking.Sent(with_post=form), status=422)
    seen = form.digest.data or ""
    if request.form.get("go") == "approve":
        return _approved_with(post, form.wanted, seen, form)
    is_same, was_approved = form.wanted == of_post(post), post.state in WAS_APPROVED
    try:
        taken_back = add_to(
            post, form.wanted, session=db.session, digest_seen=seen, by=me(), at=now()
        )
    except RULES as rule:
        if not _means_the_first(rule, saved_already, post, form.wanted):
            return _not_done(rule, post, form)
        is_same, taken_back = False, post.history[-1].from_state in WAS_APPROVED
    db.session.commit()
    if taken_back:
        flash(_("Saved. The approval no longer holds: approve it again."), "attention")
    elif is_same:
        flash(
            _("Nothing was changed, and the approval holds.")
            if was_approved
            else _("Nothing was changed.")
        )
    else:
        flash(_("Saved. It goes out with the post."))
    return see_other(url_for("moderation.review", post_id=post_id))


@pages.post("/queue/<int:post_id>/without-location")
@only(Role.APPROVER)
def remove_location(post_id: int) -> Response:
    """Of what was approved, which is so again without it."""
    post = _locked(post_id)
    wanted = replace(of_post(post), location_id="", location_name="")
    return _approved_with(post, wanted, request.form.get("digest", ""))


def _approved_with(
    post: Post, wanted: WithPost, seen: str, form: WithPostForm | None = None
) -> Response:
    at = now()
    try:
        slot = add_and_approve(post, wanted, session=db.session, digest_seen=seen, by=me(), at=at)
    except RULES as rule:
        if not _means_the_first(rule, approved_with_already, post, wanted):
            return _not_done(rule, post, form)
        slot = post.slot_at
    db.session.commit()
    if slot is None:
        flash(_("Nothing was changed."))
    else:
        ahead = said_of(post, at=at)
        flash(_("Approved as it is now. %(ahead)s", ahead=ahead))
    return see_other(url_for("moderation.review", post_id=post.id))


def _means_the_first(
    rule: Exception, said: Callable[..., bool], post: Post, wanted: WithPost
) -> bool:
    is_other = isinstance(rule, ChangedSinceSeen)
    return is_other and said(post, wanted, session=db.session, by=me())


def _locked(post_id: int) -> Post:
    """With its programme: an approval takes a slot."""
    post = lock_to_place(db.session, post_id)
    if post is None or not looking.was_submitted(post):
        abort(404)
    return post


def _not_done(rule: Exception, post: Post, form: WithPostForm | None) -> Response:
    db.session.rollback()
    problem = _why_not(rule, post)
    return looking.review_page(
        post, reader=me(), problem=problem, sent=looking.Sent(with_post=form), status=422
    )


def _why_not(rule: Exception, post: Post) -> str:
    words = {
        NotWithComms: _("It is with its author, on its way or out: nothing can be added now."),
        StoriesHaveNone: _("A story has no comments and no location."),
        NoLocationsHere: _("This account is not connected in a way that knows locations."),
    }
    return words.get(type(rule)) or why_not(rule, post)
