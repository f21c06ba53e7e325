"""What an alarm says: what has happened, what to do, and where."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from takeover.i18n import moment
from takeover.instagram.models import Alarm, Takedown
from takeover.instagram.publisher import Reason
from takeover.instagram.who_sees_to_it import CONNECTERS, WHO_CONNECTS, what_to_do_when_stopped
from takeover.people.models import Person
from takeover.posts.trouble import TROUBLES, Trouble, trouble_of
from takeover.posts.words import title


@dataclass(frozen=True, slots=True)
class AlarmWords:
    """In the language of whoever reads them: each is asked for when it is shown."""

    alarm: Alarm
    may_connect: bool  # whoever reads them

    @property
    def subject(self) -> str:
        account = self.alarm.programme.account
        return {
            "uncertain": _("Is this post on @%(account)s? Please look", account=account),
            "failed": _("A post for @%(account)s did not go out", account=account),
            "missed": _("A post for @%(account)s was not out in time", account=account),
            "missed_several": ngettext(
                "One post for @%(account)s was not out in time",
                "%(num)d posts for @%(account)s were not out in time",
                self._how_many,
                account=account,
            ),
            "in_vain": ngettext(
                "One post for @%(account)s waits too long",
                "%(num)d posts for @%(account)s wait too long",
                self._how_many,
                account=account,
            ),
            "not_tended": _("A post on @%(account)s needs its comments seen to", account=account),
            "altered": _("A post on @%(account)s has another caption", account=account),
            "turned_up": _("A post that was taken back is on @%(account)s", account=account),
            "take_down": _("Please take a post down from @%(account)s", account=account),
            "stopped": _("Nothing goes out to @%(account)s until somebody looks", account=account),
            "expires": _("Access to @%(account)s has ended", account=account)
            if self._has_ended
            else _("Access to @%(account)s ends soon", account=account),
        }[self.alarm.kind]

    @property
    def what_happened(self) -> str:
        why = str(self._trouble.why)
        name = title(self.alarm.post)[:80] if self.alarm.post else ""
        return {
            "uncertain": _(
                "Instagram gave no clear answer when “%(post)s” was sent, and we could not find "
                "out whether it is there.",
                post=name,
            ),
            "failed": _("“%(post)s” did not go out. %(why)s.", post=name, why=why),
            "missed": _("“%(post)s” could not go out at its time.", post=name),
            "missed_several": self._what_was_missed,
            "in_vain": self._what_will_be_missed,
            "not_tended": _(
                "“%(post)s” is out. Its first comment, or switching comments off, failed. %(why)s.",
                post=name,
                why=why,
            ),
            "altered": _(
                "“%(post)s” is out, but Instagram shows another caption than the approved one, or "
                "none.",
                post=name,
            ),
            "turned_up": _(
                "“%(post)s” was sent before it was taken back, and has turned up on the account.",
                post=name,
            ),
            "take_down": _("“%(post)s” is to be taken down. %(why)s.", post=name, why=why)
            if self.alarm.facts.get("reason") == Reason.STILL_THERE
            else _(
                "“%(post)s” is to be taken down, and we cannot do it. %(why)s.", post=name, why=why
            ),
            "stopped": _("%(why)s. Nothing more is sent; nothing is lost.", why=why),
            "expires": self._how_it_ends,
        }[self.alarm.kind]

    @property
    def what_to_do(self) -> str:
        return {
            "uncertain": _(
                "Look on the account, then say on the page of the posts whether it is there."
            ),
            "failed": str(self._trouble.what_to_do_now),
            "missed": _("Its week is over: take it out, or leave it.")
            if _is_past_its_week(self.alarm)
            else _("Give it another time while its week lasts, or leave it."),
            "missed_several": _(
                "Their week is over: take each out, or leave it. The calendar lists them."
            )
            if _is_past_its_week(self.alarm)
            else _(
                "Give each another time while its week lasts, or leave it. One page lists them."
            ),
            "in_vain": _(
                "Give each another time after that while its week lasts, or leave it. One page "
                "lists them."
            ),
            "not_tended": _(
                "Write its first comment on Instagram by hand, or switch comments off there: its "
                "page here says what was approved."
            ),
            "altered": _(
                "Look at it on Instagram, and write the approved caption there by hand, or take "
                "the post down."
            ),
            "turned_up": _(
                "Take it down on Instagram, unless its author and you want it to stay there."
            ),
            "take_down": _("Take it down on Instagram, then say so on the post's page."),
            "stopped": what_to_do_when_stopped(self._trouble, may_connect=self.may_connect),
            "expires": self._what_to_do_about_the_end,
        }[self.alarm.kind]

    @property
    def _what_to_do_about_the_end(self) -> str:
        if not self.may_connect:
            return str(WHO_CONNECTS)
        if self._has_ended:
            return _("Connect the account again. It takes two minutes.")
        return _("Connect the account again before then. It takes two minutes.")

    @property
    def _what_was_missed(self) -> str:
        count = ngettext(
            "One post could not go out at its time.",
            "%(num)d posts could not go out at their times.",
            self._how_many,
        )
        if not self.alarm.facts.get("is_stopped"):
            return count
        return (
            count
            + " "
            + _("More may follow while nothing goes out to the account: you are not told of each.")
        )

    @property
    def _what_will_be_missed(self) -> str:
        until = self.alarm.facts.get("until")
        if until is None:
            return ""
        return ngettext(
            "Instagram asked us to slow down until %(when)s. One post will be missed before that.",
            "Instagram asked us to slow down until %(when)s. %(num)d posts will be missed before "
            "that.",
            self._how_many,
            when=moment(datetime.fromisoformat(until), self.alarm.programme.timezone),
        )

    @property
    def _how_it_ends(self) -> str:
        if self._has_ended:
            return _("Our access to the account has ended. Nothing goes out any more.")
        until = self.alarm.facts.get("until")
        if until is None:  # raised before its end was kept with it
            return _("Instagram ends our access in two weeks at the latest.")
        zone = self.alarm.programme.timezone
        return _(
            "Instagram ends our access on %(when)s.",
            when=moment(datetime.fromisoformat(until), zone),
        )

    @property
    def _how_many(self) -> int:
        return len(self.alarm.facts.get("posts", ()))

    @property
    def _has_ended(self) -> bool:
        return bool(self.alarm.facts.get("is_over"))

    @property
    def _trouble(self) -> Trouble:
        return trouble_of(str(self.alarm.facts.get("reason", "")))


def words_of(alarm: Alarm, reader: Person | None = None) -> AlarmWords:
    """`reader` is None where many read it, who may do different things."""
    may_connect = reader is not None and not reader.roles.isdisjoint(CONNECTERS)
    return AlarmWords(alarm, may_connect)


def why_left_to_person(asked: Takedown) -> str:
    """Why the app could not take it down, as half a sentence."""
    is_named = asked.trouble in TROUBLES  # else it was asked before reasons were kept
    return str(trouble_of(asked.trouble if is_named else "unsupported").why)


def _is_past_its_week(alarm: Alarm) -> bool:
    """Whether nothing that it tells of could be given another time when it was raised."""
    if alarm.post is not None:
        return alarm.post.week.ends <= alarm.raised_at
    return "week" in alarm.facts


def link_of(alarm: Alarm) -> str:
    """The path of the page where something can be done about it."""
    if alarm.kind == "take_down":
        return f"/posts/{alarm.post_id}/take-down"
    if alarm.kind == "missed_several" and "week" in alarm.facts:
        return f"/calendar/{alarm.facts['week']}?programme={alarm.programme.slug}"
    if alarm.kind in ("missed_several", "in_vain"):
        return "/posts"
    if alarm.kind == "uncertain":
        return f"/posts#post-{alarm.post_id}"
    if alarm.post_id is not None:
        return f"/queue/{alarm.post_id}"
    return f"/programmes/{alarm.programme.slug}/account"
