"""What comms reads: what was done about a post, by whom and when."""

from datetime import datetime

from flask_babel import format_timedelta, get_timezone
from flask_babel import gettext as _

from moderation.models import Decision, Review
from takeover.i18n import moment
from takeover.posts.models import Post, PostState
from takeover.posts.words import STATES


def state_for_comms(post: Post, *, decides: bool) -> tuple[str, str]:
    """A word and a tone: whose turn it is, seen by somebody who decides, or reads along."""
    if post.state is PostState.SUBMITTED and decides:
        return _("Waits for you"), "attention"
    if post.state is PostState.CHANGES_REQUESTED:
        return _("With the author"), "waiting"
    if post.state in {PostState.UNCERTAIN, PostState.FAILED}:
        word, _tone = STATES[post.state]
        return str(word), "attention"
    if post.state is PostState.APPROVED and post.slot_at is not None:
        return _("Goes out %(when)s", when=moment(post.slot_at)), "good"
    word, tone = STATES[post.state]
    return str(word), tone


def what_was_decided(review: Review, *, at: datetime) -> str:
    """`Amir approved this at 10:02`; with the day where that is not today."""
    facts = {"name": review.by.name, "when": _when(review.at, at)}
    if review.decision is Decision.APPROVE:
        return _("%(name)s approved this at %(when)s.", **facts)
    if review.decision is Decision.REQUEST_CHANGES:
        return _("%(name)s asked for changes at %(when)s.", **facts)
    return _("%(name)s rejected this at %(when)s.", **facts)


def how_long(since: datetime, *, at: datetime) -> str:
    """`2 hours`."""
    return str(format_timedelta(at - since, granularity="minute", threshold=1.2))


def _when(instant: datetime, at: datetime) -> str:
    zone = get_timezone()
    local = instant.astimezone(zone)
    same_day = local.date() == at.astimezone(zone).date()
    return f"{local:%H:%M}" if same_day else moment(instant)
