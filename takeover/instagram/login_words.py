"""What a person reads who wants to connect an account, and is kept out: why, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from takeover.instagram.graph.credentials import HostName
from takeover.instagram.graph.hurdles import Hurdle

_READ = lazy_gettext("see the account and what is on it")
_PUBLISH = lazy_gettext("publish posts")
_COMMENT = lazy_gettext("write the first comment, and switch comments off")

PURPOSES: Mapping[str, LazyString] = {
    "instagram_basic": _READ,
    "instagram_content_publish": _PUBLISH,
    "pages_show_list": lazy_gettext("find the Page that the account is linked to"),
    "pages_read_engagement": lazy_gettext("use the account through its Page"),
    "instagram_manage_comments": _COMMENT,
    "instagram_manage_contents": lazy_gettext("take a published post down"),
    "instagram_business_basic": _READ,
    "instagram_business_content_publish": _PUBLISH,
    "instagram_business_manage_comments": _COMMENT,
}
"""What each permission is for, to go on after “to”."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What keeps us out, in the reader's language. `points` are a list below what happened."""

    what_happened: str
    what_to_do: str
    points: Sequence[str] = ()


def words_of_hurdle(
    hurdle: Hurdle, *, host: HostName, account: str, names: Sequence[str] = ()
) -> Kept:
    login = "Facebook" if host == "facebook" else "Instagram"
    what_happened = {
        Hurdle.DENIED: _("You said no on %(login)s, so nothing was connected.", login=login),
        Hurdle.STALE: _(
            "This way back from %(login)s is not the one you began last, or it took longer than "
            "half an hour.",
            login=login,
        ),
        Hurdle.CODE: _(
            "%(login)s says that its permission was used already or is old.", login=login
        ),
        Hurdle.APP: _("%(login)s does not know this site’s app, or its secret.", login=login),
        Hurdle.DOWN: _("%(login)s could not be reached, or gave a strange answer.", login=login),
        Hurdle.PERMISSIONS: _("You did not allow all that is needed. Missing:"),
        Hurdle.NO_PAGE: _("You chose no Facebook Page, or you manage none."),
        Hurdle.NOT_LINKED: _(
            "None of the Pages you chose has a professional Instagram account linked to it."
        ),
        Hurdle.PERSONAL: _("That is a personal account. Instagram lets nobody publish to one."),
        Hurdle.WRONG_ACCOUNT: _(
            "You let us into %(given)s, but this programme’s account is @%(account)s.",
            given=", ".join(f"@{name}" for name in names),
            account=account,
        ),
    }[hurdle]
    points = [permission_words(name) for name in names] if hurdle is Hurdle.PERMISSIONS else []
    return Kept(
        what_happened=what_happened,
        what_to_do=_what_to_do(hurdle, login=login, account=account),
        points=points,
    )


def permission_words(name: str) -> str:
    """`instagram_basic, to see the account`."""
    if name not in PURPOSES:
        return name
    return _("%(permission)s, to %(purpose)s", permission=name, purpose=str(PURPOSES[name]))


def _what_to_do(hurdle: Hurdle, *, login: str, account: str) -> str:
    once_more = _("Begin once more with the button below.")
    return {
        Hurdle.DENIED: once_more,
        Hurdle.STALE: once_more,
        Hurdle.CODE: once_more,
        Hurdle.APP: _(
            "Your administrator has to look at the app’s id and secret in this site’s settings."
        ),
        Hurdle.DOWN: _("Nothing was changed. Wait a few minutes, then begin once more."),
        Hurdle.PERMISSIONS: _(
            "Begin once more, and leave all that %(login)s lists switched on.", login=login
        ),
        Hurdle.NO_PAGE: _(
            "Begin once more and tick the Page that @%(account)s is linked to. If it is not in the "
            "list, ask whoever owns the Page to give you full control of it.",
            account=account,
        ),
        Hurdle.NOT_LINKED: _(
            "In the Instagram app of @%(account)s: Settings, Account type: switch to a "
            "professional account. Then, Edit profile, Page: link your Page. Then begin once more.",
            account=account,
        ),
        Hurdle.PERSONAL: _(
            "In the Instagram app of @%(account)s: Settings, Account type: switch to a "
            "professional account. It costs nothing. Then begin once more.",
            account=account,
        ),
        Hurdle.WRONG_ACCOUNT: _(
            "Begin once more and choose @%(account)s; sign out of %(login)s first, if it does not "
            "let you choose. If the account has another name now, change it in the settings.",
            account=account,
            login=login,
        ),
    }[hurdle]
