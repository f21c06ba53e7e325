"""What stands against a time for a post, in words."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import object_session

from moderation import looking
from moderation.ahead import said_of
from moderation.none_now import AccountStopped, NoWayToAccount, Paused, QuotaUsedUp
from moderation.reviewing import ConsentGone
from moderation.steering import (
    Clash,
    InThePast,
    LocationNotTaken,
    MovedMeanwhile,
    NotApproved,
    OutsideTheirWeek,
    movers_of,
)
from moderation.with_post import is_kept_by_location
from moderation.words import NO_LOCATION_HERE, WEEK_IS_OVER
from takeover.clock import now
from takeover.posts.models import Post, PostState
from takeover.posts.words import STATES
from takeover.programmes.clocks import clock_of
from takeover.programmes.models import Programme

RULES = (
    NotApproved,
    ConsentGone,
    MovedMeanwhile,
    InThePast,
    OutsideTheirWeek,
    Paused,
    AccountStopped,
    NoWayToAccount,
    LocationNotTaken,
    QuotaUsedUp,
)


def why_not(rule: Exception, post: Post) -> str:
    """What forbids it, and what can be done."""
    if isinstance(rule, MovedMeanwhile):
        return _who_moved(post)
    if isinstance(rule, QuotaUsedUp):
        return _(
            "The account has published as much as Instagram allows in 24 hours. The next try is "
            "%(when)s.",
            when=clock_of(post.week.programme, rule.until),
        )
    if isinstance(rule, NotApproved):
        return _state_of(post)
    words = {
        InThePast: _("That time has passed. Choose one that is to come."),
        OutsideTheirWeek: _(
            "The account is its author’s in their own week only. Choose a time in it."
        ),
        Paused: _("Everything of this programme is paused. Resume it first."),
        AccountStopped: _(
            "Nothing goes out to this account until somebody has looked. Its own page says why, "
            "and what to do."
        ),
        NoWayToAccount: _(
            "Nothing can go out: the account is not connected, or its access has ended. A "
            "programme lead or an administrator connects it."
        ),
        LocationNotTaken: str(NO_LOCATION_HERE),
    }
    return words.get(type(rule)) or looking.why_not(rule, post)


def why_no_location(post: Post) -> str:
    """Why it would not go out as the account is connected now; empty where nothing is."""
    session = object_session(post)
    assert session is not None, "a post that is shown is in a session"  # noqa: S101
    return str(NO_LOCATION_HERE) if is_kept_by_location(post, session=session) else ""


def why_fixed(post: Post, *, at: datetime) -> str:
    """Why it has no time that can be changed."""
    if post.state in {PostState.PUBLISHING, PostState.PUBLISHED, PostState.TAKEN_DOWN}:
        return _state_of(post)
    if not post.week.consent.stands:
        return looking.why_not(ConsentGone(), post)
    if post.week.ends <= at:
        return str(WEEK_IS_OVER)
    return _(
        "It is not approved, or not any more: only approved posts have a time that can be changed."
    )


def words_of_clashes(clashes: Sequence[Clash], programme: Programme) -> list[str]:
    words = {
        Clash.SPACING: _(
            "Another post goes out less than %(num)d minutes before or after. Where it is still "
            "too soon then, this one waits until that time is over.",
            num=programme.spacing,
        ),
        Clash.QUIET: _(
            "That is in the quiet hours, from %(begin)s to %(end)s.",
            begin=programme.quiet_from,
            end=programme.quiet_until,
        ),
    }
    return [words[clash] for clash in clashes]


def words_of_clashes_now(
    clashes: Sequence[Clash], programme: Programme, *, waits: bool
) -> list[str]:
    """For who publishes at once; `waits`: another has just gone out, which is said elsewhere."""
    if Clash.SPACING not in clashes:
        return words_of_clashes(clashes, programme)
    others = [clash for clash in clashes if clash is not Clash.SPACING]
    follows = _(
        "Another post is due in less than %(num)d minutes. It waits until that time is over.",
        num=programme.spacing,
    )
    return ([] if waits else [follows]) + words_of_clashes(others, programme)


def _state_of(post: Post) -> str:
    if post.state is PostState.PUBLISHING:
        return _("It is going out this very moment: nothing can be changed any more.")
    if post.state is PostState.PUBLISHED:
        return _("It is on the account already: its time cannot be changed any more.")
    if post.state is PostState.TAKEN_DOWN:
        return _("It was on the account, and was taken down: it has no time any more.")
    word, _tone = STATES[post.state]
    return _("It is no longer approved: “%(state)s”. Nothing was changed.", state=str(word))


def _who_moved(post: Post) -> str:
    session = object_session(post)
    assert session is not None, "a post that is shown is in a session"  # noqa: S101
    name, _at = movers_of(session, [post]).get(post.id, ("", None))
    moved = (
        _("%(name)s has moved it in the meantime.", name=name)
        if name
        else _("It was moved in the meantime.")
    )
    return f"{moved} {said_of(post, at=now())}"
