"""What waits for a decision, oldest first, page by page, however much it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from moderation.models import Decision, Review
from takeover.media.models import Media, Rendition
from takeover.media.renditions import RenditionKind
from takeover.people.models import Person
from takeover.posts.models import Picture, Post, PostKind, PostState, Surface
from takeover.programmes.models import Programme
from takeover.weeks.models import Week

PAGE = 25
CAPTION_START = 240  # characters
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the queue."""

    post_id: int
    caption: str
    submitted_at: datetime
    author: str
    country: str
    job: str
    programme: str
    timezone: str
    starts_on: date
    surface: Surface
    media_id: int
    seconds: float | None  # of the first picture, where it is a video
    width: int
    height: int
    pictures: int
    last_decision: Decision | None

    @property
    def ends_on(self) -> date:
        return self.starts_on + timedelta(days=6)

    @property
    def kind(self) -> PostKind:
        if self.surface is Surface.STORY:
            return PostKind.STORY
        if self.pictures > 1:
            return PostKind.CAROUSEL
        return PostKind.PHOTO if self.seconds is None else PostKind.REEL

    @property
    def was_sent_back(self) -> bool:
        """Whether its author has answered a request for changes with it."""
        return self.last_decision is Decision.REQUEST_CHANGES

    def days_left(self, *, at: datetime) -> int:
        """Midnights until the last day of its week, on the account's clock; below 0 once over."""
        return (self.ends_on - at.astimezone(ZoneInfo(self.timezone)).date()).days

    @property
    def place(self) -> "Place":
        return Place(self.submitted_at, self.post_id)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue, between two posts; the later of two posts has the later place."""

    submitted_at: datetime
    post_id: int

    def __str__(self) -> str:
        return f"{(self.submitted_at - EPOCH) // timedelta(microseconds=1)}-{self.post_id}"


def place_of(text: str | None) -> Place | None:
    """The place that `str` made that text of; None where nothing made it."""
    micros, _, post_id = (text or "").partition("-")
    if not (micros.isascii() and micros.isdigit() and post_id.isascii() and post_id.isdigit()):
        return None
    try:
        return Place(EPOCH + timedelta(microseconds=int(micros)), min(int(post_id), 2**31 - 1))
    except OverflowError:
        return None


def how_many_wait(session: Session, *, but: Person | None = None) -> int:
    """Of all; or but for that person's own, about which others decide."""
    asked = select(func.count()).select_from(Post).where(Post.state == PostState.SUBMITTED)
    if but is not None:
        asked = asked.where(Post.author_id != but.id)
    return session.scalar(asked) or 0


def waiting_after(session: Session, place: Place | None, *, most: int) -> list[Waiting]:
    """The first so many that wait after that place, or of all."""
    found = _waiting().order_by(Post.submitted_at, Post.id).limit(most)
    if place is not None:
        found = found.where(
            Post.submitted_at >= place.submitted_at,
            or_(
                Post.submitted_at > place.submitted_at,
                and_(Post.submitted_at == place.submitted_at, Post.id > place.post_id),
            ),
        )
    return _read(session, found)


def waiting_before(session: Session, place: Place, *, most: int) -> list[Waiting]:
    """The last so many that wait before that place, oldest first."""
    found = (
        _waiting()
        .where(
            Post.submitted_at <= place.submitted_at,
            or_(
                Post.submitted_at < place.submitted_at,
                and_(Post.submitted_at == place.submitted_at, Post.id < place.post_id),
            ),
        )
        .order_by(Post.submitted_at.desc(), Post.id.desc())
        .limit(most)
    )
    return _read(session, found)[::-1]


def next_waiting(session: Session, post: Post, *, by: Person) -> int | None:
    """The id of the post to look at after this one: the next in line, else the oldest.

    A reader's own posts are passed over; somebody else decides about them.
    """
    line = (
        select(Post.id)
        .where(Post.state == PostState.SUBMITTED, Post.author_id != by.id, Post.id != post.id)
        .order_by(Post.submitted_at, Post.id)
        .limit(1)
    )
    later = line.where(
        or_(
            Post.submitted_at > post.submitted_at,
            and_(Post.submitted_at == post.submitted_at, Post.id > post.id),
        )
    )
    return session.scalar(later) or session.scalar(line)


def _waiting() -> Select[tuple[object, ...]]:
    # Columns, not objects: one statement for a page, whatever hangs on its posts.
    return (
        select(
            Post.id,
            func.substr(Post.caption, 1, CAPTION_START),
            Post.submitted_at,
            Person.name,
            Person.country,
            Person.job,
            Programme.name,
            Programme.timezone,
            Week.starts_on,
            Post.surface,
            Picture.media_id,
            Media.duration,
            Rendition.width,
            Rendition.height,
            _how_many_pictures(),
            _last_decision(),
        )
        .join(Person, Person.id == Post.author_id)
        .join(Week, Week.id == Post.week_id)
        .join(Programme, Programme.id == Post.programme_id)
        .join(Picture, and_(Picture.post_id == Post.id, Picture.position == _first_place()))
        .join(Media, Media.id == Picture.media_id)
        .join(
            Rendition,
            and_(
                Rendition.media_id == Picture.media_id,
                Rendition.kind == RenditionKind.THUMBNAIL,
            ),
        )
        .where(Post.state == PostState.SUBMITTED)
    )


def _first_place() -> ScalarSelect[int]:
    """Where the first one was removed, the places do not begin with 0."""
    every = aliased(Picture)
    return (
        select(func.min(every.position))
        .where(every.post_id == Post.id)
        .correlate(Post)
        .scalar_subquery()
    )


def _how_many_pictures() -> ScalarSelect[int]:
    every = aliased(Picture)
    return select(func.count()).select_from(every).where(every.post_id == Post.id).scalar_subquery()


def _last_decision() -> ScalarSelect[Decision]:
    return (
        select(Review.decision)
        .where(Review.post_id == Post.id)
        .order_by(Review.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _read(session: Session, found: Select[tuple[object, ...]]) -> list[Waiting]:
    rows: Sequence[Sequence[object]] = session.execute(found).all()
    return [Waiting(*row) for row in rows]  # type: ignore[arg-type]
