"""Posts at every stage, brought there the way people bring them."""

from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from moderation.reviewing import approve
from takeover.clock import now
from takeover.instagram.models import Connection
from takeover.media import confining
from takeover.media.intake import take_in
from takeover.media.keeping import put_away, record
from takeover.media.made import Made
from takeover.media.models import Media, MediaState
from takeover.media.recipe import Recipe
from takeover.media.recognising import HEAD, recognise
from takeover.media.store import open_store
from takeover.people.models import Person
from takeover.posts.digest import digest_of
from takeover.posts.drafting import draft, submit
from takeover.posts.models import Post
from takeover.programmes.models import Programme
from takeover.web import settings
from takeover.weeks.models import Week
from tests.cast import NOW, Cast


@cache
def a_photo(text: str = "hello", size: tuple[int, int] = (320, 320)) -> bytes:
    """A JPEG of its own for each text."""
    picture = Image.new("RGB", size, "seagreen")
    ImageDraw.Draw(picture).text((20, 20), text, fill="white", font_size=30)
    out = BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def confined(data: bytes, recipe: Recipe = Recipe()) -> Made:  # noqa: B008  # it is frozen
    """What a worker has made of a file. Raises what `confining.make` does."""
    with TemporaryFile() as source, TemporaryFile() as video:
        source.write(data)
        source.seek(0)
        return confining.make(source, recognise(data[:HEAD]), recipe, video=video)


def media_of(session: Session, owner: Person, *, text: str = "hello", **options: Any) -> Media:
    """As it came; `options` are those of `a_photo`."""
    media = _taken_in(session, owner, text=text, **options)
    session.commit()
    return media


def _taken_in(session: Session, owner: Person, *, text: str, **options: Any) -> Media:
    return take_in(
        BytesIO(a_photo(text, **options)),
        spool=Path(settings().uploads_path),
        session=session,
        store=open_store(settings().media_url),
        by=owner,
        at=now(),
    )


def a_connection(session: Session, programme: Programme, **facts: Any) -> Connection:
    """Its account, connected by the official door; nobody opens its keys."""
    made = Connection(
        programme=programme, publisher="graph", sealed_session=b"", connected_at=NOW, **facts
    )
    session.add(made)
    session.commit()
    return made


def ready_media(session: Session, owner: Person, *, text: str = "hello", **options: Any) -> Media:
    """As a worker leaves it, who makes the same of the same photo every time."""
    media = _made_ready(session, owner, text=text, **options)
    session.commit()
    return media


def _made_ready(session: Session, owner: Person, *, text: str, **options: Any) -> Media:
    media = _taken_in(session, owner, text=text, **options)
    store = open_store(settings().media_url)
    record(media, put_away(_made_once(text, **options), None, store=store))
    media.handed_out_at = now()
    media.move(MediaState.READY, by=None, at=now())
    return media


@cache
def _made_once(text: str, **options: Any) -> Made:
    return confined(a_photo(text, **options))


def a_draft(session: Session, cast: Cast, *, caption: str = "Sparks fly", **facts: object) -> Post:
    post = _drafted(session, cast, caption=caption, **facts)
    session.commit()
    return post


def _drafted(session: Session, cast: Cast, *, caption: str, **facts: object) -> Post:
    week = facts.get("week", cast.week)
    assert isinstance(week, Week)
    return draft(
        week,
        _made_ready(session, week.person, text=caption),
        session=session,
        by=week.person,
        at=now(),
        caption=caption,
        alt_text="A welder behind a shower of sparks",
    )


def a_submitted_post(
    session: Session, cast: Cast, *, caption: str = "Sparks fly", **facts: object
) -> Post:
    post = _submitted(session, cast, caption=caption, **facts)
    session.commit()
    return post


def _submitted(session: Session, cast: Cast, **facts: Any) -> Post:
    post = _drafted(session, cast, **facts)
    submit(post, by=post.author, at=now())
    return post


def an_approved_post(
    session: Session,
    cast: Cast,
    *,
    caption: str = "Sparks fly",
    slot_at: datetime | None = None,
    **facts: object,
) -> Post:
    """Due at its next free slot, or at the instant named."""
    post = _submitted(session, cast, caption=caption, **facts)
    approve(post, session=session, digest_seen=digest_of(post), by=cast.amir, at=now())
    if slot_at is not None:
        post.slot_at = slot_at
    session.commit()
    return post
