"""The page of pauses: stop everything, say why, resume, and place again what a pause held up."""

from datetime import datetime

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from moderation import looking, steering
from moderation.ahead import said_of
from moderation.forms import PauseForm
from moderation.looking import why_not
from moderation.paused import taps_of
from moderation.places import free_slots_by_week
from moderation.placing import (
    PLACERS,
    NotToBePlaced,
    PlanChanged,
    SlotGone,
    lock_to_place,
    may_go_by_hand,
    place,
    place_all,
    place_next,
    plan,
)
from moderation.reviewing import ConsentGone, NoSlotLeft
from takeover.clock import instant_in, now
from takeover.db import db
from takeover.instagram.account_state import state_of
from takeover.people.guards import me, only
from takeover.people.models import Role
from takeover.posts.held_up import held_up, how_many_held_up
from takeover.posts.models import Post
from takeover.posts.signs import sign_of_post
from takeover.posts.words import title
from takeover.programmes.models import Pause
from takeover.programmes.pausing import (
    PAUSERS,
    NotPaused,
    SaidOtherwise,
    find_pause,
    lock_programme,
    open_pause,
    pause_everything,
    programmes_and_pauses,
    resume,
    say_why,
)
from takeover.web import page, see_other
from takeover.weeks.words import ends

pages = Blueprint("pausing", __name__)

MOST_HELD = 100
"""So many of a programme are shown, and placed again at once."""


@pages.get("/pause")
@only(*PAUSERS)
def state() -> Response:
    return _state_page()


@pages.post("/pause")
@only(*PAUSERS)
def stop_everything() -> Response:
    begun = pause_everything(db.session, by=me(), at=now())
    db.session.commit()
    if begun:
        flash(_("It holds from this instant: nothing goes out."), "stopped")
    else:
        flash(_("It was paused already. Nothing goes out."), "stopped")
    return see_other(url_for("pausing.state"))


@pages.post("/pause/<int:pause_id>/why")
@only(*PAUSERS)
def explain(pause_id: int) -> Response:
    paused, form = _found(pause_id), PauseForm()
    if not form.validate():
        return _state_page(asked=pause_id, form=form, status=422)
    try:
        say_why(
            paused,
            session=db.session,
            seen=form.seen.data or "",
            reason=form.reason.data or "",
            by=me(),
            at=now(),
        )
    except NotPaused:
        return _resumed_already()
    except SaidOtherwise as rule:
        return _said_otherwise(rule.reason, form, pause_id)
    db.session.commit()
    flash(_("Saved. Everybody who is signed in reads it."))
    return see_other(url_for("pausing.state"))


@pages.post("/pause/<int:pause_id>/resume")
@only(*PAUSERS)
def go_on(pause_id: int) -> Response:
    programme = lock_programme(db.session, _found(pause_id).programme_id)
    holds = open_pause(db.session, programme.id)
    if holds is None or holds.id != pause_id:  # never a newer one, which its reader has not seen
        return _resumed_already()
    resume(programme, session=db.session, by=me(), at=now())
    db.session.commit()
    flash(_("Resumed. Nothing was sent by that; what was due waits here to be placed again."))
    return see_other(url_for("pausing.state"))


@pages.post("/pause/posts/<int:post_id>")
@only(*PLACERS)
def place_one(post_id: int) -> Response:
    post = lock_to_place(db.session, post_id)
    if post is None or not looking.was_submitted(post):
        abort(404)
    chosen = instant_in(request.form.get("slot", ""))
    try:
        if chosen is None:
            place_next(post, session=db.session, by=me(), at=now())
        else:
            place(post, chosen, session=db.session, by=me(), at=now())
    except (NotToBePlaced, ConsentGone, NoSlotLeft, SlotGone) as rule:
        if post.slot_at is not None and post.slot_at == chosen:
            return see_other(url_for("pausing.state"))  # a second tap means the first
        problem = _why_not_placed(rule, post)
        db.session.rollback()
        return _state_page(problem=problem, status=422)
    db.session.commit()
    flash(said_of(post, at=now()))
    return see_other(url_for("pausing.state"))


@pages.get("/pause/place")
@only(*PLACERS)
def look_at_plan() -> Response:
    return _plan_page()


@pages.post("/pause/place")
@only(*PLACERS)
def place_every() -> Response:
    shown = _shown()
    if not shown:
        return see_other(url_for("pausing.look_at_plan"))
    try:
        posts = place_all(db.session, shown, by=me(), at=now())
    except PlanChanged as changed:
        problems = [
            _why_not_placed(rule, db.session.get(Post, post_id))
            for post_id, rule in sorted(changed.why.items())
        ]
        db.session.rollback()
        return _plan_page(problems=problems, status=422)
    db.session.commit()
    count = len(posts)
    flash(ngettext("One post is placed again.", "%(num)d posts are placed again.", count))
    return see_other(url_for("moderation.posts"))


