"""What a post's address says of it, where a person copied it from the account."""

import re
import string
from urllib.parse import urlsplit

from takeover.instagram.publisher import Handle, OnAccount
from takeover.web import settings

# A post's number in base 64, with these digits. Source: instagrapi's InstagramIdCodec.
_DIGITS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_POST = re.compile(r"/(?:[\w.]{1,30}/)?(?:p|reel)/([\w-]{5,40})/?")
_SANDBOX = re.compile(r"post-(\d{1,9})")


class NotAPermalink(Exception):
    """That is not the address of a post on Instagram."""


def on_account(address: str, *, handle: Handle) -> OnAccount:
    """Where that address says the post is that was sent with this handle. Raises NotAPermalink."""
    parts = urlsplit(address.strip())
    if settings().publisher == "sandbox":
        found = _SANDBOX.fullmatch(parts.fragment)
        if found and parts.path.startswith("/sandbox/"):
            return OnAccount(media_id=f"sandbox-{found[1]}", permalink=address.strip())
        raise NotAPermalink
    post = _POST.fullmatch(parts.path)
    stand_in = urlsplit(settings().instagram_private_url or "").hostname
    if post is None or parts.hostname not in {"instagram.com", "www.instagram.com", stand_in}:
        raise NotAPermalink
    # As `answers.on_account` names it, so that no two posts of ours can be the same one of theirs.
    names = (str(_number(post[1])), handle.get("account_pk", ""))
    return OnAccount(
        media_id="_".join(filter(None, names)),
        permalink=f"{parts.scheme}://{parts.netloc}/p/{post[1]}/",
    )


def _number(code: str) -> int:
    """A private account's posts have longer codes; their number is in the first 11 characters."""
    number = 0
    for digit in code[:11]:
        number = number * 64 + _DIGITS.index(digit)
    return number
