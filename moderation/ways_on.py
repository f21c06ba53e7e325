"""What comms can do about a post that did not go out: what helps, first."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from moderation.forms import ReasonForm, RejectForm
from moderation.placing import PLACERS
from moderation.reviewing import NOT_OUT
from moderation.with_post import is_kept_by_location
from takeover.people.models import Person, Role
from takeover.posts.digest import digest_of
from takeover.posts.models import Post, PostState
from takeover.posts.rules import is_open
from takeover.posts.trouble import trouble_of


class Way(StrEnum):
    WITHOUT_LOCATION = "without_location"
    HAVE_IT_REMOVED = "have_it_removed"
    PLACE = "place"
    ASK = "ask"
    TAKE_OUT = "take_out"


@dataclass(frozen=True, slots=True)
class WaysOn:
    ways: list[Way]
    slot: datetime | None  # the next free one of its week
    digest: str
    ask: ReasonForm
    out: RejectForm


def ways_on(
    post: Post,
    *,
    session: Session,
    reader: Person,
    reason: str,
    slot: datetime | None,
    at: datetime,
    ask: ReasonForm | None = None,
    out: RejectForm | None = None,
) -> WaysOn | None:
    """None where there is nothing that this reader can do. `reason` is why it did not go out;
    `ask` and `out` are what came back wrong."""
    ways = _ways(post, session=session, reader=reader, reason=reason, at=at)
    if not ways:
        return None
    found = WaysOn(
        ways=ways,
        slot=slot,
        digest=digest_of(post),
        ask=ask or ReasonForm(formdata=None),
        out=out or RejectForm(formdata=None),
    )
    found.ask.reason.id, found.out.reason.id = f"ask-{post.id}", f"out-{post.id}"
    return found


def _ways(post: Post, *, session: Session, reader: Person, reason: str, at: datetime) -> list[Way]:
    if post.state not in NOT_OUT:
        return []
    decides = Role.APPROVER in reader.roles and post.author_id != reader.id
    may_go_out = is_open(post.week, at=at)
    fails_again = post.state is PostState.FAILED and trouble_of(reason).is_in_the_post
    ways = []
    if may_go_out and is_kept_by_location(post, session=session):
        ways.append(Way.WITHOUT_LOCATION if decides else Way.HAVE_IT_REMOVED)
    elif may_go_out and not fails_again and not reader.roles.isdisjoint(PLACERS):
        ways.append(Way.PLACE)
    if decides:
        ways += [Way.ASK, Way.TAKE_OUT] if may_go_out else [Way.TAKE_OUT]
    return ways
