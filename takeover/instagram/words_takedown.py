"""How far taking a post down is, in words: for comms with what to do, for its author with who
does."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from takeover.instagram.models import Takedown
from takeover.instagram.wording import why_left_to_person
from takeover.posts.models import Post, PostState
from takeover.posts.said_gone import Seen, seen_when_said_gone
from takeover.posts.trouble import trouble_of
from takeover.programmes.clocks import clock_of

SOON, LATER = 3, 15  # seconds between two looks

LATE = timedelta(minutes=1)
"""By then a worker has tried, where one runs."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`look_again` is in seconds; 0 where nothing moves."""

    title: str
    lead: str
    look_again: int = 0
    is_for_hands: bool = False
    """Whether comms may as well do it now, on Instagram."""


def standing(
    post: Post,
    asked: Takedown | None,
    *,
    may_app: bool,
    done_by: str,
    is_comms: bool,
    at: datetime,
) -> Standing:
    """`done_by` is the name of whoever said that it is gone."""
    account = post.week.programme.account
    if post.state is PostState.TAKEN_DOWN:
        return _done(post, account, done_by)
    if asked is None:
        return _question(account, may_app=may_app)
    if asked.by_hand:
        return _by_hand(asked, is_comms=is_comms)
    return _under_way(asked, is_comms=is_comms, at=at)


def _question(account: str, *, may_app: bool) -> Standing:
    by_us = _(
        "It goes from @%(account)s, with its likes and comments. It cannot be brought back.",
        account=account,
    )
    by_hand = _(
        "The app cannot delete it from @%(account)s as things stand: a person has to, on "
        "Instagram. Asked for here, comms is told at once.",
        account=account,
    )
    return Standing(_("Take it down?"), by_us if may_app else by_hand)


def _done(post: Post, account: str, name: str) -> Standing:
    """What nobody but a person has seen is said as theirs."""
    seen = seen_when_said_gone(post)
    if seen is None:
        words = _("Nobody can see it on @%(account)s any more.", account=account)
        return Standing(_("It is no longer on the account"), words)
    facts = {"name": name, "when": clock_of(post.week.programme, post.history[-1].at)}
    if seen is Seen.GONE:
        words = _("%(name)s says so, %(when)s.", **facts)
        looked = _("The app has looked: @%(account)s does not show it any more.", account=account)
        return Standing(_("It is no longer on the account"), f"{words} {looked}")
    words = _("%(name)s says that it is gone, %(when)s.", **facts)
    looked = (
        _("When the app looked, Instagram still showed it.")
        if seen is Seen.THERE
        else _("The app could not look.")
    )
    return Standing(_("Said to be gone from the account"), f"{words} {looked}")


def _by_hand(asked: Takedown, *, is_comms: bool) -> Standing:
    why = _("%(why)s.", why=why_left_to_person(asked))
    next_ = (
        _("Open it on Instagram, delete it there, then come back and say so.")
        if is_comms
        else _("Comms has been told, and takes it down by hand.")
    )
    return Standing(
        _("It has to be taken down by hand"),
        f"{why} {next_}",
        look_again=LATER,
        is_for_hands=True,
    )


def _under_way(asked: Takedown, *, is_comms: bool, at: datetime) -> Standing:
    due = asked.next_try_at or at
    if not asked.tries and at - due <= LATE:
        words = _("This takes a moment. The page tells you when it is done.")
        return Standing(_("It is being taken down"), words, SOON)
    if not asked.tries:
        words = _("The app has not come to it so far.")
    elif due <= at:
        words = _("%(why)s. The app is trying again.", why=_why(asked))
    else:
        when = clock_of(asked.post.week.programme, due)
        words = _("%(why)s. The app tries again %(when)s.", why=_why(asked), when=when)
    if is_comms:
        words += " " + _("Or delete it on Instagram yourself, and say so here.")
    look_again = LATER if asked.tries and due > at else SOON
    return Standing(_("It is not taken down yet"), words, look_again, is_for_hands=True)


def _why(asked: Takedown) -> str:
    return str(trouble_of(asked.trouble).why)
