"""To which door and account a publication belongs, and whether its number there can be trusted.

By another door, or on another account, what lies ready is of no use, and a post's number means
something else, or nothing: in the same words in which Instagram says that a post is gone.
"""

from takeover.instagram.doors import NO_DOOR
from takeover.instagram.models import Publication
from takeover.instagram.publisher import SENT_AS, Reason, account_in
from takeover.instagram.working import Work

SETTLED_BY_PERSON = "settled_by_person"
"""In the handle of a post whose number on the account nobody but a person has told us: what would
be deleted by it may be something else, or nothing."""


def belongs_to(publication: Publication, *, door: str, account: str) -> bool:
    return publication.door == door and account_in(publication.handle) == account


def is_of_another(work: Work, publication: Publication) -> bool:
    """Whether what lies ready was made for another account. What names none may be anybody's."""
    account = account_in(publication.handle)
    return bool(account) and account != work.publisher.account


def has_sure_number(publication: Publication) -> bool:
    """Whether Instagram itself has told us its number, to the door that it belongs to."""
    return SETTLED_BY_PERSON not in publication.handle


def why_out_of_reach(work: Work, publication: Publication) -> Reason | None:
    """Why the worker's door can do nothing to what is published; None where it can. NOT_CONNECTED
    where it is shut: another one may do."""
    if not has_sure_number(publication):
        return Reason.SEEN_BY_PERSON
    if work.door == NO_DOOR:
        return Reason.NOT_CONNECTED
    is_ours = belongs_to(publication, door=work.door, account=work.publisher.account)
    return None if is_ours else Reason.ELSEWHERE


def is_seen_from_here(work: Work, publication: Publication) -> bool:
    """Whether what was sent before was sent by the door that the worker has, on its account."""
    sent_by = publication.handle.get(SENT_AS, {}).get("door", publication.door)
    is_its_door = sent_by == work.door
    return is_its_door and account_in(publication.handle) == work.publisher.account
