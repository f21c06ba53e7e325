"""What an approved post waits for whose time has come, and whether it could go out before."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from moderation.clocks import clock_of
from takeover.instagram.account_state import AccountState, state_of
from takeover.instagram.due import gap_before
from takeover.instagram.publisher import Reason
from takeover.instagram.spaced import Line, line_of
from takeover.posts.held_up import ids_held_up
from takeover.posts.models import Post, PostState
from takeover.posts.trouble import trouble_of
from takeover.programmes.models import Programme
from takeover.programmes.pausing import open_pause

A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wait:
    """`until` is None where nothing but a person ends it."""

    words: str
    until: datetime | None = None
    may_go_now: bool = False

    @property
    def is_for_account(self) -> bool:
        return self.until is None


@dataclass(frozen=True, slots=True)
class Outlook:
    """How an account stands, and who waits for it: looked up once for all its posts."""

    account: AccountState
    line: Line
    is_paused: bool
    held_up: frozenset[int]
    """The posts whose time came before or during a pause, of every account."""

    def wait_of(self, post: Post) -> Wait | None:
        """What keeps an approved post, the account first; None where it goes out at its time, and
        where a pause has held it up."""
        if post.state is not PostState.APPROVED or post.slot_at is None:
            return None
        if self.account.is_shut:
            return Wait(_("Waits until somebody has looked at the account."))
        if post.id not in self.line.due:
            return self._wait_beyond(post, post.slot_at)
        return self.wait_at(post, post.slot_at) or self._after_trouble(post)

    def wait_at(self, post: Post, slot: datetime) -> Wait | None:
        """What would keep it if its time were `slot`."""
        spaced = self.line.until(post, slot)
        until = max((one for one in (spaced, self.account.waits_until) if one), default=None)
        if until is None:
            return None
        when = _clock(post, until)
        if until != spaced:
            return _slowed_down(post, until)
        minutes = int(gap_before(post, at=self.line.at, slot=slot).total_seconds() // 60)
        words = _(
            "Goes out %(when)s, %(num)d minutes after the post before it.", when=when, num=minutes
        )
        return Wait(words, until)

    def _wait_beyond(self, post: Post, slot: datetime) -> Wait | None:
        """Of one whose time is to come, as the account stands now."""
        wait = self.wait_at(post, slot) if slot > self.line.at else None
        return wait if wait and wait.until and wait.until > slot else None

    def _after_trouble(self, post: Post) -> Wait | None:
        tried = self.line.due[post.id]
        until = tried.next_try_at
        if until is None or until <= self.line.at or tried.reason in {"", Reason.SPACING.value}:
            return None
        why, when = str(trouble_of(tried.reason).why), _clock(post, until)
        words = _("%(why)s; trying again %(when)s.", why=why, when=when)
        return Wait(words, until, may_go_now=True)


def outlook_of(
    programme: Programme, *, session: Session, at: datetime, may_connect: bool = False
) -> Outlook:
    """`may_connect`: whoever reads it."""
    return Outlook(
        account=state_of(programme, session=session, at=at, may_connect=may_connect),
        line=line_of(session, programme.id, at=at),
        is_paused=open_pause(session, programme.id) is not None,
        held_up=ids_held_up(session, at=at),
    )


def _slowed_down(post: Post, until: datetime) -> Wait:
    when = _clock(post, until)
    return Wait(_("Goes out %(when)s: Instagram asked us to slow down.", when=when), until)


def _clock(post: Post, until: datetime) -> str:
    return clock_of(post.week.programme, _whole_minute(until))


def _whole_minute(instant: datetime) -> datetime:
    """Not before it: who looks at the clock then sees it out."""
    begun = instant.replace(second=0, microsecond=0)
    return begun if begun == instant else begun + A_MINUTE
