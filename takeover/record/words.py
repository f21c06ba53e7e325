"""What the record's actions and objects are called on screen."""

from datetime import datetime

from flask_babel import format_datetime
from flask_babel import lazy_gettext as _

# By the table an object lies in.
KINDS = {
    "people": _("Person"),
    "nominations": _("Nomination"),
    "invitations": _("Invitation"),
    "consents": _("Consent"),
    "weeks": _("Week"),
    "briefs": _("Brief"),
    "posts": _("Post"),
    "media": _("Photo or video"),
    "programmes": _("Programme"),
    "connections": _("Connection to the account"),
    "reviews": _("Review"),
}


# By the action's own name, or by the state that a thing moved to.
ACTIONS = {
    "account_connected": _("Account connected"),
    "account_disconnected": _("Account disconnected"),
    "account_looked_at": _("Account looked at, and let go on"),
    "account_renewed": _("Access to the account renewed"),
    "account_resealed": _("Access to the account encrypted with the newest key"),
    "account_stopped": _("Account stopped: a person has to look"),
    "added_to_post": _("First comment, comments or location set"),
    "brief_composed": _("Brief composed"),
    "brief_read": _("Brief read"),
    "consent_given": _("Consent given"),
    "consent_withdrawn": _("Consent withdrawn"),
    "details_changed": _("Name, language or time zone changed"),
    "invitation_handed_over": _("Invitation handed over"),
    "invited_again": _("Invited again"),
    "original_erased": _("Original erased"),
    "password_set": _("Password set"),
    "pause_explained": _("Reason for the pause written"),
    "paused": _("Paused"),
    "person_added": _("Person added"),
    "picture_added": _("Photo or video added"),
    "picture_cut": _("Another part shown"),
    "picture_removed": _("Photo or video removed"),
    "pictures_ordered": _("Photos and videos put in another order"),
    "placed": _("Placed again"),
    "post_edited": _("Post changed"),
    "post_shaped": _("Shape or place chosen"),
    "programme_begun": _("Programme begun"),
    "resumed": _("Resumed"),
    "role_given": _("Role given"),
    "role_taken": _("Role taken away"),
    "settings_changed": _("Settings changed"),
    "sign_in_link_made": _("Sign-in link made"),
    "signed_in_by_link": _("Signed in by a link"),
    "signed_in_by_password": _("Signed in by password"),
    "signed_out_everywhere": _("Signed out everywhere"),
    "address_corrected": _("Its address on the account corrected"),
    "slot_moved": _("Moved to another time"),
    "found_still_there": _("Found to be still on the account"),
    "tended_by_hand": _("Comments seen to by hand"),
    "takedown_asked": _("Takedown asked for"),
    "takedown_tried_again": _("Takedown left to the application again"),
    "taken_down": _("Taken down"),
    "turned_up_gone": _("Turned up on the account, and said to be gone"),
    "turned_up_stays": _("Turned up on the account, and may stay"),
    "submission_asked": _("To be submitted when ready"),
    "submission_called_off": _("Not to be submitted after all"),
    "submission_ended": _("Could not be submitted"),
    "week_given": _("Week given"),
    "week_taken_back": _("Week taken back"),
    "draft": _("Draft"),
    "submitted": _("Submitted"),
    "changes_requested": _("Changes requested"),
    "rejected": _("Rejected"),
    "approved": _("Approved"),
    "publishing": _("Publishing"),
    "uncertain": _("Uncertain"),
    "failed": _("Failed"),
    "missed": _("Missed"),
    "published": _("Published"),
    "withdrawn": _("Withdrawn"),
    "arriving": _("Upload begun"),
    "received": _("Received"),
    "cancelled": _("Cancelled"),
    "ready": _("Ready"),
    "refused": _("Refused"),
    "nominated": _("Nominated"),
    "invited": _("Invited"),
    "accepted": _("Said yes"),
    "declined": _("Said no"),
    "stepped_down": _("Stepped down"),
}
FACTS = {
    "changed": _("Changed"),
    "country": _("Country"),
    "digest": _("Digest"),
    "from_slot": _("Was to go out"),
    "invitation": _("Invitation"),
    "language": _("Language"),
    "media_id": _("Number on the account"),
    "picture": _("Photo or video"),
    "publisher": _("Publisher"),
    "role": _("Role"),
    "seen": _("Seen by the application"),
    "shape": _("Shape"),
    "slot_at": _("Slot"),
    "starts_on": _("Begins on"),
    "surface": _("Place"),
    "tries": _("Tries"),
    "version": _("Version"),
    "why": _("Why"),
}


def kind_words(kind: str) -> str:
    return str(KINDS.get(kind) or kind)


def action_words(action: str) -> str:
    """What an action, or the state that something moved to, is called on screen."""
    return str(ACTIONS.get(action) or action)


def fact_words(name: str) -> str:
    return str(FACTS.get(name) or name)


def exact_moment(at: datetime) -> str:
    """`24 Nov 2026, 12:15:03`, on the reader's clock: the record goes back for years."""
    return format_datetime(at, "d MMM y, HH:mm:ss")
