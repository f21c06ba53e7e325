"""The pictures of a post being prepared: how far each is, and what of it is shown."""

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _

from takeover.clock import now
from takeover.db import db
from takeover.media.models import MediaState
from takeover.media.recipe import Box, Recipe, SenselessRecipe
from takeover.media.renditions import RenditionKind
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.posts import submitting
from takeover.posts.composing import words_of
from takeover.posts.finding import lock_own_post, own_post
from takeover.posts.forms import CutForm
from takeover.posts.models import Picture, Post, Shape
from takeover.posts.rules import NotKnownYet
from takeover.posts.shaping import LEAST_CROP, CoverNotShown, crop, trim
from takeover.posts.showing import RULES, facts_of_card, facts_of_cards, why_not
from takeover.posts.words import sign_of_progress
from takeover.web import page, see_other

pages = Blueprint("pictures", __name__)

_SLACK = 0.0005  # seconds: half of what the page can tell apart


@pages.get("/posts/<int:post_id>/pictures/<int:picture_id>")
@only(Role.AMBASSADOR)
def picture(post_id: int, picture_id: int) -> Response:
    """One card, as it is now; for a page that looks again."""
    post, found = _own(post_id, picture_id)
    if request.args.get("seen") == sign_of_progress(found.media):
        return Response(status=204)
    return page(
        "posts/picture.html",
        block="picture",
        post=post,
        picture=found,
        **facts_of_card(post),
    )


@pages.get("/posts/<int:post_id>/arriving")
@only(Role.AMBASSADOR)
def arriving(post_id: int) -> Response:
    """The cards of all its pictures, with the words for each; after an upload has begun."""
    post = own_post(db.session, me(), post_id) or abort(404)
    return page(
        "posts/pictures.html",
        block="pictures",
        post=post,
        words=words_of(post, None),
        **facts_of_cards(post),
    )


@pages.get("/posts/<int:post_id>/pictures/<int:picture_id>/cut")
@only(Role.AMBASSADOR)
def cut(post_id: int, picture_id: int) -> Response:
    post, found = _own(post_id, picture_id)
    return _cut_page(post, found, _form_of(found))


@pages.post("/posts/<int:post_id>/pictures/<int:picture_id>/cut")
@only(Role.AMBASSADOR)
def save_cut(post_id: int, picture_id: int) -> Response:
    lock_own_post(db.session, me(), post_id) or abort(404)
    post, found = _own(post_id, picture_id)
    form = CutForm()
    if not form.validate():
        return _cut_page(post, found, form, status=422)
    try:
        _cut(post, found, form)
    except (*RULES, SenselessRecipe) as rule:
        db.session.rollback()
        post, found = _own(post_id, picture_id)
        sentence = _("The clip must end after it begins.")
        form.form_errors = [sentence if isinstance(rule, SenselessRecipe) else why_not(rule)]
        return _cut_page(post, found, form, status=422)
    submitting.save(post)
    where = url_for("posts.change", post_id=post_id)
    if request.headers.get("HX-Request") == "true":
        return Response(headers={"HX-Trigger": "pictures-changed"})
    return see_other(where)


def _cut(post: Post, picture: Picture, form: CutForm) -> None:
    if post.shape is not Shape.OWN:
        crop(post, picture, _part(picture, form), by=me(), at=now())
    if picture.media.is_video:
        trim(
            post,
            picture,
            start=_thousandths(form.start.data),
            end=_thousandths(form.end.data),
            cover_at=_cover_at(form),
            by=me(),
            at=now(),
        )


def _part(picture: Picture, form: CutForm) -> Box | None:
    """Of the post's shape: its height follows from its width. Raises NotKnownYet."""
    media, ratio = picture.media, picture.media.recipe.ratio
    if form.whole.data:
        return None
    if not ratio or not media.source_height:
        raise NotKnownYet
    largest = media.recipe.part_of(media.source_width, media.source_height)
    width = (form.width.data or 100 * largest.width) / 100
    height = width * media.source_width / media.source_height / ratio
    if height > 1:
        width, height = width / height, 1.0
    left = min((form.x.data or 0) / 100, 1 - width)
    upper = min((form.y.data or 0) / 100, 1 - height)
    return Box(max(left, 0), max(upper, 0), width, height)


def _form_of(picture: Picture) -> CutForm:
    media, recipe = picture.media, picture.media.recipe
    part = recipe.part_of(max(media.source_width, 1), max(media.source_height, 1))
    return CutForm(
        formdata=None,
        data={
            "whole": recipe.crop is None and not recipe.fill,
            "x": round(100 * part.x, 2),
            "y": round(100 * part.y, 2),
            "width": round(100 * part.width, 2),
            "start": _thousandths(recipe.start),
            "end": _thousandths(recipe.end),
            "cover_at": _on_the_clock(recipe),
        },
    )


def _cover_at(form: CutForm) -> float | None:
    """From where the clip begins, as recipes have it; on the page all is counted on one clock, the
    player's. Raises CoverNotShown."""
    begins, ends, at = form.start.data or 0, form.end.data, form.cover_at.data
    if at is None:
        return None
    if at < begins - _SLACK or (ends is not None and at > ends + _SLACK):
        raise CoverNotShown
    return _thousandths(max(at - begins, 0))


def _on_the_clock(recipe: Recipe) -> float | None:
    at = recipe.cover_at
    return None if at is None else _thousandths(at + (recipe.start or 0))


def _thousandths(seconds: float | None) -> float | None:
    """As the page writes them: what is saved is what stands there, and is no other when it comes
    back."""
    return None if seconds is None else round(seconds, 3)


def _cut_page(post: Post, picture: Picture, form: CutForm, *, status: int = 200) -> Response:
    kinds = [rendition.kind for rendition in picture.media.renditions]
    seen = [kind for kind in (RenditionKind.WHOLE, RenditionKind.PREVIEW) if kind in kinds]
    return page(
        "posts/cut.html",
        status=status,
        post=post,
        picture=picture,
        form=form,
        may_crop=post.shape is not Shape.OWN,
        seen=seen[0] if seen else None,
        least=LEAST_CROP,
    )


def _own(post_id: int, picture_id: int) -> tuple[Post, Picture]:
    """404 for anybody else's, and for one that was taken out."""
    post = own_post(db.session, me(), post_id) or abort(404)
    for found in post.pictures:
        if found.id == picture_id and found.media.state is not MediaState.CANCELLED:
            return post, found
    abort(404)
