"""Why posts need somebody, in words for comms: what stopped each, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from takeover.instagram.account_state import AccountState, state_of
from takeover.instagram.doubts import may_come_until
from takeover.instagram.models import Publication
from takeover.instagram.publisher import Reason
from takeover.plain import one_line
from takeover.posts.models import PostState
from takeover.posts.trouble import ANYTHING_ELSE, trouble_of
from takeover.web import settings

NO_ANSWER = frozenset({"", ANYTHING_ELSE, Reason.NETWORK, Reason.TEMPORARY})
"""Of what was sent none of them says that it did not arrive."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a post's way out. `words` are for people; for the log there is the log."""

    reason: str = ""
    words: str = ""
    door: str = ""  # that it was sent by
    looked_for_until: datetime | None = None  # while the account is searched for it
    may_come_until: datetime | None = None  # before that nobody can say that it is not there


NOTHING = Known()


def troubles(session: Session, post_ids: Iterable[int], *, at: datetime) -> dict[int, Known]:
    """By the posts' ids, of those of which something is known."""
    found = session.scalars(
        select(Publication)
        .where(Publication.post_id.in_(list(post_ids)))
        .options(joinedload(Publication.post))
        .order_by(Publication.post_id)
    ).all()
    in_doubt = [one.post for one in found if one.post.state is PostState.UNCERTAIN]
    programmes = {post.programme_id: post.week.programme for post in in_doubt}
    accounts = {id: state_of(one, session=session, at=at) for id, one in programmes.items()}
    return {
        one.post_id: Known(
            one.reason,
            _in_words(one),
            one.door,
            _until(one, accounts.get(one.post.programme_id)),
            may_come_until(one, at=at),
        )
        for one in found
    }


def _in_words(publication: Publication) -> str:
    trouble, state = trouble_of(publication.reason), publication.post.state
    words = []
    if state is PostState.UNCERTAIN and publication.reason in NO_ANSWER:
        words.append(_("No clear answer came back."))
    elif publication.reason:
        words.append(_("%(why)s.", why=str(trouble.why)))
    if state is PostState.FAILED and publication.reason:
        words.append(str(trouble.what_to_do_now))
    if publication.said:
        words.append(_("Instagram says: “%(said)s”", said=one_line(publication.said)))
    return " ".join(words)


def _until(publication: Publication, account: AccountState | None) -> datetime | None:
    """`account`: of what is in doubt. Where nothing is asked of it till then there is nothing to be
    patient for."""
    if account is None or publication.doubted_at is None or publication.next_try_at is None:
        return None
    until = publication.doubted_at + timedelta(seconds=settings().publish_patience)
    is_asked = not account.is_shut and (account.waits_until or account.at) < until
    is_in_doubt = publication.post.state is PostState.UNCERTAIN
    return until if is_in_doubt and is_asked and account.at < until else None
