"""What anybody can see on an account of the rehearsal: posts, what they show, and comments."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from takeover.instagram.publisher import Kind

STORY_LASTS = timedelta(hours=24)
_SHORTCODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo that was looked at and taken."""

    data: bytes
    width: int
    height: int
    alt_text: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A clip that was looked at and taken. `duration` is in seconds."""

    data: bytes
    width: int
    height: int
    duration: float
    cover: Photo | None = None
    alt_text: str = ""
    tags: tuple[str, ...] = ()


Item = Photo | Video


@dataclass(slots=True, kw_only=True)
class Comment:
    id: str
    text: str
    username: str
    at: datetime
    hidden: bool = False


@dataclass(slots=True, kw_only=True)
class Post:
    """`pk` names it in the app's API, `media_id` in the Graph API, `code` in its address."""

    pk: int
    code: str
    media_id: str
    kind: Kind
    items: tuple[Item, ...]
    upload_id: str  # as whoever uploaded it named it
    taken_at: datetime
    caption: str
    location: str = ""
    cover: Photo | None = None
    comments: list[Comment] = field(default_factory=list)
    comments_enabled: bool = True
    through: str = "private"  # or "graph": the door it came in by

    @property
    def photo(self) -> Photo:
        """What stands for it in the grid: the cover, or the first thing that has a picture."""
        for item in self.items:
            if isinstance(item, Photo):
                return self.cover or item
            if self.cover or item.cover:
                return self.cover or item.cover  # type: ignore[return-value]
        return Photo(data=b"", width=1, height=1)

    @property
    def alt_text(self) -> str:
        return self.items[0].alt_text

    @property
    def has_video(self) -> bool:
        return any(isinstance(item, Video) for item in self.items)

    def is_live(self, at: datetime) -> bool:
        """A story is gone after a day."""
        return self.kind is not Kind.STORY or at < self.taken_at + STORY_LASTS

    def path(self, username: str) -> str:
        """Its address on the site, from the first slash on."""
        if self.kind is Kind.STORY:
            return f"/stories/{username}/{self.pk}/"
        return f"/reel/{self.code}/" if self.kind is Kind.REEL else f"/p/{self.code}/"


def shortcode(pk: int) -> str:
    """The letters a post's address is made of: its number in base 64."""
    letters = ""
    while pk:
        pk, rest = divmod(pk, 64)
        letters = _SHORTCODE[rest] + letters
    return letters
