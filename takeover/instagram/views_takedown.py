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
from takeover.instagram.still_there import look_for
from takeover.instagram.taking_down import (
    AskedAlready,
    NotOnAccount,
    NotTakenDown,
    ask_to_take_down,
    let_app_try,
    say_still_there,
    say_taken_down,
    why_by_hand,
)
from takeover.instagram.words_takedown import LATE, standing
from takeover.people.guards import me, only, signed_in
from takeover.people.models import Person, Role
from takeover.plain import without_controls
from takeover.posts.finding import latest_out, lock_post
from takeover.posts.models import Post, PostState
from takeover.posts.said_gone import Seen, is_mere_word
from takeover.posts.showing import unchanged
from takeover.posts.words import title
from takeover.programmes.clocks import clock_of
from takeover.web import page, see_other

pages = Blueprint("takedowns", __name__)

MAY = frozenset({Role.APPROVER, Role.LEAD, Role.LEGAL, Role.ADMINISTRATOR})
REVIEWERS = frozenset({Role.APPROVER, Role.LEAD, Role.LEGAL})
PAGE = 50
SHOWN = frozenset({PostState.PUBLISHED, PostState.TAKEN_DOWN})


class TakeDownForm(FlaskForm):
    reason = TextAreaField(
        lazy_gettext("Why?"),
        [Length(max=2000, message=lazy_gettext("Shorten it to 2000 characters."))],
        description=lazy_gettext("If you want to say. It is kept with the post, for comms."),
        filters=[without_controls],
    )


@pages.get("/posts/out")
@only(*MAY)
def out() -> Response:
    """The way to a post that is out, however old, for everybody who may take it down."""
    last = db.session.get(Post, request.args.get("before", 0, type=int))
    # One more than a page shows, to know whether anything is beyond it.
    found = latest_out(db.session, at=now(), before=last, most=PAGE + 1)
    shown = found[:PAGE]
    more = url_for("takedowns.out", before=shown[-1].id) if len(found) > PAGE else None
    return page("instagram/out.html", posts=shown, title_of=title, next=more)


@pages.get("/posts/<int:post_id>/take-down")
@signed_in
def takedown(post_id: int) -> Response:
    post = _load(post_id)
    if unchanged(_sign(post)):
        return Response(status=204)
    return _page(post, TakeDownForm(formdata=None), seen=_seen_just_now(post))


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
    """A person of comms has done it on Instagram. It is looked for; where it was not seen to be
    gone they are asked once."""
    post, is_sure = _load(post_id), _is_sure()
    if not _is_comms(me()):
        abort(403)
    seen = look_for(post, session=db.session, at=now())
    if seen is not Seen.GONE and not is_sure and _load(post_id).state is PostState.PUBLISHED:
        return see_other(url_for("takedowns.takedown", post_id=post_id, found=seen.value))
    post = _load(post_id, lock=True)
    try:
        say_taken_down(post, session=db.session, seen=seen, by=me(), at=now())
    except NotOnAccount:
        db.session.rollback()
    else:
        db.session.commit()
        if seen is Seen.GONE:
            flash(_("Noted: it is no longer on the account."), "good")
        else:
            flash(_("Noted: you say that it is gone."))
    return see_other(url_for("takedowns.takedown", post_id=post_id))


@pages.post("/posts/<int:post_id>/still-there")
@signed_in
def say_there(post_id: int) -> Response:
    """Its author or comms have found what was thought to be gone. Where the account shows it no
    more they are asked once: it may be an older copy that they see."""
    post, is_sure = _load(post_id), _is_sure()
    seen = look_for(post, session=db.session, at=now())
    if seen is Seen.GONE and not is_sure and _load(post_id).state is PostState.TAKEN_DOWN:
        return see_other(url_for("takedowns.takedown", post_id=post_id, found=seen.value))
    post = _load(post_id, lock=True)
    try:
        say_still_there(post, session=db.session, seen=seen, by=me(), at=now())
    except NotTakenDown:
        db.session.rollback()  # the page says how it stands
    else:
        db.session.commit()
        flash(_("Noted: it is still on the account. Comms has been told."))
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


def _page(
    post: Post, form: TakeDownForm, *, seen: Seen | None = None, status: int = 200
) -> Response:
    """`seen` is what the app saw, where whoever said otherwise is asked whether they are sure."""
    asked = db.session.get(Takedown, post.id)
    may_app = why_by_hand(post, session=db.session, at=now()) is None
    done_by = db.session.get(Person, asked.done_by_id) if asked and asked.done_by_id else None
    return page(
        "instagram/take_down.html",
        status=status,
        post=post,
        title_of_post=title(post),
        form=form,
        asked=asked,
        is_done=post.state is PostState.TAKEN_DOWN,
        stands=standing(
            post,
            asked,
            may_app=may_app,
            done_by=done_by.name if done_by else "",
            is_comms=_is_comms(me()),
            at=now(),
        ),
        is_mere_word=is_mere_word(post, at=now()),
        done_by=done_by,
        found=_found_there(post),
        seen=seen.value if seen else "",
        sign=_sign(post),
        may_app=may_app,
        asked_by=db.session.get(Person, asked.asked_by_id) if asked else None,
        is_comms=_is_comms(me()),
        is_author=post.author_id == me().id,
        sees_queue=not me().roles.isdisjoint(REVIEWERS),
    )


def _seen_just_now(post: Post) -> Seen | None:
    """By the app, of what a person has just said the contrary of."""
    is_done = post.state is PostState.TAKEN_DOWN
    asked_about = {Seen.GONE} if is_done else set(Seen) - {Seen.GONE}
    found = request.args.get("found")
    return next((seen for seen in asked_about if seen.value == found), None)


def _load(post_id: int, *, lock: bool = False) -> Post:
    """404 also for who has no business with it."""
    post = lock_post(db.session, post_id) if lock else db.session.get(Post, post_id)
    if post is None or post.state not in SHOWN:
        abort(404)
    if post.author_id != me().id and not _is_comms(me()):
        abort(404)
    return post


def _found_there(post: Post) -> str:
    """Who found what was thought to be gone, and when; empty where nobody did."""
    last = post.history[-1]
    by = db.session.get(Person, last.by_id) if last.by_id else None
    if last.from_state != PostState.TAKEN_DOWN or by is None:
        return ""
    when = clock_of(post.week.programme, last.at)
    return _("%(name)s found it still there, %(when)s.", name=by.name, when=when)


def _sign(post: Post) -> str:
    """Differs whenever the page says something else."""
    asked = db.session.get(Takedown, post.id)
    if asked is None:
        return ""
    at = now()
    due = asked.next_try_at or at
    late = f"{due <= at}-{due + LATE < at}"
    return f"{post.history[-1].id}-{asked.by_hand}-{asked.tries}-{late}-{post.permalink}"


def _is_sure() -> bool:
    return request.form.get("sure") == "1"


def _is_comms(person: Person) -> bool:
    return not MAY.isdisjoint(person.roles)
