"""Sending a post this instant, asked once: the calendar's, with both of its modules."""

from flask import Response, abort, flash
from flask_babel import gettext as _

from moderation import looking, steering
from moderation.addresses import back_to_calendar, calendar_of
from moderation.ahead import ahead
from moderation.going_out import Outlook, Wait, outlook_of
from moderation.placing import PLACERS, lock_to_place
from moderation.steering import LocationNotTaken, MovedMeanwhile, NotApproved
from moderation.tapped_twice import who_sent_it_now
from moderation.views_calendar import found, instant_of
from moderation.views_calendar import pages as pages
from moderation.words_steering import RULES, why_not, words_of_clashes_now
from takeover.clock import now
from takeover.db import db
from takeover.people.guards import me, only
from takeover.people.models import Person, Role
from takeover.posts.models import Post
from takeover.posts.words import title
from takeover.programmes.clocks import clock_of
from takeover.web import page


@pages.get("/calendar/posts/<int:post_id>/now")
@only(*PLACERS)
def ask_now(post_id: int) -> Response:
    return _now_page(found(post_id))


@pages.post("/calendar/posts/<int:post_id>/now")
@only(*PLACERS)
def go_now(post_id: int) -> Response:
    post, seen = lock_to_place(db.session, post_id), instant_of("seen")
    if post is None or not looking.was_submitted(post):
        abort(404)
    if post.slot_at == seen and _goes_soonest(post, _outlook(post)):
        db.session.rollback()
        return _now_page(post, status=422)
    try:
        steering.publish_now(post, session=db.session, seen=seen, by=me(), at=now())
    except RULES as rule:
        is_late = isinstance(rule, MovedMeanwhile | NotApproved)
        first = who_sent_it_now(post, session=db.session, at=now()) if is_late else None
        if first is None:
            problem = why_not(rule, post)
            db.session.rollback()
            return _now_page(post, problem=problem, status=422)
    else:
        first = me()
    db.session.commit()
    _say_it_goes(post, by=first)
    return back_to_calendar(post)


def _say_it_goes(post: Post, *, by: Person) -> None:
    """`by`: who was first to send it."""
    wait, account = _why_it_waits(post), post.week.programme.account
    if wait is not None and wait.until is not None:
        flash(wait.words, "waiting")
    elif by.id == me().id:
        flash(_("It is on its way to @%(account)s.", account=account))
    else:
        faster = _(
            "%(name)s was faster: it is on its way to @%(account)s.", name=by.name, account=account
        )
        flash(faster, "waiting")


def _now_page(post: Post, *, problem: str = "", status: int = 200) -> Response:
    if looking.is_authors_alone(post):
        return looking.review_page(post, reader=me(), problem=problem, status=status)
    programme, at = post.week.programme, now()
    why = steering.why_not_now(post, session=db.session, at=at)
    outlook = _outlook(post) if why is None else None
    wait = outlook.wait_at(post, at) if outlook else None
    soonest = _goes_soonest(post, outlook) if outlook else ""
    clashes = steering.clashes_at(post, at, session=db.session, at=at)
    return page(
        "moderation/now.html",
        status=status,
        post=post,
        title=title(post),
        programme=programme,
        its_time=clock_of(programme, post.slot_at) if post.slot_at else "",
        was_due=post.slot_at is not None and post.slot_at <= at,
        at=clock_of(programme, at),
        problem=problem or (why_not(why, post) if why else soonest),
        may=why is None and not soonest,
        wait=wait,
        clashes=words_of_clashes_now(clashes, programme, waits=wait is not None),
        is_kept_by_location=isinstance(why, LocationNotTaken),
        may_remove=Role.APPROVER in me().roles and post.author_id != me().id,
        back=calendar_of(post),
    )


def _goes_soonest(post: Post, outlook: Outlook) -> str:
    """When or why it goes out, where that is as soon as it may: to be sent now would put it behind
    those that wait with it. Else empty."""
    found = ahead(post, outlook)
    return found.words if found and not found.may_go_now else ""


def _why_it_waits(post: Post) -> Wait | None:
    return _outlook(post).wait_of(post)


def _outlook(post: Post) -> Outlook:
    return outlook_of(post.week.programme, session=db.session, at=now())
