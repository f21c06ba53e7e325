"""The ambassador's pages: their week, a new post, and each of their posts."""

from pathlib import Path

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from takeover.clock import now
from takeover.db import db
from takeover.media.models import Media
from takeover.media.store import open_store
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.posts import composing, journey, submitting
from takeover.posts.ahead import what_is_ahead
from takeover.posts.arranging import MOST_PICTURES
from takeover.posts.drafting import draft, edit, take_back, withdraw
from takeover.posts.finding import lock_own_post, own_post, posts_of_week
from takeover.posts.forms import PostForm
from takeover.posts.models import Post
from takeover.posts.objecting import complain_of_all, objections
from takeover.posts.rules import check_may_change, is_open
from takeover.posts.showing import (
    RULES,
    answer_with_composer,
    answer_with_post,
    composer_page,
    form_of,
    is_looking_again,
    new_form,
    post_page,
    unchanged,
    why_not,
)
from takeover.posts.signs import sign_of_post
from takeover.posts.submitting import ask_to_submit, forget_wish
from takeover.posts.words import last_change, told
from takeover.web import page, see_other, settings
from takeover.weeks.giving import weeks_of
from takeover.weeks.models import Consent, Week
from takeover.weeks.words import begins, ends, ends_today, hour_it_ends

pages = Blueprint("posts", __name__)

MOST_REQUEST_BYTES = 256 * 1024 * 1024  # what is too large for us still gets its sentence
SUBMIT, KEEP = "submit", "keep"


