"""What a post's address says of it, where a person copied it from the account."""

import re
import string
from urllib.parse import SplitResult, urlsplit

from takeover.instagram.doors import SANDBOX
from takeover.instagram.publisher import Handle, OnAccount
from takeover.posts.models import Surface
from takeover.web import public_address, settings

# A post's number in base 64, with these digits. Source: instagrapi's InstagramIdCodec.
_DIGITS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_POST = re.compile(r"/(?:(?P<name>[A-Za-z0-9._]{1,30})/)?(p|reel)/([A-Za-z0-9_-]{5,40})/?")
_STORY = re.compile(r"/stories/(?P<name>[A-Za-z0-9._]{1,30})/([0-9]{5,25})/?")
_SANDBOX = re.compile(r"post-([1-9][0-9]{0,8})")


class NotAPermalink(Exception):
    """That is not the address of a post on Instagram."""


def on_account(
    address: str, *, door: str, handle: Handle, account: str, surface: Surface
) -> OnAccount:
    """Where that address says the post is that was sent by this door with this handle, to that
    account, there. Raises NotAPermalink, also where it can only be of something else.

    Only the post's number is believed: the address that people follow is made here.
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError as error:
        raise NotAPermalink from error
    if door == SANDBOX:
        return _on_sandbox(parts, account)
    number, site = _number_in(parts.path), _sites().get(parts.hostname or "")
    if number is None or site is None or parts.scheme not in {"http", "https"}:
        raise NotAPermalink
    if not _may_be(parts.path, account=account, surface=surface):
        raise NotAPermalink
    # As `answers.on_account` names it, so that no two posts of ours can be the same one of theirs.
    names = (str(number), handle.get("account_pk", ""))
    return OnAccount(media_id="_".join(filter(None, names)), permalink=site + _path_of(parts.path))


def _may_be(path: str, *, account: str, surface: Surface) -> bool:
    story = _STORY.fullmatch(path)
    named = story or _POST.fullmatch(path)
    name = named["name"] if named else None
    is_story = surface is Surface.STORY
    return bool(story) is is_story and (name is None or name.lower() == account.lower())


def address_of_account(account: str, *, door: str) -> str:
    """Where people see what goes out to it by that door."""
    if door == SANDBOX:
        return public_address(f"/sandbox/{account}")
    site = settings().instagram_private_url or "https://www.instagram.com"
    return f"{site.rstrip('/')}/{account}/"


def number_in(address: str) -> int | None:
    """The number that the app knows a post by, from its address; None where it has none."""
    return _number_in(urlsplit(address).path)


def _on_sandbox(parts: SplitResult, account: str) -> OnAccount:
    post = _SANDBOX.fullmatch(parts.fragment)
    if parts.path != f"/sandbox/{account}" or post is None:
        raise NotAPermalink
    where = public_address(f"{parts.path}#{parts.fragment}")
    return OnAccount(media_id=f"sandbox-{int(post[1])}", permalink=where)


def _sites() -> dict[str, str]:
    """Where posts can be seen, by the names an address may have for it."""
    instagram = "https://www.instagram.com"
    sites = {"instagram.com": instagram, "www.instagram.com": instagram}
    stand_in = settings().instagram_private_url
    if stand_in:
        sites[urlsplit(stand_in).hostname or ""] = stand_in.rstrip("/")
    return sites


def _path_of(path: str) -> str:
    """As we write it: a post may be reached by several."""
    if post := _POST.fullmatch(path):
        return f"/{post[2]}/{post[3]}/"
    return f"{path.rstrip('/')}/"


def _number_in(path: str) -> int | None:
    if story := _STORY.fullmatch(path):
        return int(story[2])
    post = _POST.fullmatch(path)
    return _number(post[3]) if post else None


def _number(code: str) -> int:
    """A private account's posts have longer codes; their number is in the first 11 characters."""
    number = 0
    for digit in code[:11]:
        number = number * 64 + _DIGITS.index(digit)
    return number
