"""How the pages of one post are filled, and how they answer."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from takeover.clock import now
from takeover.media.models import Media, MediaState
from takeover.posts.drafting import (
    CaptionMissing,
    ConsentWithdrawn,
    GoingOutNow,
    NotEditable,
    NotReady,
    WeekHasEnded,
    check_open,
)
from takeover.posts.forms import PostForm
from takeover.posts.models import Post, PostState
from takeover.posts.words import last_change, refusal_of, told, what_happened
from takeover.states import MoveNotAllowed
from takeover.web import page, see_other
from takeover.weeks.models import Week

# What may stand against a move of a post, each with its sentence below.
RULES = (
    NotEditable,
    NotReady,
    CaptionMissing,
    WeekHasEnded,
    ConsentWithdrawn,
    GoingOutNow,
    MoveNotAllowed,
)


def why_not(rule: Exception) -> str:
    words = {
        NotReady: _("Its picture cannot be used. Choose another one, then submit."),
        CaptionMissing: _("Write a caption first; then submit."),
        WeekHasEnded: _("Your week is over, so nothing new can go out."),
        ConsentWithdrawn: _("You have stepped down, so nothing of yours goes out."),
        GoingOutNow: _("It is on its way to the account this very moment. Look again in a minute."),
    }
    return words.get(
        type(rule), _("That had changed in the meantime. This is how your post stands now.")
    )


def post_page(found: Post, *, problem: str = "", status: int = 200) -> Response:
    at = now()
    media = found.pictures[0].media
    week_is_open = is_open(found.week)
    return page(
        "posts/post.html",
        status=status,
        post=found,
        account=found.week.programme.account,
        told=told(found, at=at),
        media=usable(media),
        original=_can_be_shown(media),
        is_ready=media.state is MediaState.READY,
        refusal=refusal_of(found),
        problem=problem,
        history=[(move, what_happened(move)) for move in found.history],
        may_edit=found.may_be_edited and week_is_open,
        may_take_back=week_is_open
        and (
            found.submit_asked_at is not None
            or found.state in {PostState.SUBMITTED, PostState.APPROVED}
        ),
        may_begin_another=week_is_open and found.state is PostState.REJECTED,
        may_withdraw=found.state is not PostState.PUBLISHING
        and PostState.WITHDRAWN in Post.allowed_moves.get(found.state, set()),
        seen=last_change(found),
    )


def composer_page(
    form: PostForm,
    week: Week,
    *,
    post: Post | None = None,
    media: Media | None = None,
    status: int = 200,
) -> Response:
    refusal = refusal_of(post) if post else ""
    is_new = media is not None and (post is None or media is not post.pictures[0].media)
    form.media.data = str(media.id) if media is not None and is_new else ""
    return page(
        "posts/composer.html",
        status=status,
        form=form,
        week=week,
        post=post,
        media=media,
        picture=_address(media) if media else None,
        refusal=refusal if media is None else "",
        alt=form.alt_text.data or "",
    )


def usable(media: Media) -> Media | None:
    return None if media.state is MediaState.REFUSED else media


def _can_be_shown(media: Media) -> bool:
    """Whether every browser shows the file as it came, before it is ready."""
    return media.format in {"jpeg", "png", "webp"}


def _address(media: Media) -> str | None:
    """Where its owner sees it: the preview, or what they sent while there is none."""
    if media.state is MediaState.READY:
        return url_for("media.rendition", media_id=media.id, kind="preview")
    return url_for("media.original", media_id=media.id) if _can_be_shown(media) else None


def answer_with_post(post_id: int) -> Response:
    """To the post; a form that htmx sent must not follow the redirect into its own place."""
    where = url_for("posts.post", post_id=post_id)
    if request.headers.get("HX-Request") == "true":
        return Response(headers={"HX-Redirect": where})
    return see_other(where)


def unchanged(seen: str) -> bool:
    """Whether a page that looks again would see what it shows already."""
    return request.headers.get("HX-Request") == "true" and request.args.get("seen") == seen


def is_open(week: Week) -> bool:
    try:
        check_open(week, at=now())
    except (WeekHasEnded, ConsentWithdrawn):
        return False
    return True
