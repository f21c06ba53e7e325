"""How the pages of one post are filled, and how they answer."""

from http import HTTPStatus
from math import ceil, floor
from typing import Any

from flask import Response, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _

from takeover.clock import now
from takeover.people.guards import me
from takeover.plain import in_minutes
from takeover.posts.ahead import what_is_ahead
from takeover.posts.arranging import MOST_PICTURES
from takeover.posts.composing import Words, words_of
from takeover.posts.finding import uploads_of
from takeover.posts.forms import PostForm
from takeover.posts.models import Post, PostKind, PostState, Shape, Surface
from takeover.posts.rules import (
    CaptionMissing,
    ConsentWithdrawn,
    GoingOutNow,
    NotEditable,
    NotKnownYet,
    NotReady,
    PictureMissing,
    WeekHasEnded,
    is_open,
)
from takeover.posts.shaping import (
    BeginsTooLate,
    ClipTooLong,
    CoverNotShown,
    CropTooSmall,
    PartTooShort,
    ShapeNotAllowed,
    StoryTakesOne,
    shapes_of,
    too_long,
)
from takeover.posts.signs import sign_of_clip
from takeover.posts.turned_up import is_there_all_the_same
from takeover.posts.words import (
    last_change,
    refusal_of,
    sign_of_progress,
    told,
    waits_its_turn,
    what_has_happened,
)
from takeover.states import MoveNotAllowed
from takeover.web import page, see_other
from takeover.weeks.models import Week

# What may stand against a move of a post, each with its sentence below.
RULES = (
    NotEditable,
    NotReady,
    PictureMissing,
    CaptionMissing,
    WeekHasEnded,
    ConsentWithdrawn,
    GoingOutNow,
    MoveNotAllowed,
    StoryTakesOne,
    ClipTooLong,
    ShapeNotAllowed,
    CropTooSmall,
    BeginsTooLate,
    PartTooShort,
    CoverNotShown,
)


def why_not(rule: Exception) -> str:
    if isinstance(rule, ClipTooLong):
        return _longer_than_shown(rule)
    if isinstance(rule, BeginsTooLate):
        seconds = format_decimal(floor(10 * rule.seconds) / 10)
        return _("This clip is %(seconds)s seconds long; begin earlier.", seconds=seconds)
    words = {
        NotKnownYet: _("We are still looking at it. Try again in a moment."),
        PartTooShort: _("Choose at least half a second of the clip."),
        CoverNotShown: _("The cover must lie between where the clip begins and where it ends."),
        NotReady: _("One of its photos or videos cannot be used. Remove it or choose another one."),
        PictureMissing: _("Choose a photo or a video first."),
        StoryTakesOne: _("A story shows one photo or one video. Remove the others."),
        CropTooSmall: _("Too little of it would be left. Choose a larger part."),
        ShapeNotAllowed: _("Choose a shape first; then you can choose the part that is shown."),
        CaptionMissing: _("Write a caption first; then submit."),
        WeekHasEnded: _("Your week is over, so nothing new can go out."),
        ConsentWithdrawn: _("You have stepped down, so nothing of yours goes out."),
        GoingOutNow: _("It is on its way to the account this very moment. Look again in a minute."),
    }
    return words.get(
        type(rule), _("That had changed in the meantime. This is how your post stands now.")
    )


def _longer_than_shown(rule: ClipTooLong) -> str:
    facts = {"length": in_minutes(ceil(rule.seconds)), "most": in_minutes(int(rule.most))}
    if rule.kind is PostKind.STORY:
        return _("This clip is %(length)s long; a story shows up to %(most)s. Trim it.", **facts)
    if rule.kind is PostKind.CAROUSEL:
        return _(
            "This clip is %(length)s long; among several, up to %(most)s are shown. Trim it.",
            **facts,
        )
    return _("This clip is %(length)s long; up to %(most)s are shown. Trim it.", **facts)


