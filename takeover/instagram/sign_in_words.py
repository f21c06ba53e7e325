"""What a person reads whom Instagram did not let sign in with a password: why, and what to do."""

from datetime import datetime

from flask_babel import gettext as _

from takeover.instagram.login_words import Kept
from takeover.instagram.obstacles import Obstacle
from takeover.programmes.clocks import clock_of
from takeover.programmes.models import Programme


def words_of_obstacle(
    obstacle: Obstacle, *, programme: Programme, until: datetime | None = None
) -> Kept:
    """`until` is when it may be tried again, where that is known."""
    account = programme.account
    by_hand = _(
        "Open the Instagram app as @%(account)s on a phone, confirm that it was you, and wait ten "
        "minutes. Then sign in here once more. Do not try again before: each try makes it worse.",
        account=account,
    )
    what_happened, what_to_do = {
        Obstacle.NOT_BELIEVED: (
            _(
                "Instagram did not let us in: the password is wrong, or it does not trust this "
                "server."
            ),
            _(
                "Try the password in the Instagram app. If it works there, look in the app for a "
                "question whether it was you, say yes, and sign in here once more."
            ),
        ),
        Obstacle.CODE_WANTED: (
            _("The account asks for a second factor."),
            _("Type the code of your authenticator app or of the message, with the password."),
        ),
        Obstacle.CODE_WRONG: (
            _("The password is right, the code is not, or it is too old."),
            _("Wait for the next code, and type it with the password."),
        ),
        Obstacle.NO_SEED: (
            _("What you typed as code is neither a code nor the key that codes are made from."),
            _(
                "A code has six digits, a backup code eight; a key has letters A to Z and digits "
                "2 to 7."
            ),
        ),
        Obstacle.CHECKPOINT: (_("Instagram wants to see a person first."), by_hand),
        Obstacle.SUSPENDED: (
            _("Instagram has suspended this account."),
            _(
                "Open the Instagram app and follow what it says. Until then nothing can be "
                "published."
            ),
        ),
        Obstacle.SLOW_DOWN: (
            _("Instagram asked us to slow down."),
            _("Wait half an hour at least before you try again."),
        ),
        Obstacle.NETWORK_BLOCKED: (
            _("Instagram does not let this server’s address in."),
            _("Ask your administrator for a way out by the office’s own address."),
        ),
        Obstacle.OLD_CLIENT: (
            _("Instagram does not take this version of the client any more."),
            _("Ask your administrator for a new version of this site."),
        ),
        Obstacle.DOWN: (
            _("Instagram could not be reached, or gave a strange answer."),
            _("Nothing was changed."),
        ),
        Obstacle.WRONG_ACCOUNT: (
            _("That is another account; this programme’s is @%(account)s.", account=account),
            _(
                "Sign in as @%(account)s. We have forgotten the other one’s session.",
                account=account,
            ),
        ),
        Obstacle.SENT_ALREADY: (
            _("This form was sent already; Instagram was not asked a second time."),
            _(
                "Go back to the account’s page. If it is not connected a minute from now, sign in "
                "here once more."
            ),
        ),
        Obstacle.UNDER_WAY: (
            _("Somebody is signing in to it at this very moment, so we have not asked Instagram."),
            _("Wait a minute, then look at the account’s page."),
        ),
        Obstacle.LEFT_ALONE: (
            _("It did not work a moment ago, so we have not asked Instagram again."),
            _("Each try makes it worse. Meanwhile look at the account in the Instagram app."),
        ),
    }[obstacle]
    if until is not None:
        what_to_do += " " + _("Sign in here again after %(when)s.", when=clock_of(programme, until))
    return Kept(what_happened=what_happened, what_to_do=what_to_do)
