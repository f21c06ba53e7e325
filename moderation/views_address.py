"""Comms' page to put right the address of a post that a person has noted."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _

from moderation import looking
from moderation.correcting import (
    CorrectedMeanwhile,
    NotedOfAnother,
    NotNoted,
    correct,
    is_noted,
)
from moderation.forms import ThereForm
from moderation.settling import AnotherPostsAddress
from moderation.words import NO_ADDRESS, OF_ANOTHER_POST
from takeover.clock import now
from takeover.db import db
from takeover.instagram.permalinks import NotAPermalink
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.posts.models import Post
from takeover.posts.words import title
from takeover.web import page, see_other

pages = Blueprint("addresses", __name__)


@pages.get("/posts/<int:post_id>/address")
@only(Role.APPROVER, Role.LEAD)
def address(post_id: int) -> Response:
    return _address_page(_noted(post_id), ThereForm(formdata=None))


@pages.post("/posts/<int:post_id>/address")
@only(Role.APPROVER, Role.LEAD)
def correct_address(post_id: int) -> Response:
    form, seen = ThereForm(), request.form.get("seen", "")
    other, exchange = None, request.form.get("exchange") == "1"
    if not form.validate():
        return _address_page(_noted(post_id), form, status=422)
    wanted = form.permalink.data or ""
    try:
        correct(
            db.session,
            post_id,
            address=wanted,
            seen=seen,
            by=me(),
            at=now(),
            exchange=exchange,
        )
    except NotAPermalink:
        form.permalink.errors = [str(NO_ADDRESS)]
    except AnotherPostsAddress:
        form.permalink.errors = [str(OF_ANOTHER_POST)]
    except CorrectedMeanwhile:
        form.permalink.errors = [
            _("Somebody else has corrected it in the meantime. Look at their address first.")
        ]
    except NotedOfAnother as held:
        other = held.other.id
    except NotNoted:
        abort(404)
    else:
        flash(_("Noted: this is its address."))
        return see_other(url_for("moderation.review", post_id=post_id))
    db.session.rollback()
    return _address_page(_noted(post_id), form, other=other, status=422)


def _noted(post_id: int) -> Post:
    post = db.session.get(Post, post_id)
    if post is None or not looking.was_submitted(post) or not is_noted(post, session=db.session):
        abort(404)
    return post


def _address_page(
    post: Post, form: ThereForm, *, other: int | None = None, status: int = 200
) -> Response:
    """`other`: the post that the address was noted of, and that may be meant to get this one's."""
    return page(
        "moderation/address.html",
        status=status,
        post=post,
        title=title(post),
        form=form,
        other=db.session.get_one(Post, other) if other else None,
        title_of=title,
    )
