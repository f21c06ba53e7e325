"""Containers: what Instagram is told to make of a post, before anybody can see it."""

from dataclasses import dataclass
from typing import BinaryIO

from takeover.instagram.publisher import (
    Hosting,
    Kind,
    Ours,
    Outgoing,
    Photo,
    Reason,
    TheirsForGood,
    Video,
)

FEWEST, MOST = 2, 10  # items of a carousel; the app takes more, the API does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One container: the form that asks for it, and the clip whose bytes it waits for."""

    form: dict[str, str]
    clip: BinaryIO | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What this door can do: Instagram Login takes no bytes, and knows no places."""

    hosting: Hosting | None
    takes_bytes: bool
    knows_places: bool


def checked(outgoing: Outgoing, ways: Ways) -> None:
    """Raises TheirsForGood for what Instagram makes nothing of, before anything leaves."""
    kinds = [type(item) for item in outgoing.items]
    fits = {
        Kind.PHOTO: kinds == [Photo],
        Kind.REEL: kinds == [Video],
        Kind.STORY: len(kinds) == 1,
        Kind.CAROUSEL: FEWEST <= len(kinds) <= MOST,
    }
    if not fits[outgoing.kind]:
        raise TheirsForGood(f"{len(kinds)} items are no {outgoing.kind}", reason=Reason.FORMAT)
    if outgoing.location_id and not ways.knows_places:
        raise TheirsForGood("this door knows no places", reason=Reason.PLACE)


def child(outgoing: Outgoing, position: int, ways: Ways) -> Wanted:
    """One item of a carousel."""
    item = outgoing.items[position]
    form = {"is_carousel_item": "true"}
    if isinstance(item, Photo):
        return _photo(outgoing, position, form | _alt_text(item), ways)
    return _clip(outgoing, position, form | {"media_type": "VIDEO"}, ways)


def carousel(outgoing: Outgoing, children: list[str]) -> Wanted:
    """The post around its items, whose containers are given in their order."""
    form = {"media_type": "CAROUSEL", "children": ",".join(children)}
    return Wanted(form=form | _words(outgoing))


def single(outgoing: Outgoing, ways: Ways) -> Wanted:
    """A post of one item."""
    [item] = outgoing.items
    match outgoing.kind, item:
        case Kind.STORY, Photo():
            return _photo(outgoing, 0, {"media_type": "STORIES"}, ways)
        case Kind.STORY, Video():
            return _clip(outgoing, 0, {"media_type": "STORIES"}, ways)
        case _, Photo():
            return _photo(outgoing, 0, _words(outgoing) | _alt_text(item), ways)
        case _, Video():
            form = {"media_type": "REELS", "share_to_feed": "true"}
            form |= _words(outgoing) | _cover(outgoing, item, ways)
            return _clip(outgoing, 0, form, ways)


def _words(outgoing: Outgoing) -> dict[str, str]:
    words = {"caption": outgoing.caption, "location_id": outgoing.location_id}
    return {name: value for name, value in words.items() if value}


def _alt_text(photo: Photo) -> dict[str, str]:
    return {"alt_text": photo.alt_text} if photo.alt_text else {}


def _cover(outgoing: Outgoing, video: Video, ways: Ways) -> dict[str, str]:
    """The approved cover where it can be fetched, else the first picture of the clip."""
    if video.cover and ways.hosting is not None:
        return {"cover_url": ways.hosting.address(outgoing, 0, cover=True)}
    return {"thumb_offset": "0"}


def _photo(outgoing: Outgoing, position: int, form: dict[str, str], ways: Ways) -> Wanted:
    return Wanted(form=form | {"image_url": _address(outgoing, position, ways)})


def _clip(outgoing: Outgoing, position: int, form: dict[str, str], ways: Ways) -> Wanted:
    item = outgoing.items[position]
    if ways.takes_bytes and isinstance(item, Video):
        return Wanted(form=form | {"upload_type": "resumable"}, clip=item.mp4)
    return Wanted(form=form | {"video_url": _address(outgoing, position, ways)})


def _address(outgoing: Outgoing, position: int, ways: Ways) -> str:
    if ways.hosting is None:
        raise Ours("nothing serves the files that Instagram fetches", reason=Reason.CANNOT_FETCH)
    return ways.hosting.address(outgoing, position)
