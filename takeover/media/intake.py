"""Taking a file in: what it is, by its content; whether we can use it; the original kept apart."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from takeover.media.models import Media, MediaState
from takeover.media.photos.rendering import inspect
from takeover.media.store import Store
from takeover.people.models import Person


def take_in(data: bytes, *, session: Session, store: Store, by: Person, at: datetime) -> Media:
    """Keep an upload and put it in line for preparing. Raises Refused, and then keeps nothing.

    The original goes into the store as it came, with all it says about where and by what it was
    taken; nobody but its owner is ever given it.
    """
    facts = inspect(data)
    media = Media(
        owner_id=by.id,
        state=MediaState.RECEIVED,
        format=facts.format.value,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        original_key=store.put(data, suffix=facts.format.suffix),
        received_at=at,
    )
    session.add(media)
    session.flush()
    media.begin(by=by, at=at)
    return media