@pages.url_value_preprocessor
def _allow_large_requests(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    request.max_content_length = MOST_REQUEST_BYTES


@pages.get("/my-week")
@only(Role.AMBASSADOR)
def my_week() -> Response:
    at, weeks = now(), weeks_of(db.session, me())
    week = _chosen(weeks)
    posts = posts_of_week(db.session, week) if week else []
    ahead = what_is_ahead(posts, at=at)
    seen = "+".join(last_change(post, ahead.get(post.id)) for post in posts)
    if unchanged(seen):
        return Response(status=204)
    shown = [
        (post, told(post, at=at, ahead=ahead.get(post.id)), sign_of_post(post)) for post in posts
    ]
    consent = week.consent if week else _consent()
    return page(
        "posts/my_week.html",
        week=week,
        weeks=[one for one in weeks if one is not week],
        consent=consent,
        is_on=week is not None and week.has(at),
        is_over=week is not None and week.ends <= at,
        ends_today=week is not None and ends_today(week, at=at),
        begins=begins(week) if week else "",
        ends=ends(week) if week else "",
        hour_it_ends=hour_it_ends(week) if week else "",
        is_open=week is not None and is_open(week, at=at),
        brief=journey.brief_news(week) if week else None,
        posts=shown,
        steps=journey.steps(consent, week, posts, at=at),
        days=journey.days(week, posts, at=at) if week else [],
        seen=seen,
        look_again=min((t.look_again for _post, t, _sign in shown if t.look_again), default=0),
    )


@pages.get("/my-week/new")
@only(Role.AMBASSADOR)
def new() -> Response:
    week = _open_week()
    if week is None:
        return see_other(url_for("posts.my_week"))
    return composer_page(new_form(), week)


@pages.post("/my-week/new")
@only(Role.AMBASSADOR)
def create() -> Response:
    """Begin the post with whatever was sent of it; the rest is as with any other draft."""
    week = _open_week()
    if week is None:
        flash(_("Your week is over, so nothing new can go out."), "attention")
        return see_other(url_for("posts.my_week"))
    form, at = PostForm(), now()
    kept = _files(form, room=MOST_PICTURES)
    same = composing.same_post(db.session, week, kept, form.caption.data or "", at=at)
    if same is not None:
        post_id = same.id
        composing.let_go(kept, by=me(), at=at)
        db.session.commit()
        return answer_with_post(post_id)
    try:
        begun = draft(week, session=db.session, by=me(), at=at)
    except RULES as rule:
        return _met(rule, None, kept)
    return _work_on(begun, form, kept)


@pages.get("/posts/<int:post_id>")
@only(Role.AMBASSADOR)
def post(post_id: int) -> Response:
    found = own_post(db.session, me(), post_id) or abort(404)
    if is_looking_again():
        ahead = what_is_ahead([found], at=now()).get(found.id)
        if unchanged(last_change(found, ahead)):
            return Response(status=204)
    return post_page(found)


@pages.get("/posts/<int:post_id>/edit")
@only(Role.AMBASSADOR)
def change(post_id: int) -> Response:
    found = own_post(db.session, me(), post_id) or abort(404)
    if not found.may_be_edited or not is_open(found.week, at=now()):
        return see_other(url_for("posts.post", post_id=post_id))
    return composer_page(form_of(found), found.week, post=found)


@pages.post("/posts/<int:post_id>/edit")
@only(Role.AMBASSADOR)
def save(post_id: int) -> Response:
    """Its files first: nobody else need wait while they are copied."""
    known, form = own_post(db.session, me(), post_id) or abort(404), PostForm()
    try:
        check_may_change(known, by=me(), at=now())
    except RULES as rule:
        return _refused(known, rule)
    kept = _files(form, room=MOST_PICTURES - len(known.pictures))
    return _work_on(lock_own_post(db.session, me(), post_id) or abort(404), form, kept)


@pages.post("/posts/<int:post_id>/submit")
@only(Role.AMBASSADOR)
def submit(post_id: int) -> Response:
    found = lock_own_post(db.session, me(), post_id) or abort(404)
    try:
        ask_to_submit(found, by=me(), at=now())
    except RULES as rule:
        problem = objections(found, rule)
        db.session.rollback()
        return post_page(found, problem=problem, status=422)
    submitting.save(found)
    return answer_with_post(post_id)


@pages.post("/posts/<int:post_id>/take-back")
@only(Role.AMBASSADOR)
def take_it_back(post_id: int) -> Response:
    found = lock_own_post(db.session, me(), post_id) or abort(404)
    try:
        if found.submit_asked_at is not None:
            forget_wish(found, by=me(), at=now())
        else:
            take_back(found, by=me(), at=now())
    except RULES as rule:
        return _refused(found, rule)
    db.session.commit()
    flash(_("It is yours again. Change it as you like, then submit it."), "good")
    return see_other(url_for("posts.post", post_id=post_id))


@pages.post("/posts/<int:post_id>/withdraw")
@only(Role.AMBASSADOR)
def take_out(post_id: int) -> Response:
    found = lock_own_post(db.session, me(), post_id) or abort(404)
    try:
        withdraw(found, by=me(), at=now())
    except RULES as rule:
        return _refused(found, rule)
    db.session.commit()
    flash(_("Taken out. This post will not go out."), "good")
    return see_other(url_for("posts.my_week"))


def _refused(found: Post, rule: Exception) -> Response:
    db.session.rollback()
    return post_page(found, problem=why_not(rule), status=422)


def _met(rule: Exception, post_id: int | None, kept: list[Media]) -> Response:
    """What stood against it, where the post stands; or in their week, if there is none."""
    db.session.rollback()
    composing.let_go(kept, by=me(), at=now())
    db.session.commit()
    found = own_post(db.session, me(), post_id) if post_id is not None else None
    if found is not None:
        return post_page(found, problem=why_not(rule), status=422)
    flash(why_not(rule), "attention")
    return see_other(url_for("posts.my_week"))


def _files(form: PostForm, *, room: int) -> list[Media]:
    return composing.keep_files(
        form,
        room=room,
        quota=settings().upload_quota_mb,
        session=db.session,
        store=open_store(settings().media_url),
        spool=Path(settings().uploads_path),
        by=me(),
        at=now(),
    )


def _work_on(post: Post, form: PostForm, kept: list[Media]) -> Response:
    """Keep what was sent, do what the pressed button says, commit; then have pictures made."""
    at, wish, post_id = now(), request.form.get("go", ""), post.id
    words = composing.words_of(post, request.form)
    try:
        composing.add_all(post, kept, form, by=me(), at=at)
        composing.shape_as_chosen(post, form, request.form, by=me(), at=at)
        caption = composing.caption_as_typed(post, form, request.form)
        alt_texts = composing.alt_texts_as_typed(post, words, request.form)
        if composing.words_are_right(form, words):
            edit(post, by=me(), at=at, caption=caption, alt_texts=alt_texts)
        composing.arrange(post, wish, by=me(), at=at)
    except RULES as rule:
        return _met(rule, post_id, kept)
    wrong = bool(form.errors or any(alt.errors for alt in words.values()))
    if wish == SUBMIT:
        wrong = complain_of_all(post, form) or wrong or not _asked(post, form)
    submitting.save(post)
    if wrong:
        return composer_page(form, post.week, post=post, words=words, status=422)
    if wish in {SUBMIT, KEEP}:
        return answer_with_post(post_id)
    return answer_with_composer(post_id)


def _asked(post: Post, form: PostForm) -> bool:
    """Whether comms gets it; if not, the form says why."""
    try:
        ask_to_submit(post, by=me(), at=now())
    except RULES as rule:
        form.complain("photos", why_not(rule))
    else:
        return True
    return False


def _chosen(weeks: list[Week]) -> Week | None:
    """The week asked for; else the one that is on, the next, or the last."""
    asked = request.args.get("week", "")
    for week in weeks:
        if str(week.id) == asked:
            return week
    at = now()
    coming = [week for week in weeks if week.ends > at]
    return (coming or weeks[-1:] or [None])[0]  # type: ignore[list-item]


def _open_week() -> Week | None:
    week = _chosen(weeks_of(db.session, me()))
    return week if week is not None and is_open(week, at=now()) else None


def _consent() -> Consent | None:
    """The yes of somebody who has no week, standing or not; the latest."""
    return db.session.scalar(
        select(Consent).where(Consent.person_id == me().id).order_by(Consent.given_at.desc())
    )
