"""What stands against a time for a post, in words."""

from flask_babel import gettext as _
from sqlalchemy.orm import object_session

from moderation import looking
from moderation.calendar import clock_of
from moderation.reviewing import ConsentGone
from moderation.steering import (
    AccountStopped,
    Clash,
    InThePast,
    MovedMeanwhile,
    NotApproved,
    OutsideTheirWeek,
    Paused,
    QuotaUsedUp,
    movers_of,
)
from takeover.posts.models import Post, PostState
from takeover.posts.words import STATES
from takeover.programmes.models import Programme

RULES = (
    NotApproved,
    ConsentGone,
    MovedMeanwhile,
    InThePast,
    OutsideTheirWeek,
    Paused,
    AccountStopped,
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
            "Nothing goes out to this account until your administrator has connected it again."
        ),
    }
    return words.get(type(rule)) or looking.why_not(rule, post)


def words_of_clashes(clashes: list[Clash], programme: Programme) -> list[str]:
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


def _state_of(post: Post) -> str:
    if post.state is PostState.PUBLISHING:
        return _("It is going out this very moment: nothing can be changed any more.")
    word, _tone = STATES[post.state]
    return _("It is no longer approved: “%(state)s”. Nothing was changed.", state=str(word))


def _who_moved(post: Post) -> str:
    session = object_session(post)
    assert session is not None, "a post that is shown is in a session"  # noqa: S101
    when = clock_of(post.week.programme, post.slot_at) if post.slot_at else ""
    name, _at = movers_of(session, [post]).get(post.id, ("", None))
    if not name:
        return _("It was moved in the meantime, and now goes out %(when)s.", when=when)
    return _("%(name)s has moved it in the meantime: it goes out %(when)s.", name=name, when=when)
