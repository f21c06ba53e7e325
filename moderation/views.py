"""Comms' pages: the queue, and one post to decide about."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from moderation import looking
from moderation.ahead import said_of
from moderation.coming import what_is_coming
from moderation.forms import ApproveForm, ReasonForm, RejectForm, StopForm
from moderation.models import Decision
from moderation.placing import lock_to_place
from moderation.reviewing import (
    ChangedSinceSeen,
    ConsentGone,
    DecidedAlready,
    NoSlotLeft,
    OwnPost,
    approve,
    reject,
    request_changes,
    stop,
)
from moderation.tapped_twice import decided_already
from moderation.waiting import (
    PAGE,
    how_many_wait,
    next_waiting,
    place_of,
    waiting_after,
    waiting_before,
)
from moderation.words import badges_of, how_long, sign_of_line
from takeover.clock import now
from takeover.db import db
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.posts.finding import lock_post
from takeover.posts.models import Post
from takeover.posts.rules import ConsentWithdrawn, WeekHasEnded
from takeover.posts.words import KINDS
from takeover.web import page, see_other

pages = Blueprint("moderation", __name__)

RULES = (
    OwnPost,
    DecidedAlready,
    ChangedSinceSeen,
    ConsentGone,
    NoSlotLeft,
    WeekHasEnded,
    ConsentWithdrawn,
)


@pages.get("/queue")
@only(Role.APPROVER, Role.LEGAL, Role.LEAD)
def queue() -> Response:
    before, after = place_of(request.args.get("before")), place_of(request.args.get("after"))
    # One more than a page shows, to know whether anything is beyond it.
    if before is not None:
        found = waiting_before(db.session, before, most=PAGE + 1)
        more_before, more_after = len(found) > PAGE, True
        shown = found[-PAGE:]
    else:
        found = waiting_after(db.session, after, most=PAGE + 1)
        more_before, more_after = after is not None, len(found) > PAGE
        shown = found[:PAGE]
    at = now()
    return page(
        "moderation/queue.html",
        count=how_many_wait(db.session),
        waiting=[
            (one, how_long(one.submitted_at, at=at), badges_of(one, at=at), sign_of_line(one))
            for one in shown
        ],
        coming=[(one, KINDS[one.kind]) for one in what_is_coming(db.session)],
        previous=url_for("moderation.queue", before=shown[0].place)
        if shown and more_before
        else None,
        next=url_for("moderation.queue", after=shown[-1].place) if shown and more_after else None,
        decides=Role.APPROVER in me().roles,
    )


@pages.get("/queue/<int:post_id>")
@only(Role.APPROVER, Role.LEGAL, Role.LEAD)
def review(post_id: int) -> Response:
    post = db.session.get(Post, post_id)
    if post is None or not looking.was_submitted(post):
        abort(404)
    if looking.is_as_shown(post):
        return Response(status=204)
    return looking.review_page(post, reader=me())


@pages.post("/queue/<int:post_id>/approve")
@only(Role.APPROVER)
def say_yes(post_id: int) -> Response:
    post = _locked(post_id, by=lock_to_place)  # it takes a slot
    digest = ApproveForm().digest.data or ""
    try:
        approve(post, session=db.session, digest_seen=digest, by=me(), at=now())
    except RULES as rule:
        if not decided_already(rule, Decision.APPROVE, by=me(), digest=digest):
            return _not_done(post, rule)
    name, ahead = post.author.name, _when_it_goes(post)
    flash(_("The post of %(name)s is approved. %(ahead)s", name=name, ahead=ahead))
    return _on_to_the_next(post)


@pages.post("/queue/<int:post_id>/changes")
@only(Role.APPROVER)
def ask_for_changes(post_id: int) -> Response:
    post, form = _locked(post_id), ReasonForm()
    if not form.validate():
        db.session.rollback()
        return looking.review_page(post, reader=me(), sent=looking.Sent(changes=form), status=422)
    try:
        request_changes(
            post,
            session=db.session,
            digest_seen=form.digest.data or "",
            reason=form.reason.data or "",
            by=me(),
            at=now(),
        )
    except RULES as rule:
        if not _decided_already(rule, Decision.REQUEST_CHANGES, form):
            return _not_done(post, rule, sent=looking.Sent(changes=form))
    flash(_("Sent to %(name)s, with what you wrote.", name=post.author.name))
    return _on_to_the_next(post)


@pages.post("/queue/<int:post_id>/reject")
@only(Role.APPROVER)
def say_no(post_id: int) -> Response:
    post, form = _locked(post_id), RejectForm()
    if not form.validate():
        db.session.rollback()
        return looking.review_page(post, reader=me(), sent=looking.Sent(rejection=form), status=422)
    try:
        reject(
            post,
            session=db.session,
            digest_seen=form.digest.data or "",
            reason=form.reason.data or "",
            by=me(),
            at=now(),
        )
    except RULES as rule:
        if not _decided_already(rule, Decision.REJECT, form):
            return _not_done(post, rule, sent=looking.Sent(rejection=form))
    flash(_("Rejected. %(name)s gets your reason.", name=post.author.name))
    return _on_to_the_next(post)


@pages.post("/queue/<int:post_id>/stop")
@only(Role.APPROVER)
def hold_back(post_id: int) -> Response:
    post, form = _locked(post_id), StopForm()
    if not form.validate():
        db.session.rollback()
        return looking.review_page(post, reader=me(), sent=looking.Sent(stopping=form), status=422)
    try:
        stop(post, session=db.session, reason=form.reason.data or "", by=me(), at=now())
    except RULES as rule:
        if not decided_already(rule, Decision.REQUEST_CHANGES, by=me(), reason=form.reason.data):
            return _not_done(post, rule, sent=looking.Sent(stopping=form))
    db.session.commit()
    flash(_("Stopped. It does not go out, and %(name)s gets your reason.", name=post.author.name))
    return see_other(url_for("moderation.posts"))


def _locked(post_id: int, *, by: Callable[[Session, int], Post | None] = lock_post) -> Post:
    post = by(db.session, post_id)
    if post is None or not looking.was_submitted(post):
        abort(404)
    return post


def _when_it_goes(post: Post) -> str:
    return said_of(post, at=now())


def _on_to_the_next(post: Post) -> Response:
    """One tap, one post: the next in line comes by itself."""
    following = next_waiting(db.session, post, by=me())
    db.session.commit()
    if following is None:
        return see_other(url_for("moderation.queue"))
    return see_other(url_for("moderation.review", post_id=following))


def _decided_already(rule: Exception, decision: Decision, form: ReasonForm | RejectForm) -> bool:
    digest, reason = form.digest.data or "", form.reason.data
    return decided_already(rule, decision, by=me(), digest=digest, reason=reason)


def _not_done(
    post: Post,
    rule: Exception,
    *,
    sent: looking.Sent = looking.NOTHING_SENT,
) -> Response:
    """Nothing was changed; the post is shown as it is now, with why, and with what was typed."""
    db.session.rollback()
    return looking.review_page(
        post,
        reader=me(),
        problem=looking.why_not(rule, post),
        sent=sent,
        status=422,
    )
