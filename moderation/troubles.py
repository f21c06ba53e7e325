"""Why posts need somebody, in words for comms: what stopped each, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from takeover.instagram.models import Publication
from takeover.plain import one_line
from takeover.posts.models import PostState
from takeover.posts.trouble import ANYTHING_ELSE, trouble_of
from takeover.web import settings


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a post's way out. `words` are for people; for the log there is the log."""

    reason: str = ""
    words: str = ""
    door: str = ""  # that it was sent by
    looked_for_until: datetime | None = None  # while the account is searched for it


NOTHING = Known()


def troubles(session: Session, post_ids: Iterable[int], *, at: datetime) -> dict[int, Known]:
    """By the posts' ids, of those of which something is known."""
    found = session.scalars(
        select(Publication)
        .where(Publication.post_id.in_(list(post_ids)))
        .options(joinedload(Publication.post))
        .order_by(Publication.post_id)
    )
    return {
        one.post_id: Known(one.reason, _in_words(one), one.door, _until(one, at)) for one in found
    }


def _in_words(publication: Publication) -> str:
    trouble, state = trouble_of(publication.reason), publication.post.state
    words = []
    if state is PostState.UNCERTAIN and publication.reason in {"", ANYTHING_ELSE}:
        words.append(_("No clear answer came back."))
    elif publication.reason:
        words.append(_("%(why)s.", why=str(trouble.why)))
    if state is PostState.FAILED and publication.reason:
        words.append(str(trouble.what_to_do_now))
    if publication.said:
        words.append(_("Instagram says: “%(said)s”", said=one_line(publication.said)))
    return " ".join(words)


def _until(publication: Publication, at: datetime) -> datetime | None:
    if publication.post.state is not PostState.UNCERTAIN or publication.doubted_at is None:
        return None
    until = publication.doubted_at + timedelta(seconds=settings().publish_patience)
    return until if publication.next_try_at is not None and at < until else None
