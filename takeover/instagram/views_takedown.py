"""Asking for a published post to be taken down, and seeing how far that is."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length

from takeover.clock import now
from takeover.db import db
from takeover.instagram.models import Takedown
from takeover.instagram.publisher import CannotTakeDown
from takeover.instagram.still_there import is_still_there
from takeover.instagram.taking_down import (
    AskedAlready,
    NotOnAccount,
    ask_to_take_down,
    can_be_taken_down,
    let_app_try,
    say_taken_down,
)
from takeover.people.guards import me, signed_in
from takeover.people.models import Person, Role
from takeover.plain import without_controls
from takeover.posts.finding import lock_post
from takeover.posts.models import Post, PostState
from takeover.posts.trouble import trouble_of
from takeover.posts.words import title
from takeover.web import page, see_other

pages = Blueprint("takedowns", __name__)

MAY = frozenset({Role.APPROVER, Role.LEAD, Role.LEGAL, Role.ADMINISTRATOR})
REVIEWERS = frozenset({Role.APPROVER, Role.LEAD, Role.LEGAL})
SHOWN = frozenset({PostState.PUBLISHED, PostState.TAKEN_DOWN})


class TakeDownForm(FlaskForm):
    reason = TextAreaField(
        lazy_gettext("Why?"),
        [Length(max=2000, message=lazy_gettext("Shorten it to 2000 characters."))],
        description=lazy_gettext("If you want to say. It is kept with the post, for comms."),
        filters=[without_controls],
    )


@pages.get("/posts/<int:post_id>/take-down")
@signed_in
def takedown(post_id: int) -> Response:
    return _page(_load(post_id), TakeDownForm(formdata=None))


@pages.post("/posts/<int:post_id>/take-down")
@signed_in
def ask(post_id: int) -> Response:
    """By its author, for their own; by comms, for any."""
    post, form = _load(post_id, lock=True), TakeDownForm()
    if not form.validate_on_submit():
        db.session.rollback()
        return _page(_load(post_id), form, status=422)
    try:
        asked = ask_to_take_down(
            post, session=db.session, reason=form.reason.data or "", by=me(), at=now()
        )
    except (AskedAlready, NotOnAccount):
        db.session.rollback()  # the page says how it stands
    else:
        by_hand = asked.by_hand
        db.session.commit()
        flash(
            _("Noted. Somebody has to take it down by hand; comms has been told.")
            if by_hand
            else _("It is being taken down now.")
        )
    return see_other(url_for("takedowns.takedown", post_id=post_id))


@pages.post("/posts/<int:post_id>/taken-down")
@signed_in
def say_done(post_id: int) -> Response:
    """A person of comms has done it on Instagram. Where that can be seen it is looked for first."""
    post = _load(post_id)
    if not _is_comms(me()):
        abort(403)
    is_sure = request.form.get("sure") == "1"
    if not is_sure and is_still_there(post, session=db.session, at=now()):
        return _page(_load(post_id), TakeDownForm(formdata=None), is_seen=True, status=422)
    post = _load(post_id, lock=True)
    try:
        say_taken_down(post, session=db.session, by=me(), at=now())
    except NotOnAccount:
        db.session.rollback()
    else:
        db.session.commit()
        flash(_("Noted: it is no longer on the account."), "good")
    return see_other(url_for("takedowns.takedown", post_id=post_id))


@pages.post("/posts/<int:post_id>/take-down/app")
@signed_in
def try_again(post_id: int) -> Response:
    """The account may be connected otherwise by now."""
    post = _load(post_id, lock=True)
    if not _is_comms(me()):
        abort(403)
    try:
        let_app_try(post, session=db.session, by=me(), at=now())
    except (NotOnAccount, CannotTakeDown):
        db.session.rollback()  # the page says how it stands
    else:
        db.session.commit()
        flash(_("It is being taken down now."))
    return see_other(url_for("takedowns.takedown", post_id=post_id))


def _page(post: Post, form: TakeDownForm, *, is_seen: bool = False, status: int = 200) -> Response:
    asked = db.session.get(Takedown, post.id)
    return page(
        "instagram/take_down.html",
        status=status,
        post=post,
        title_of_post=title(post),
        form=form,
        asked=asked,
        is_done=post.state is PostState.TAKEN_DOWN,
        is_seen=is_seen,
        may_app=can_be_taken_down(post, session=db.session, at=now()),
        trouble=trouble_of("unsupported" if asked and asked.by_hand else "temporary"),
        asked_by=db.session.get(Person, asked.asked_by_id) if asked else None,
        is_comms=_is_comms(me()),
        is_author=post.author_id == me().id,
        sees_queue=not me().roles.isdisjoint(REVIEWERS),
    )


def _load(post_id: int, *, lock: bool = False) -> Post:
    """404 also for who has no business with it."""
    post = lock_post(db.session, post_id) if lock else db.session.get(Post, post_id)
    if post is None or post.state not in SHOWN:
        abort(404)
    if post.author_id != me().id and not _is_comms(me()):
        abort(404)
    return post


def _is_comms(person: Person) -> bool:
    return not MAY.isdisjoint(person.roles)
