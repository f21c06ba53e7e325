"""What an alarm says: what has happened, what to do, and where."""

from dataclasses import dataclass

from flask_babel import gettext as _

from takeover.instagram.models import Alarm
from takeover.posts.trouble import Trouble, trouble_of
from takeover.posts.words import title


@dataclass(frozen=True, slots=True)
class AlarmWords:
    """In the language of whoever reads them: each is asked for when it is shown."""

    alarm: Alarm

    @property
    def subject(self) -> str:
        account = self.alarm.programme.account
        return {
            "uncertain": _("Is this post on @%(account)s? Please look", account=account),
            "failed": _("A post for @%(account)s did not go out", account=account),
            "missed": _("A post for @%(account)s was not out in time", account=account),
            "not_tended": _("A post on @%(account)s lacks its first comment", account=account),
            "take_down": _("Please take a post down from @%(account)s", account=account),
            "stopped": _("Nothing goes out to @%(account)s until somebody looks", account=account),
            "expires": _("Access to @%(account)s ends soon", account=account),
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
            "not_tended": _(
                "“%(post)s” is out. Its first comment, or switching comments off, failed. %(why)s.",
                post=name,
                why=why,
            ),
            "take_down": _("“%(post)s” is to be taken down, and we cannot do it.", post=name),
            "stopped": _("%(why)s. Nothing more is sent; nothing is lost.", why=why),
            "expires": _("Instagram ends our access in two weeks at the latest."),
        }[self.alarm.kind]

    @property
    def what_to_do(self) -> str:
        return {
            "uncertain": _("Look on the account, then say on the post's page whether it is there."),
            "failed": str(self._trouble.what_to_do),
            "missed": _("Give it another time while its week lasts, or leave it."),
            "not_tended": _("Write the comment on Instagram by hand, or let it be."),
            "take_down": _("Take it down on Instagram, then say so on the post's page."),
            "stopped": str(self._trouble.what_to_do),
            "expires": _("Connect the account again before then. It takes two minutes."),
        }[self.alarm.kind]

    @property
    def _trouble(self) -> Trouble:
        return trouble_of(str(self.alarm.facts.get("reason", "")))


def words_of(alarm: Alarm) -> AlarmWords:
    return AlarmWords(alarm)


def link_of(alarm: Alarm) -> str:
    """The path of the page where something can be done about it."""
    if alarm.kind == "take_down":
        return f"/posts/{alarm.post_id}/take-down"
    if alarm.post_id is not None:
        return f"/queue/{alarm.post_id}"
    return f"/programmes/{alarm.programme.slug}/account"
