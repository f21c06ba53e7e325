"""What stops a post on its way out, in plain words: why, and what a person can do about it.

The reasons are those of the publishers' errors; see `takeover.instagram.publisher.Reason`.
"""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from takeover.posts.events import TENDING_WAITS, WAITS
from takeover.posts.models import TAKEDOWN_ASKED, PostEvent
from takeover.programmes.clocks import clock_of
from takeover.programmes.models import Programme

ANYTHING_ELSE = "other"

STOPPED_BY = "stopped_by"
"""The event that says why it did not go out."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """`why` is half a sentence: it may go on with when it is tried again."""

    why: LazyString
    what_to_do: LazyString

    @property
    def what_to_do_now(self) -> LazyString:
        """Once nobody tries again by themselves."""
        return _PLACE if self.what_to_do is _WAIT else self.what_to_do

    @property
    def what_to_do_when_stopped(self) -> LazyString:
        """Of an account to which nothing is sent until somebody has looked."""
        return _LOOK if self.what_to_do is _WAIT else self.what_to_do

    @property
    def needs_new_keys(self) -> bool:
        """Whether nothing helps but connecting the account again."""
        return self.what_to_do is _CONNECT

    @property
    def is_in_the_post(self) -> bool:
        """Whether it fails again as long as the post is as it is."""
        return self.what_to_do is _CHANGE

    @property
    def words_for_author(self) -> str:
        """What became of it, and who does what next."""
        if self.is_in_the_post:
            next_ = _("Comms may ask you to change it; until then you need do nothing.")
        else:
            next_ = _("Comms decides what happens next; you need do nothing.")
        return _("%(why)s.", why=str(self.why)) + " " + next_


_CHANGE = lazy_gettext("An approver asks the author to change it, or takes it out.")
_CONNECT = lazy_gettext("Connect the account again.")
_BY_HAND = lazy_gettext("Do it on Instagram by hand.")
_WAIT = lazy_gettext("Nothing to do yet: it is tried again.")
_PLACE = lazy_gettext("It is not tried again by itself. Give it another time, or leave it.")
_LOOK = lazy_gettext(
    "Look on Instagram whether all is well there; then let the account go on, on its page here."
)
_OPEN_INSTAGRAM = lazy_gettext(
    "Sign in to Instagram on a phone and answer what it asks; then let the account go on, on its "
    "page here."
)

TROUBLES: dict[str, Trouble] = {
    "temporary": Trouble(lazy_gettext("Instagram had trouble of its own"), _WAIT),
    "network": Trouble(lazy_gettext("Instagram could not be reached"), _WAIT),
    "rate_limited": Trouble(lazy_gettext("Instagram asked us to slow down"), _WAIT),
    "quota": Trouble(
        lazy_gettext("The account has published as much as Instagram allows in 24 hours"), _WAIT
    ),
    "spacing": Trouble(lazy_gettext("Another post has just gone out"), _WAIT),
    "still_processing": Trouble(lazy_gettext("Instagram was still busy with the video"), _WAIT),
    "media_expired": Trouble(lazy_gettext("What Instagram had of it was too old"), _WAIT),
    "upload": Trouble(lazy_gettext("The file did not reach Instagram whole"), _WAIT),
    "cannot_fetch": Trouble(
        lazy_gettext("Instagram could not fetch the photo or video"),
        lazy_gettext("Ask your administrator whether this site can be reached from outside."),
    ),
    "format": Trouble(lazy_gettext("Instagram does not take this kind of file"), _CHANGE),
    "size": Trouble(lazy_gettext("Instagram finds the file too large or too small"), _CHANGE),
    "ratio": Trouble(lazy_gettext("Instagram does not take this shape"), _CHANGE),
    "caption": Trouble(lazy_gettext("Instagram does not take this caption"), _CHANGE),
    "tags": Trouble(lazy_gettext("Instagram does not take a tag or mention in it"), _CHANGE),
    "changed": Trouble(lazy_gettext("It is no longer what was approved"), _CHANGE),
    "place": Trouble(
        lazy_gettext("It has a location, and the account takes none as it is connected now"),
        lazy_gettext("Remove the location, or connect the account by Facebook Login."),
    ),
    "spam_block": Trouble(
        lazy_gettext("Instagram has blocked the account for a while"),
        lazy_gettext("Publish nothing for a day, then let the account go on, on its page here."),
    ),
    "slowed_down": Trouble(
        lazy_gettext("Instagram asked us to slow down, and again after every wait"),
        lazy_gettext("Publish nothing for a day, then let the account go on, on its page here."),
    ),
    "sent_before": Trouble(
        lazy_gettext("It was sent before, and we cannot find out whether it is on the account"),
        lazy_gettext("Look on the account, then say on the page of the posts whether it is there."),
    ),
    "token": Trouble(lazy_gettext("Our access to the account has ended"), _CONNECT),
    "permission": Trouble(lazy_gettext("Our access to the account lacks a permission"), _CONNECT),
    "wrong_account": Trouble(
        lazy_gettext("The access we were given is to another account"), _CONNECT
    ),
    "not_connected": Trouble(lazy_gettext("The account is not connected"), _CONNECT),
    "checkpoint": Trouble(lazy_gettext("Instagram wants to see a person"), _OPEN_INSTAGRAM),
    "restricted": Trouble(lazy_gettext("Instagram has restricted the account"), _OPEN_INSTAGRAM),
    "stopped": Trouble(
        lazy_gettext("The account is stopped until somebody has looked after it"), _BY_HAND
    ),
    "elsewhere": Trouble(
        lazy_gettext("It went out by another way than the account is connected by now"), _BY_HAND
    ),
    "seen_by_person": Trouble(lazy_gettext("Only a person has seen where it is"), _BY_HAND),
    "still_there": Trouble(lazy_gettext("It was said to be gone, and is still there"), _BY_HAND),
    "unsupported": Trouble(lazy_gettext("Our way to the account cannot do that"), _BY_HAND),
    ANYTHING_ELSE: Trouble(
        lazy_gettext("Something went wrong that we do not know"),
        lazy_gettext("Ask your administrator to look into the log."),
    ),
}


def trouble_of(reason: str) -> Trouble:
    return TROUBLES.get(reason, TROUBLES[ANYTHING_ELSE])


def words_of_event(event: PostEvent, programme: Programme) -> str:
    """One line of the timeline of a post of that programme, in its reader's language; empty where
    only a newer release than this has words for it."""
    why = str(trouble_of(str(event.facts.get("reason", ""))).why)
    if event.what == STOPPED_BY:
        return _("%(why)s.", why=why)
    if "until" in event.facts:
        until = clock_of(programme, datetime.fromisoformat(event.facts["until"]))
        return _until(event.what, why, until)
    if event.what == "placed":
        slot = datetime.fromisoformat(event.facts["slot_at"])
        if slot <= event.at:
            return _("Comms published it at once")
        return _("Comms gave it another time: %(when)s", when=clock_of(programme, slot))
    words = {
        TAKEDOWN_ASKED: _("Asked to be taken down from the account"),
        "takedown_tried_again": _("The app was asked to try taking it down again"),
        "takedown_by_hand": _("A person has to take it down: %(why)s.", why=why),
        "needs_person": _("Nobody could find out whether it is there. Comms looks on Instagram."),
        "comment_written": _("Its first comment was written"),
        "comments_closed": _("Comments were switched off"),
        "comment_left_out": _("Its first comment is not written any more"),
        "not_tended": _not_tended(str(event.facts.get("missing", "")), why),
        "tended_by_hand": _("Comms saw to its comments by hand"),
        "tending_left_off": _("Its comments are not seen to any more"),
        "altered": _("It is out with another caption than the approved one. Comms has been told."),
        "address_corrected": _("Comms corrected its address on the account"),
        "turned_up": _("It is on Instagram after all, from before. Comms has been told."),
        "turned_up_gone": _("Comms said that it is gone from the account"),
        "turned_up_stays": _("Comms said that it may stay on the account"),
    }
    return words.get(event.what, "")


def _until(what: str, why: str, when: str) -> str:
    return {
        WAITS: _("%(why)s; not tried again before %(when)s.", why=why, when=when),
        TENDING_WAITS: _(
            "Its first comment or the switch for comments failed: %(why)s; trying again %(when)s.",
            why=why,
            when=when,
        ),
        "takedown_waits": _(
            "Taking it down failed: %(why)s; trying again %(when)s.", why=why, when=when
        ),
    }.get(what, "")


def _not_tended(missing: str, why: str) -> str:
    return {
        "comment": _("Its first comment was not written: %(why)s.", why=why),
        "closing": _("Comments were not switched off: %(why)s.", why=why),
    }.get(missing, _("Its first comment or the switch for comments failed: %(why)s.", why=why))
