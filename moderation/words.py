"""What comms reads: what was done about a post, by whom and when."""

from datetime import datetime

from flask_babel import format_date, format_timedelta, get_timezone, lazy_gettext
from flask_babel import gettext as _

from moderation.models import Decision, Review
from moderation.waiting import Waiting
from takeover.posts.ahead import Ahead
from takeover.posts.digest import digest_of
from takeover.posts.models import Post, PostMove, PostState
from takeover.posts.signs import Sign, sign_of
from takeover.posts.taken_out import TakenOut, how_taken_out
from takeover.posts.words import (
    STATES,
    TOO_LATE,
    Event,
    what_happened,
    what_has_happened,
    word_of,
)
from takeover.programmes.clocks import clock_of

NO_LOCATION_HERE = lazy_gettext(
    "It has a location, and the account takes none as it is connected now: it would not go out. "
    "Remove the location, or connect the account by Facebook Login."
)


NO_ADDRESS = lazy_gettext(
    "That is not the address of a post. Open the post on the account and copy it."
)

OF_ANOTHER_POST = lazy_gettext(
    "Another of our posts has this address. Copy the address of this one."
)

WEEK_IS_OVER = lazy_gettext("Its week is over: it cannot go out any more.")


def state_for_comms(
    post: Post, *, decides: bool, ahead: Ahead | None, is_looked_for: bool, at: datetime
) -> tuple[str, str]:
    """A word and a tone: whose turn it is, seen by somebody who decides, or reads along."""
    if ahead is not None:
        return ahead.word, ahead.tone
    if post.state is PostState.SUBMITTED and decides:
        return _("Waits for you"), "attention"
    if post.state is PostState.CHANGES_REQUESTED:
        return _("With the author"), "waiting"
    if post.state is PostState.UNCERTAIN:
        return word_of_doubt(is_looked_for=is_looked_for)
    if post.state is PostState.FAILED:
        word, _tone = STATES[post.state]
        return str(word), "attention"
    if post.state is PostState.MISSED:
        late = post.last_word == TOO_LATE
        return _("Missed: too late") if late else _("Missed: week over"), "stopped"
    return word_of(post, at=at)


def word_of_doubt(*, is_looked_for: bool) -> tuple[str, str]:
    """A word and a tone of what was sent, and nobody knows whether it is there."""
    if is_looked_for:
        return str(STATES[PostState.UNCERTAIN][0]), "waiting"
    return _("Look whether it is there"), "attention"


def what_was_decided(review: Review) -> str:
    """`Amir approved this on Wed 25 Nov, 10:02`."""
    facts = {"name": review.by.name, "when": clock_of(review.post.week.programme, review.at)}
    if review.decision is Decision.APPROVE:
        return _("%(name)s approved this on %(when)s.", **facts)
    if review.decision is Decision.REQUEST_CHANGES:
        return _("%(name)s asked for changes on %(when)s.", **facts)
    return _("%(name)s rejected this on %(when)s.", **facts)


def what_changed(post: Post, request: Review) -> str:
    """What is kept of that: the earlier words are not, so none are quoted."""
    if digest_of(post) == request.digest:
        return _("Nothing has changed since then: photos, videos and words are the same.")
    if any(picture.media.received_at > request.at for picture in post.pictures):
        return _("Changed since then, with a new photo or video. How it was before is not kept.")
    return _("Changed since then. How it was before is not kept.")


def history_for_comms(post: Post) -> list[Event]:
    """What has happened to it, without what its author alone knows."""
    return [event for event in what_has_happened(post, _what_happened) if event.is_over]


def why_taken_out(post: Post) -> str:
    """Of one that is withdrawn."""
    return {
        TakenOut.BY_AUTHOR: _("Its author has taken it out for good."),
        TakenOut.STEPPED_DOWN: _(
            "The author has stepped down. Nothing of theirs goes out any more."
        ),
        TakenOut.WITH_WEEK: _("Its week was taken back: it does not go out."),
    }[how_taken_out(post, post.history[-1])]


def _what_happened(post: Post, move: PostMove) -> str:
    if move.to_state == PostState.DRAFT:
        return _("Its author took it back") if move.from_state else _("Its author began it")
    if move.to_state == PostState.SUBMITTED and move.from_state in {
        PostState.DRAFT,
        PostState.CHANGES_REQUESTED,
    }:
        return _("Its author sent it")
    if move.to_state == PostState.MISSED and move.why != TOO_LATE:
        return _("Its week ended before it could go out")
    if move.to_state == PostState.WITHDRAWN:
        return {
            TakenOut.BY_AUTHOR: _("Its author took it out"),
            TakenOut.STEPPED_DOWN: _("It was stopped"),
            TakenOut.WITH_WEEK: _("Its week was taken back"),
        }[how_taken_out(post, move)]
    return what_happened(post, move)


def badges_of(one: Waiting, *, at: datetime) -> list[tuple[str, str]]:
    """Words and tones for what sets a line of the queue apart from the others."""
    badges = []
    if (end := _end_of_week(one, at)) is not None:
        badges.append(end)
    if one.was_sent_back:
        badges.append((_("Sent again"), "calm"))
    return badges


def sign_of_line(one: Waiting) -> Sign | None:
    return sign_of(one.kind, pictures=one.pictures, seconds=one.seconds)


def _end_of_week(one: Waiting, at: datetime) -> tuple[str, str] | None:
    left = one.days_left(at=at)
    if left < 0:
        return _("Week over"), "stopped"
    if left == 0:
        return _("Last day"), "attention"
    if left > 1:
        return None
    # The account's tomorrow can be the reader's today, or the day after tomorrow.
    if (one.ends_on - at.astimezone(get_timezone()).date()).days == 1:
        return _("Week ends tomorrow"), "waiting"
    weekday = format_date(one.ends_on, "EEEE", rebase=False)
    return _("Week ends on %(weekday)s", weekday=weekday), "waiting"


def how_long(since: datetime, *, at: datetime) -> str:
    """`2 hours`."""
    return str(format_timedelta(at - since, granularity="minute", threshold=1.2))
