"""Comms' page of the posts: what became of each, and settling what the app cannot."""

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from moderation import looking
from moderation.ahead import said_of
from moderation.all_posts import posts_page
from moderation.forms import ThereForm
from moderation.placing import NotToBePlaced, lock_to_place, place_next
from moderation.reviewing import ConsentGone, NoSlotLeft
from moderation.settling import (
    AnotherPostsAddress,
    is_as_seen,
    is_there,
    say_not_there,
    say_there,
)
from moderation.tapped_twice import placed_already, settled_already
from moderation.views import pages as pages
from moderation.words import NO_ADDRESS, OF_ANOTHER_POST
from takeover.clock import now
from takeover.db import db
from takeover.instagram.doubts import MayStillCome, NotUncertain
from takeover.instagram.permalinks import NotAPermalink
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.posts.models import Post, PostState
from takeover.posts.rules import is_open
from takeover.programmes.clocks import clock_of
from takeover.web import see_other


@pages.get("/posts")
@only(Role.APPROVER, Role.LEAD)
def posts() -> Response:
    return posts_page(db.session, reader=me())


@pages.post("/posts/<int:post_id>/there")
@only(Role.APPROVER, Role.LEAD)
def there(post_id: int) -> Response:
    form = ThereForm()
    if not form.validate():
        return _asked_again(post_id, form)
    try:
        say_there(db.session, post_id, address=form.permalink.data or "", by=me(), at=now())
    except NotAPermalink:
        form.permalink.errors = [str(NO_ADDRESS)]
        return _asked_again(post_id, form)
    except AnotherPostsAddress:
        form.permalink.errors = [str(OF_ANOTHER_POST)]
        return _asked_again(post_id, form)
    except NotUncertain:
        if not _settled_already(post_id, PostState.PUBLISHED):
            return _stands_otherwise()
        if not is_there(db.session, post_id, address=form.permalink.data or ""):
            return _is_elsewhere(post_id)
    flash(_("Noted: it is on the account."))
    return see_other(url_for("moderation.posts"))


@pages.post("/posts/<int:post_id>/not-there")
@only(Role.APPROVER, Role.LEAD)
def not_there(post_id: int) -> Response:
    try:
        say_not_there(db.session, post_id, seen=_seen(), by=me(), at=now())
    except NotUncertain:
        if not _settled_already(post_id, PostState.FAILED):
            return _stands_otherwise()
    except MayStillCome as early:
        words = _(
            "It may still be on its way. Look again after %(when)s, and say it then.",
            when=clock_of(db.session.get_one(Post, post_id).week.programme, early.until),
        )
        flash(words, "attention")
        return see_other(url_for("moderation.posts"))
    may_go_out = is_open(db.session.get_one(Post, post_id).week, at=now())
    flash(
        _("Noted: it is not on the account. You can try it again now.")
        if may_go_out
        else _("Noted: it is not on the account.")
    )
    return see_other(url_for("moderation.posts"))


@pages.post("/posts/<int:post_id>/again")
@only(Role.APPROVER, Role.LEAD)
def again(post_id: int) -> Response:
    post, at = lock_to_place(db.session, post_id), now()
    if post is None or not looking.was_submitted(post):
        abort(404)
    try:
        if not is_as_seen(post, _seen()):  # it may have been sent since
            raise NotToBePlaced
        place_next(post, session=db.session, by=me(), at=at)
    except NotToBePlaced:
        if not placed_already(post, session=db.session, by=me(), at=at):
            return _stands_otherwise()
    except (NoSlotLeft, ConsentGone) as rule:
        db.session.rollback()
        problem = looking.why_not_placed(rule, post)
        return posts_page(db.session, reader=me(), problem=problem, status=422)
    db.session.commit()
    flash(said_of(post, at=at))
    return see_other(url_for("moderation.posts"))


def _asked_again(post_id: int, form: ThereForm) -> Response:
    return posts_page(db.session, reader=me(), asked=post_id, form=form, status=422)


def _seen() -> str:
    return request.form.get("seen", "")


def _settled_already(post_id: int, outcome: PostState) -> bool:
    post = db.session.get(Post, post_id)
    return post is not None and settled_already(post, outcome, by=me())


def _stands_otherwise(problem: str = "") -> Response:
    db.session.rollback()
    faster = _("Somebody was faster, or it settled itself. This is how the posts stand now.")
    return posts_page(db.session, reader=me(), problem=problem or faster, status=422)


def _is_elsewhere(post_id: int) -> Response:
    known = db.session.get_one(Post, post_id).permalink
    words = _("It is noted already, at another address: %(address)s", address=known)
    return _stands_otherwise(words)
