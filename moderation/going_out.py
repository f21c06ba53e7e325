"""What an approved post waits for whose time has come, and whether it could go out before."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from takeover.instagram import in_vain
from takeover.instagram.account_state import AccountState, state_of
from takeover.instagram.due import gap_before
from takeover.instagram.publisher import Reason
from takeover.instagram.spaced import Line, line_of
from takeover.posts.held_up import ids_held_up
from takeover.posts.models import Post, PostState
from takeover.posts.trouble import trouble_of
from takeover.programmes.clocks import clock_of
from takeover.programmes.models import Programme


@dataclass(frozen=True, slots=True)
class Wait:
    """`until` is None where nothing but a person ends it."""

    words: str
    until: datetime | None = None
    may_go_now: bool = False
    for_author: str = ""
    """Of a wait that it does not live to see the end of."""

    @property
    def is_in_vain(self) -> bool:
        return bool(self.for_author)

    @property
    def is_for_account(self) -> bool:
        return self.until is None


@dataclass(frozen=True, slots=True)
class Outlook:
    """How an account stands, and who waits for it: looked up once for all its posts."""

    account: AccountState
    line: Line
    held_up: frozenset[int]
    """The posts whose time came before or during a pause, of every account."""

    def wait_of(self, post: Post) -> Wait | None:
        """What keeps an approved post, the account first; None where it goes out at its time, and
        where a pause has held it up."""
        if post.state is not PostState.APPROVED or post.slot_at is None:
            return None
        return self.wait_for(post, post.slot_at)

    def wait_for(self, post: Post, slot: datetime) -> Wait | None:
        """As `wait_of`, with that time."""
        if self.account.is_shut:
            return Wait(_("Waits until somebody has looked at the account."))
        if post.id not in self.line.due:
            return self._wait_beyond(post, slot)
        return self.wait_at(post, slot) or self._after_trouble(post, slot)

    def wait_at(self, post: Post, slot: datetime) -> Wait | None:
        """What would keep it if its time were `slot`."""
        spaced = self.line.until(post, slot)
        until = max((one for one in (spaced, self.account.waits_until) if one), default=None)
        if until is None:
            return None
        when, is_in_vain = _clock(post, until), in_vain.is_in_vain(post, slot=slot, until=until)
        if until != spaced and is_in_vain:
            why = _("Instagram asked us to slow down until %(when)s.", when=when)
            return _in_vain(post, until, why)
        if until != spaced:
            words = _("Goes out %(when)s: Instagram asked us to slow down.", when=when)
            return Wait(words, until)
        minutes = int(gap_before(post, at=self.line.at, slot=slot).total_seconds() // 60)
        if is_in_vain:
            why = _(
                "Its turn would come %(when)s, %(num)d minutes after the post before it.",
                when=when,
                num=minutes,
            )
            return _in_vain(post, until, why)
        words = _(
            "Goes out %(when)s, %(num)d minutes after the post before it.", when=when, num=minutes
        )
        return Wait(words, until)

    def _wait_beyond(self, post: Post, slot: datetime) -> Wait | None:
        """Of one whose time is to come, as the account stands now."""
        wait = self.wait_at(post, slot) if slot > self.line.at else None
        return wait if wait and wait.until and wait.until > slot else None

    def _after_trouble(self, post: Post, slot: datetime) -> Wait | None:
        tried = self.line.due[post.id]
        until = tried.next_try_at
        if until is None or until <= self.line.at or tried.reason in {"", Reason.SPACING.value}:
            return None
        why, when = str(trouble_of(tried.reason).why), _clock(post, until)
        if in_vain.is_in_vain(post, slot=slot, until=until):
            words = _("%(why)s; not tried again before %(when)s.", why=why, when=when)
            return _in_vain(post, until, words, may_go_now=True)
        words = _("%(why)s; trying again %(when)s.", why=why, when=when)
        return Wait(words, until, may_go_now=True)


def outlook_of(
    programme: Programme,
    *,
    session: Session,
    at: datetime,
    may_connect: bool = False,
    held_up: frozenset[int] | None = None,
) -> Outlook:
    """`may_connect`: whoever reads it. `held_up`: where that is known of every account."""
    return Outlook(
        account=state_of(programme, session=session, at=at, may_connect=may_connect),
        line=line_of(session, programme.id, at=at),
        held_up=ids_held_up(session, at=at) if held_up is None else held_up,
    )


def _in_vain(post: Post, until: datetime, why: str, *, may_go_now: bool = False) -> Wait:
    """`why` it waits, and until when, as a sentence."""
    if in_vain.is_past_its_week(post, until=until):
        fate = _("Its week is over by then: it cannot go out in this week.")
        told = _("Your week is over by then, so it may not go out. You need do nothing.")
    else:
        fate = _("That is too late: it will be missed unless it gets another time.")
        told = _("That is too late. Comms may give it another time; you need do nothing.")
    return Wait(f"{why} {fate}", until, may_go_now, for_author=f"{why} {told}")


def _clock(post: Post, until: datetime) -> str:
    return clock_of(post.week.programme, until)
