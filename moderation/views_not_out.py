"""What comms decides about a post that did not go out, besides giving it another time; or that
went out although it was taken back."""

from flask import Blueprint, Response, abort, flash, url_for
from flask_babel import gettext as _

from moderation import looking
from moderation.forms import ReasonForm, RejectForm
from moderation.models import Decision
from moderation.placing import PLACERS
from moderation.reviewing import DecidedAlready, OwnPost, give_back, take_out
from moderation.tapped_twice import decided_already
from moderation.turned_up import SettledOtherwise, say
from takeover.clock import now
from takeover.db import db
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.posts.finding import lock_post
from takeover.posts.models import Post
from takeover.posts.rules import ConsentWithdrawn, WeekHasEnded
from takeover.posts.turned_up import TurnedUp
from takeover.web import see_other

pages = Blueprint("not_out", __name__)


@pages.post("/queue/<int:post_id>/ask-author")
@only(Role.APPROVER)
def ask_author(post_id: int) -> Response:
    post, form = _locked(post_id), ReasonForm()
    if not form.validate():
        db.session.rollback()
        return looking.review_page(post, reader=me(), sent=looking.Sent(asking=form), status=422)
    try:
        give_back(post, session=db.session, reason=form.reason.data or "", by=me(), at=now())
    except (OwnPost, DecidedAlready, WeekHasEnded, ConsentWithdrawn) as rule:
        if not decided_already(rule, Decision.REQUEST_CHANGES, by=me(), reason=form.reason.data):
            return _not_done(post, rule)
    db.session.commit()
    flash(_("Sent to %(name)s, with what you wrote.", name=post.author.name))
    return see_other(url_for("moderation.posts"))


@pages.post("/queue/<int:post_id>/take-out")
@only(Role.APPROVER)
def take_it_out(post_id: int) -> Response:
    post, form = _locked(post_id), RejectForm()
    if not form.validate():
        db.session.rollback()
        return looking.review_page(
            post, reader=me(), sent=looking.Sent(taking_out=form), status=422
        )
    try:
        take_out(post, session=db.session, reason=form.reason.data or "", by=me(), at=now())
    except (OwnPost, DecidedAlready) as rule:
        if not decided_already(rule, Decision.REJECT, by=me(), reason=form.reason.data):
            return _not_done(post, rule)
    db.session.commit()
    flash(_("Taken out. %(name)s gets your reason.", name=post.author.name))
    return see_other(url_for("moderation.posts"))


@pages.post("/queue/<int:post_id>/turned-up/<any(gone, stays):said>")
@only(*PLACERS)
def settle_turned_up(post_id: int, said: str) -> Response:
    post, is_gone = _locked(post_id), said == "gone"
    try:
        say(post, TurnedUp.GONE if is_gone else TurnedUp.STAYS, by=me(), at=now())
    except SettledOtherwise as rule:
        return _not_done(post, rule)
    db.session.commit()
    flash(_("Noted: you say that it is gone.") if is_gone else _("Noted: it may stay there."))
    return see_other(url_for("moderation.posts"))


def _locked(post_id: int) -> Post:
    post = lock_post(db.session, post_id)
    if post is None or not looking.was_submitted(post):
        abort(404)
    return post


def _not_done(post: Post, rule: Exception) -> Response:
    db.session.rollback()
    if isinstance(rule, DecidedAlready | SettledOtherwise):
        problem = _("Somebody was faster, or it settled itself. This is how it stands now.")
    else:
        problem = looking.why_not(rule, post)
    return looking.review_page(post, reader=me(), problem=problem, status=422)
