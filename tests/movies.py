"""Videos that are ready, of bytes that no player would take: for what does not look inside."""

from sqlalchemy.orm import Session

from takeover.media.models import Media, MediaState, Rendition
from takeover.media.renditions import RenditionKind
from takeover.media.store import open_store
from takeover.people.models import Person
from takeover.web import settings
from tests.cast import NOW

MOVIE = bytes(range(256)) * 4000


def a_movie(session: Session, owner: Person, *, text: str = "") -> Media:
    """What is published is MOVIE and the text; the original has another byte before it."""
    store = open_store(settings().media_url)
    published = MOVIE + text.encode()
    original = store.put(b"!" + published, suffix=".mov")
    key = store.put(published, suffix=".mp4")
    media = Media(
        owner_id=owner.id,
        state=MediaState.READY,
        format="mov",
        bytes=len(published) + 1,
        sha256=_digest_in(original),
        original_key=original,
        width=1080,
        height=1920,
        received_at=NOW,
    )
    media.renditions.append(
        Rendition(
            kind=RenditionKind.FEED,
            key=key,
            sha256=_digest_in(key),
            content_type="video/mp4",
            width=1080,
            height=1920,
            bytes=len(published),
        )
    )
    session.add(media)
    session.flush()
    media.begin(by=owner, at=NOW)
    session.commit()
    return media


def _digest_in(key: str) -> str:
    return key.partition("/")[2].partition(".")[0]
