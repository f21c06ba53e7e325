"""Finding a post on the account: by what it is, never by being the latest."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from takeover.instagram.graph.answers import Answer, GraphError, id_in, objects_in, text_in
from takeover.instagram.graph.client import GraphClient
from takeover.instagram.publisher import CannotTell, Kind, OnAccount, Outgoing

EARLY, LATE = timedelta(seconds=120), timedelta(hours=1)  # their clock; how long publishing may lag
CLOCKS, CALL = timedelta(seconds=5), timedelta(minutes=5)  # the same, for what has no words
_FIELDS = "id,caption,media_type,media_product_type,timestamp,permalink"
_PAGES, _PAGE = 10, 50  # how far back to read the account: 500 posts
_CURSOR = re.compile(r"[A-Za-z0-9_=+/-]{1,500}")
_ADDRESS = re.compile(r"https?://[!-~]{1,500}")

_LOOKS = {
    Kind.PHOTO: ("FEED", {"IMAGE"}),
    Kind.CAROUSEL: ("FEED", {"CAROUSEL_ALBUM"}),
    Kind.REEL: ("REELS", {"VIDEO"}),
    Kind.STORY: ("STORY", {"IMAGE", "VIDEO"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A post as the account's listing has it."""

    media_id: str
    caption: str
    looks: tuple[str, str]  # product type, media type
    at: datetime
    permalink: str

    @property
    def where(self) -> OnAccount:
        return OnAccount(media_id=self.media_id, permalink=self.permalink)


def alike(
    client: GraphClient,
    outgoing: Outgoing,
    *,
    sent_at: datetime,
    is_ours: Callable[[OnAccount], bool],
) -> list[Listed]:
    """The posts that can be it, and that are not known as others of ours. Raises GraphError, and
    CannotTell."""
    return [
        post
        for post in _since(client, outgoing.kind, sent_at - EARLY)
        if post.at <= sent_at + LATE and _is_like(post, outgoing) and not is_ours(post.where)
    ]


def the_only(posts: list[Listed]) -> OnAccount | None:
    """Raises CannotTell where there are several."""
    if len(posts) > 1:
        raise CannotTell("posts of that time cannot be told apart")
    return posts[0].where if posts else None


def of_that_call(posts: list[Listed], *, sent_at: datetime) -> tuple[OnAccount, ...]:
    """Those that a call which left then can have made: somebody may post by hand at any time."""
    made = (post for post in posts if sent_at - CLOCKS <= post.at <= sent_at + CALL)
    return tuple(post.where for post in made)


def same_words(one: str, other: str) -> bool:
    """Whether two texts are the same but for what Instagram changes: captions may come back
    without their @."""
    return _plain(one) == _plain(other)


def address_in(answer: Answer) -> str:
    """A post's permalink; empty where there is none that can be followed."""
    address = text_in(answer, "permalink")
    return address if _ADDRESS.fullmatch(address) else ""


def pages(client: GraphClient, path: str, *, fields: str) -> Iterator[list[Answer]]:
    """Page by page. Raises GraphError; CannotTell where there is no end to them."""
    after: dict[str, str] = {}
    for _ in range(_PAGES):
        answer = client.get(path, fields=fields, page={"limit": str(_PAGE), **after})
        yield objects_in(answer)
        cursor = _next_cursor(answer)
        if cursor is None:
            return
        after = {"after": cursor}
    raise CannotTell("the account's listing has no end")


def _since(client: GraphClient, kind: Kind, since: datetime) -> Iterator[Listed]:
    """Newest first, back to an instant. The API could be asked for that instant; but a question
    that it misunderstood would look like an account without the post."""
    where = "stories" if kind is Kind.STORY else "media"
    for page in pages(client, f"{client.account}/{where}", fields=_FIELDS):
        posts = [_listed(item) for item in page]
        yield from (post for post in posts if post.at >= since)
        if posts and all(post.at < since for post in posts):
            return


def _listed(item: Answer) -> Listed:
    return Listed(
        media_id=id_in(item),
        caption=text_in(item, "caption"),
        looks=(text_in(item, "media_product_type"), text_in(item, "media_type")),
        at=_instant(text_in(item, "timestamp")),
        permalink=address_in(item),
    )


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise GraphError("a post without its instant") from None
    if at.tzinfo is None:
        raise GraphError("a post without its instant")
    return at.astimezone(UTC)


def _is_like(post: Listed, outgoing: Outgoing) -> bool:
    product, media_types = _LOOKS[outgoing.kind]
    if post.looks[0] != product or post.looks[1] not in media_types:
        return False
    return outgoing.kind is Kind.STORY or same_words(post.caption, outgoing.caption)


def _plain(text: str) -> str:
    lines = unicodedata.normalize("NFC", text).replace("@", "").splitlines()
    return "\n".join(line.rstrip() for line in lines).rstrip()


def _next_cursor(answer: Answer) -> str | None:
    """None on the last page. Its `next` is an address with the key in it, and is not followed."""
    paging = answer.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    cursors = paging.get("cursors")
    cursor = cursors.get("after") if isinstance(cursors, dict) else None
    if not isinstance(cursor, str) or not _CURSOR.fullmatch(cursor):
        raise GraphError("a page without its cursor")
    return cursor