def _state_page(
    *,
    problem: str = "",
    asked: int | None = None,
    form: PauseForm | None = None,
    status: int = 200,
) -> Response:
    at, every = now(), programmes_and_pauses(db.session)
    paused = {programme.id for programme, pause in every if pause}
    running = [programme for programme, pause in every if pause is None]
    waiting = held_up(db.session, at=at, most=MOST_HELD)
    counts = how_many_held_up(db.session, at=at)
    places = not me().roles.isdisjoint(PLACERS)
    to_place = [post for post in waiting if post.programme_id not in paused][:MOST_HELD]
    offered = free_slots_by_week(
        [post.week for post in to_place if places], session=db.session, at=at
    )
    return page(
        "moderation/pause.html",
        status=status,
        problem=problem,
        taps=[
            (tap, _form_of(tap.first, form if tap.first.id == asked else None))
            for tap in taps_of(every)
        ],
        running=running,
        shut={one.id for one in running if state_of(one, session=db.session, at=at).is_shut},
        held={id: [p for p in waiting if p.programme_id == id] for id in paused},
        counts=counts,
        to_place=[
            (post, offered.get(post.week_id, []), may_go_by_hand(post, at=at)) for post in to_place
        ],
        how_many=sum(count for id, count in counts.items() if id not in paused),
        fitting=_how_many_fit(to_place, at=at) if places else 0,
        places=places,
        reads_along=not me().roles.isdisjoint({*PLACERS, Role.LEGAL}),
        goes_now=steering.who_goes_now(db.session, at=at),
        title_of=title,
        sign_of=sign_of_post,
        ends=ends,
    )


def _plan_page(*, problems: list[str] | None = None, status: int = 200) -> Response:
    at = now()
    paused = {programme.id for programme, pause in programmes_and_pauses(db.session) if pause}
    every = held_up(db.session, at=at, most=MOST_HELD)
    waiting = [post for post in every if post.programme_id not in paused]
    planned = plan(waiting[:MOST_HELD], session=db.session, at=at)
    return page(
        "moderation/place_all.html",
        status=status,
        problems=problems or [],
        fitting=[(one.post, one.slot) for one in planned if one.slot],
        by_hand=[p.post for p in planned if not p.slot and may_go_by_hand(p.post, at=at)],
        late=[p.post for p in planned if not p.slot and not may_go_by_hand(p.post, at=at)],
        title_of=title,
        goes_now=steering.who_goes_now(db.session, at=at),
    )


def _how_many_fit(posts: list[Post], *, at: datetime) -> int:
    return sum(one.slot is not None for one in plan(posts, session=db.session, at=at))


def _form_of(first: Pause, sent: PauseForm | None) -> PauseForm:
    form = sent or PauseForm(formdata=None, data={"reason": first.reason, "seen": first.reason})
    form.reason.id = f"reason-{first.id}"
    return form


def _found(pause_id: int) -> Pause:
    return find_pause(db.session, pause_id) or abort(404)


def _resumed_already() -> Response:
    db.session.rollback()
    problem = _("Somebody has resumed it in the meantime. This is how it stands now.")
    return _state_page(problem=problem, status=422)


def _said_otherwise(theirs: str, form: PauseForm, pause_id: int) -> Response:
    db.session.rollback()
    form.seen.data = theirs
    said = (
        _("Somebody has written why in the meantime: “%(theirs)s”", theirs=theirs)
        if theirs
        else _("Somebody has taken the reason away in the meantime.")
    )
    kept = _("Nothing was changed. Save once more to have yours there.")
    return _state_page(problem=f"{said} {kept}", asked=pause_id, form=form, status=422)


def _why_not_placed(rule: Exception, post: Post | None) -> str:
    if post is None or isinstance(rule, NotToBePlaced):
        return _("Somebody was faster: it is placed already, or it does not go out any more.")
    if isinstance(rule, SlotGone):
        return _("That time is taken or has passed: %(post)s", post=title(post)[:70])
    if isinstance(rule, NoSlotLeft):
        return _("No free slot is left in its week. It is missed, unless you choose a time for it.")
    return why_not(rule, post)


def _shown() -> dict[int, datetime]:
    """What the page before had in its form: posts and slots, as `12@2026-11-25T11:15:00+00:00`."""
    found = {}
    for text in request.form.getlist("place"):
        number, _at, instant = text.partition("@")
        slot = instant_in(instant)
        if slot is None or not (number.isascii() and number.isdigit()) or len(number) > 9:
            abort(400)
        found[int(number)] = slot
    return found