def post_page(found: Post, *, problem: str = "", status: int = 200) -> Response:
    at = now()
    week_is_open = is_open(found.week, at=at)
    ahead = what_is_ahead([found], at=at).get(found.id)
    return page(
        "posts/post.html",
        status=status,
        post=found,
        account=found.week.programme.account,
        told=told(found, at=at, ahead=ahead),
        refusal=refusal_of(found),
        problem=problem,
        history=what_has_happened(found),
        may_edit=found.may_be_edited and week_is_open,
        may_take_back=week_is_open
        and (
            found.submit_asked_at is not None
            or found.state in {PostState.SUBMITTED, PostState.APPROVED}
        ),
        may_begin_another=week_is_open and found.state is PostState.REJECTED,
        may_withdraw=found.state is not PostState.PUBLISHING
        and PostState.WITHDRAWN in Post.allowed_moves.get(found.state, set()),
        is_there=is_there_all_the_same(found),
        has_run_out=found.has_run_out(at),
        seen=last_change(found, ahead),
    )


def new_form() -> PostForm:
    chosen = {"surface": Surface.FEED.value, "shape": Shape.OWN.value}
    return PostForm(formdata=None, data=chosen)


def form_of(post: Post) -> PostForm:
    """The form as the post stands."""
    facts = {"surface": post.surface.value, "shape": post.shape.value, "caption": post.caption}
    return PostForm(formdata=None, data=facts)


def composer_page(
    form: PostForm,
    week: Week,
    *,
    post: Post | None = None,
    words: Words | None = None,
    status: int = 200,
) -> Response:
    if post is not None:
        form.surface.data, form.shape.data = post.surface.value, post.shape.value
    return page(
        "posts/composer.html",
        status=status,
        form=form,
        week=week,
        post=post,
        words=words_of(post, None) | (words or {}) if post else {},
        wrong=_wrong_of_pictures(post, words or {}) if post and status != HTTPStatus.OK else [],
        **(facts_of_cards(post) if post else {"shapes": {s.value: _NEW[s] for s in Surface}}),
        account=week.programme.account,
        author_id=me().id,
        most=MOST_PICTURES,
        seen=last_change(post) if post else "",
    )


_NEW = {
    Surface.FEED: [shape.value for shape in Shape],
    Surface.STORY: [Shape.OWN.value, Shape.TALL.value],
}


def facts_of_cards(post: Post) -> dict[str, Any]:
    """What the list of its pictures shows besides them."""
    return {
        "uploads": uploads_of(post),
        "shapes": {s.value: [shape.value for shape in shapes_of(post, s)] for s in Surface},
        **facts_of_card(post),
    }


def facts_of_card(post: Post) -> dict[str, Any]:
    """What the card of any of its pictures shows besides it."""
    return {
        "sign_of_progress": sign_of_progress,
        "sign_of_clip": sign_of_clip,
        "waits_its_turn": waits_its_turn,
        "too_long": {id: why_not(rule) for id, rule in too_long(post).items()},
    }


def _wrong_of_pictures(post: Post, words: Words) -> list[tuple[str, str]]:
    """For each picture something is wrong with: where on the page, and what."""
    clips = [(f"picture-{id}", why_not(rule)) for id, rule in too_long(post).items()]
    descriptions = [
        (alt.alt_text.id, str(sentence))
        for alt in words.values()
        for sentence in alt.alt_text.errors
    ]
    return clips + descriptions


def answer_with_composer(post_id: int) -> Response:
    return see_other(url_for("posts.change", post_id=post_id))


def answer_with_post(post_id: int) -> Response:
    """To the post; a form that htmx sent must not follow the redirect into its own place."""
    where = url_for("posts.post", post_id=post_id)
    if request.headers.get("HX-Request") == "true":
        return Response(headers={"HX-Redirect": where})
    return see_other(where)


def unchanged(seen: str) -> bool:
    """Whether a page that looks again would see what it shows already."""
    return is_looking_again() and request.args.get("seen") == seen


def is_looking_again() -> bool:
    """Whether it is asked for by a page, to be put in its own place."""
    return request.headers.get("HX-Request") == "true"
