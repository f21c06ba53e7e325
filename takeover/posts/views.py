"""The ambassador's pages: their week, a new post, and each of their posts."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from takeover.clock import now
from takeover.db import db
from takeover.media.models import Media, MediaState
from takeover.media.store import open_store
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.posts import composing, journey
from takeover.posts.drafting import (
    NotEditable,
    draft,
    edit,
    take_back,
    withdraw,
)
from takeover.posts.finding import lock_own_post, own_post, posts_of_week
from takeover.posts.forms import PostForm
from takeover.posts.models import Post
from takeover.posts.showing import (
    RULES,
    answer_with_post,
    composer_page,
    is_open,
    post_page,
    unchanged,
    usable,
    why_not,
)
from takeover.posts.submitting import PREPARE_FOR_POSTS, ask_to_submit, forget_wish
from takeover.posts.words import last_change, told
from takeover.web import page, see_other, settings
from takeover.weeks.giving import weeks_of
from takeover.weeks.models import Consent, Week
from takeover.weeks.words import begins, ends, ends_today, hour_it_ends
from takeover.work import hand_out

pages = Blueprint("posts", __name__)

MOST_REQUEST_BYTES = 256 * 1024 * 1024  # what is too large for us still gets its sentence
SUBMIT = "submit"


@pages.url_value_preprocessor
def _allow_large_requests(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    request.max_content_length = MOST_REQUEST_BYTES


@pages.get("/my-week")
@only(Role.AMBASSADOR)
def my_week() -> Response:
    at, weeks = now(), weeks_of(db.session, me())
    week = _chosen(weeks)
    posts = posts_of_week(db.session, week) if week else []
    seen = "+".join(last_change(post) for post in posts)
    if unchanged(seen):
        return Response(status=204)
    shown = [(post, told(post, at=at)) for post in posts]
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
        is_open=week is not None and is_open(week),
        brief=journey.brief_news(week) if week else None,
        posts=shown,
        steps=journey.steps(consent, week, posts, at=at),
        days=journey.days(week, posts, at=at) if week else [],
        seen=seen,
        look_again=min((t.look_again for _post, t in shown if t.look_again), default=0),
    )


@pages.get("/my-week/new")
@only(Role.AMBASSADOR)
def new() -> Response:
    week = _open_week()
    if week is None:
        return see_other(url_for("posts.my_week"))
    return composer_page(PostForm(formdata=None), week)


@pages.post("/my-week/new")
@only(Role.AMBASSADOR)
def create() -> Response:
    week = _open_week()
    if week is None:
        flash(_("Your week is over, so nothing new can go out."), "attention")
        return see_other(url_for("posts.my_week"))
    form, at, submits = PostForm(), now(), request.form.get("go") == SUBMIT
    media = _picture(form)
    if media is None and not form.photo.errors:
        form.complain("photo", _("Choose a photo first."))
    if not composing.words_are_right(form, to_submit=submits) or media is None:
        _keep(media)
        return composer_page(form, week, media=media, status=422)
    words = {"caption": form.caption.data or "", "alt_text": form.alt_text.data or ""}
    post = composing.same_post(db.session, week, media, words["caption"])
    if post is None:
        post = draft(week, media, session=db.session, by=me(), at=at, **words)
        if submits:
            ask_to_submit(post, by=me(), at=at)
    post_id = post.id
    _keep(media)
    return answer_with_post(post_id)


@pages.get("/posts/<int:post_id>")
@only(Role.AMBASSADOR)
def post(post_id: int) -> Response:
    found = own_post(db.session, me(), post_id) or abort(404)
    if unchanged(last_change(found)):
        return Response(status=204)
    return post_page(found)


@pages.get("/posts/<int:post_id>/edit")
@only(Role.AMBASSADOR)
def change(post_id: int) -> Response:
    found = own_post(db.session, me(), post_id) or abort(404)
    if not found.may_be_edited or not is_open(found.week):
        return post_page(found, problem=why_not(NotEditable()), status=422)
    picture = found.pictures[0]
    form = PostForm(formdata=None, data={"caption": found.caption, "alt_text": picture.alt_text})
    return composer_page(form, found.week, post=found, media=usable(picture.media))


@pages.post("/posts/<int:post_id>/edit")
@only(Role.AMBASSADOR)
def save(post_id: int) -> Response:
    found = lock_own_post(db.session, me(), post_id) or abort(404)
    form, at, submits = PostForm(), now(), request.form.get("go") == SUBMIT
    media = _picture(form)
    shown = media or usable(found.pictures[0].media)
    if submits and shown is None and not form.photo.errors:
        form.complain("photo", _("Choose another photo first; this one cannot be used."))
    right = composing.words_are_right(form, to_submit=submits) and not form.photo.errors
    if not right:
        _keep(media)
        return composer_page(form, found.week, post=found, media=shown, status=422)
    try:
        edit(
            found,
            by=me(),
            at=at,
            caption=form.caption.data or "",
            alt_text=form.alt_text.data or "",
            media=media,
        )
        if submits:
            ask_to_submit(found, by=me(), at=at)
    except RULES as rule:
        db.session.rollback()
        return post_page(found, problem=why_not(rule), status=422)
    _keep(media)
    return answer_with_post(post_id)


@pages.post("/posts/<int:post_id>/submit")
@only(Role.AMBASSADOR)
def submit(post_id: int) -> Response:
    found = lock_own_post(db.session, me(), post_id) or abort(404)
    try:
        ask_to_submit(found, by=me(), at=now())
    except RULES as rule:
        return _refused(found, rule)
    db.session.commit()
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


def _picture(form: PostForm) -> Media | None:
    store = open_store(settings().media_url)
    return composing.picture_of(form, session=db.session, store=store, by=me(), at=now())


def _keep(media: Media | None) -> None:
    """Commit, and only then have a worker make the picture ready."""
    media_id = media.id if media is not None and media.state is MediaState.RECEIVED else None
    db.session.commit()
    if media_id is not None:
        hand_out(PREPARE_FOR_POSTS, media_id)


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
    return week if week is not None and is_open(week) else None


def _consent() -> Consent | None:
    """The yes of somebody who has no week, standing or not; the latest."""
    return db.session.scalar(
        select(Consent).where(Consent.person_id == me().id).order_by(Consent.given_at.desc())
    )
