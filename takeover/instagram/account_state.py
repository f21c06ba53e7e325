"""How a programme stands with its account, in plain words: for its page and the lead's home."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.audit import AuditEntry
from takeover.instagram.doors import SANDBOX, find_connection
from takeover.instagram.ends import has_ended, is_renewed_in_time
from takeover.instagram.login_words import permission_words
from takeover.instagram.looking_after import DEAD_KEYS, blocked_until, reason_of_stop
from takeover.instagram.models import Alarm, Connection
from takeover.instagram.slowing_down import waits_until
from takeover.instagram.who_sees_to_it import WHO_CONNECTS, what_to_do_when_stopped
from takeover.people.models import Person
from takeover.posts.models import Post, PostEvent, PostState
from takeover.posts.trouble import Trouble, trouble_of
from takeover.programmes.clocks import clock_of
from takeover.programmes.models import Programme
from takeover.programmes.pausing import open_pause
from takeover.web import settings

WARN_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    used: int
    total: int
    as_of: datetime

    @property
    def left(self) -> int:
        return max(0, self.total - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTrouble:
    at: datetime
    trouble: Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    programme: Programme
    connection: Connection | None
    stop: Trouble | None  # why nothing is sent any more
    may_go_on: bool  # once somebody has looked; else only new keys help
    blocked_until: datetime | None  # whoever goes on before is kept out for longer
    waits_until: datetime | None  # Instagram asked us to slow down
    is_paused: bool
    at: datetime
    may_connect: bool = True  # whoever reads it

    @property
    def is_shut(self) -> bool:
        """Whether nothing goes out until a person has seen to it."""
        is_missing = self.connection is None and not self.is_sandbox
        return is_missing or self.stop is not None or self.has_ended

    @property
    def has_dead_keys(self) -> bool:
        return self.has_ended or (self.stop is not None and not self.may_go_on)

    @property
    def is_sandbox(self) -> bool:
        return self.connection is None and settings().publisher == SANDBOX

    @property
    def ends_soon(self) -> bool:
        until = self.connection.expires_at if self.connection else None
        return until is not None and until <= self.at + WARN_AHEAD

    @property
    def has_ended(self) -> bool:
        return self.connection is not None and has_ended(self.connection, at=self.at)

    @property
    def word(self) -> str:
        if self.is_sandbox:
            return _("On a page of this site")
        if self.connection is None:
            return _("Not connected")
        if self.stop:
            return _("Stopped")
        if self.has_ended:
            return _("Access has ended")
        if self.waits_until:
            return _("Slowed down")
        return _("Access ends soon") if self.ends_soon else _("Connected")

    @property
    def tone(self) -> str:
        if self.stop or self.has_ended:
            return "stopped"
        if self.is_sandbox:
            return "calm"
        if self.waits_until:
            return "waiting"
        return "attention" if self.connection is None or self.ends_soon else "good"

    @property
    def sentence(self) -> str:
        """What that means, and what to do."""
        if self.is_sandbox:
            return _("Posts appear on a page of this site, and on no Instagram account.")
        if self.connection is None:
            return _("Approved posts wait until the account is connected.")
        if self.stop:
            return _(
                "%(why)s. Nothing is sent, and nothing is lost. %(what_to_do)s",
                why=str(self.stop.why),
                what_to_do=self.what_to_do,
            )
        if self.has_ended:
            if not self.may_connect:
                return _("Nothing can go out.") + " " + str(WHO_CONNECTS)
            return _("Nothing can go out. Connect the account again.")
        if self.waits_until:
            return self._until_when_it_waits
        if self.ends_soon and not self.may_connect:
            return _("Access ends %(when)s.", when=self.days_left) + " " + str(WHO_CONNECTS)
        if self.ends_soon:
            return _(
                "Access ends %(when)s. Connect the account again before then; it takes two "
                "minutes.",
                when=self.days_left,
            )
        if self.is_paused:
            return _("Paused: nothing goes out until somebody resumes it.")
        return _("Approved posts go out by themselves.")

    @property
    def _until_when_it_waits(self) -> str:
        when = clock_of(self.programme, self.waits_until) if self.waits_until else ""
        if self.is_paused:
            return _(
                "Instagram asked us to slow down. It is left alone until %(when)s, and is paused "
                "as well: nothing goes out until somebody resumes it.",
                when=when,
            )
        return _(
            "Instagram asked us to slow down. It is left alone until %(when)s; what waits goes "
            "out after that, but for what is too late by then: the page of the posts says which.",
            when=when,
        )

    @property
    def what_to_do(self) -> str:
        """About a stop: by whoever reads it, or by whom."""
        if self.stop is None:
            return ""
        return what_to_do_when_stopped(self.stop, may_connect=self.may_connect)

    @property
    def is_renewed(self) -> bool:
        """By ourselves, and in time."""
        has_us = self.connection is not None and is_renewed_in_time(self.connection)
        return has_us and not self.ends_soon and not self.has_dead_keys

    @property
    def needs_somebody(self) -> bool:
        return self.tone in ("stopped", "attention")

    @property
    def door(self) -> str:
        if self.connection is None:
            return ""
        if self.connection.publisher != "graph":
            return _("As the Instagram app does (instagrapi), which breaks Instagram’s terms")
        host = self.connection.facts.get("host")
        if host == "instagram":
            return _("Instagram’s official way, by Instagram Login")
        return (
            _("Instagram’s official way, by Facebook Login")
            if host == "facebook"
            else _("Instagram’s official way")
        )

    @property
    def keys_at(self) -> datetime | None:
        """When what opens the account was made or last renewed."""
        if self.connection is None:
            return None
        renewed = _instant(self.connection.facts.get("renewed_at"))
        return renewed or self.connection.connected_at

    @property
    def days_left(self) -> str:
        until = self.connection.expires_at if self.connection else None
        if until is None:
            return ""
        zone = self.programme.zone
        last, today = until.astimezone(zone).date(), self.at.astimezone(zone).date()
        return ngettext("in %(num)s day", "in %(num)s days", max(0, (last - today).days))

    @property
    def keys_age(self) -> str:
        made = self.keys_at
        if made is None:
            return ""
        days = (self.at - made).days
        if days < 1:
            return _("made today")
        return ngettext("%(num)s day old", "%(num)s days old", days)

    @property
    def quota(self) -> Quota | None:
        facts: dict[str, Any] = self.connection.facts if self.connection else {}
        as_of = _instant(facts.get("quota_at"))
        if as_of is None or "quota" not in facts:
            return None
        return Quota(used=facts["quota"][0], total=facts["quota"][1], as_of=as_of)

    @property
    def lacks(self) -> list[str]:
        """What was not allowed, and is missed only where it is wanted."""
        names = self.connection.facts.get("lacks", []) if self.connection else []
        return [permission_words(str(name)) for name in names]


def state_of(
    programme: Programme, *, session: Session, at: datetime, may_connect: bool = True
) -> AccountState:
    connection = find_connection(session, programme.id)
    stopped = connection is not None and connection.stopped_at is not None
    reason = reason_of_stop(connection, session=session) if connection and stopped else ""
    return AccountState(
        programme=programme,
        connection=connection,
        stop=trouble_of(reason) if stopped else None,
        may_go_on=stopped and reason not in DEAD_KEYS,
        blocked_until=blocked_until(connection, reason, at=at) if connection else None,
        waits_until=waits_until(session, programme.id, at=at),
        is_paused=open_pause(session, programme.id) is not None,
        at=at,
        may_connect=may_connect,
    )


def who_connected(connection: Connection, *, session: Session) -> Person | None:
    """None for a command, and for the application itself."""
    return session.scalar(
        select(Person)
        .join(AuditEntry, AuditEntry.by_id == Person.id)
        .where(AuditEntry.object_kind == "connections", AuditEntry.object_id == connection.id)
        .where(AuditEntry.action == "account_connected", AuditEntry.at == connection.connected_at)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )


def last_success(programme: Programme, *, session: Session) -> Post | None:
    return session.scalar(
        select(Post)
        .where(Post.programme_id == programme.id, Post.state == PostState.PUBLISHED)
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(1)
    )


def last_trouble(programme: Programme, *, session: Session) -> PastTrouble | None:
    """What last kept a post from going out, or stopped the account."""
    alarm = session.scalar(
        select(Alarm)
        .where(Alarm.programme_id == programme.id, Alarm.kind.in_(("failed", "stopped")))
        .order_by(Alarm.raised_at.desc(), Alarm.id.desc())
        .limit(1)
    )
    event = session.scalar(
        select(PostEvent)
        .join(Post, Post.id == PostEvent.post_id)
        .where(Post.programme_id == programme.id, PostEvent.what == "waits")
        .order_by(PostEvent.at.desc(), PostEvent.id.desc())
        .limit(1)
    )
    found = [
        PastTrouble(at=at, trouble=trouble_of(str(facts.get("reason", ""))))
        for at, facts in (
            *([(alarm.raised_at, alarm.facts)] if alarm else []),
            *([(event.at, event.facts)] if event else []),
        )
    ]
    return max(found, key=lambda one: one.at, default=None)


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
