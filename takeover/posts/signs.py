"""The small sign in the corner of a post's picture: what the picture alone does not tell."""

from dataclasses import dataclass

from flask_babel import gettext as _

from takeover.media.models import Media
from takeover.posts.models import Post, PostKind


@dataclass(frozen=True, slots=True)
class Sign:
    seen: str
    heard: str  # the same for those who do not see it
    plays: bool


def sign_of(kind: PostKind, *, pictures: int, seconds: float | None) -> Sign | None:
    """`seconds` are those of the first picture, where it is a video. None for a single photo."""
    if kind is PostKind.CAROUSEL:
        return Sign(str(pictures), _("%(count)d photos and videos", count=pictures), False)
    clip = _("Video, %(length)s long", length=length(seconds)) if seconds is not None else ""
    if kind is PostKind.STORY:  # both words would not fit into a thumbnail
        heard = f"{_('Story')}. {clip}" if clip else _("Story")
        return Sign(_("Story"), heard, bool(clip))
    return Sign(length(seconds), clip, True) if seconds is not None else None


def sign_of_post(post: Post) -> Sign | None:
    seconds = post.pictures[0].media.duration if post.pictures else None
    return sign_of(post.kind, pictures=len(post.pictures), seconds=seconds)


def sign_of_clip(media: Media) -> Sign | None:
    """Of one among a post's pictures; None for a photo, and until its length is known."""
    return sign_of(PostKind.REEL, pictures=1, seconds=media.duration)


def length(seconds: float) -> str:
    """`0:12`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
