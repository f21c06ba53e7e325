"""What the Graph API's errors mean, as a table: before the call that publishes, and on it.

Meta's codes, with what the field has learnt of them. One that is not in the table is tried again
before anything was published, and is a doubt once the publishing call has left.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus

from takeover.instagram.graph.answers import GraphError
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    CannotTakeDown,
    Ours,
    OutcomeUnknown,
    PublishingError,
    Reason,
    StillProcessing,
    TheirsForGood,
    TheirsForNow,
)


class Do(StrEnum):
    WAIT = "wait"  # nothing was published: the same step again, later
    ANEW = "anew"  # nothing was published: again with a new container, a few times
    POLL = "poll"  # nothing was published: Instagram is not done with the container
    MEND = "mend"  # a person changes the post
    CALL = "call"  # a person looks after the account
    HOST = "host"  # a person looks after the files' addresses, which are ours
    DOUBT = "doubt"  # it may have been published
    DOUBT_AND_CALL = "doubt_and_call"


SOON = timedelta(minutes=1)
LATER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Line:
    """`at_last` is for what was tried ANEW too often; `wait` for WAIT and ANEW."""

    reason: Reason
    before: Do
    publishing: Do = Do.DOUBT
    at_last: Do = Do.MEND
    wait: timedelta = SOON


_LIMITED = Line(Reason.RATE_LIMITED, Do.WAIT, wait=LATER)
_DEAD_KEY = Line(Reason.TOKEN, Do.CALL, Do.DOUBT_AND_CALL)
_TEMPORARY = Line(Reason.TEMPORARY, Do.WAIT)
_UPLOAD = Line(Reason.UPLOAD, Do.ANEW)
_UNREACHABLE = Line(Reason.NETWORK, Do.WAIT)
_UNKNOWN = Line(Reason.OTHER, Do.WAIT, wait=timedelta(minutes=5))
_NOT_THEIRS = Line(Reason.TEMPORARY, Do.WAIT, wait=timedelta(minutes=5))
_FORBIDDEN = Line(Reason.PERMISSION, Do.CALL, Do.CALL)

# By (code, subcode); a subcode of None stands for every other.
TABLE: dict[tuple[int, int | None], Line] = {
    (-2, 2207003): Line(Reason.CANNOT_FETCH, Do.ANEW, at_last=Do.HOST),
    (-2, 2207020): Line(Reason.MEDIA_EXPIRED, Do.ANEW, Do.ANEW),
    (-1, 2207001): _TEMPORARY,
    (-1, 2207032): _UPLOAD,
    (-1, 2207053): _UPLOAD,
    (-1, 2207082): _UPLOAD,
    (1, None): _TEMPORARY,
    (1, 2207057): Line(Reason.FORMAT, Do.MEND),
    (2, None): _TEMPORARY,
    # Seen although the post was published.
    (4, 2207051): Line(Reason.SPAM_BLOCK, Do.CALL, Do.DOUBT_AND_CALL),
    (4, None): _LIMITED,
    (9, 2207042): Line(Reason.QUOTA, Do.WAIT, Do.WAIT, wait=timedelta(hours=1)),
    (10, None): _FORBIDDEN,
    (17, None): _LIMITED,
    (24, 2207006): Line(Reason.MEDIA_EXPIRED, Do.ANEW, at_last=Do.CALL),
    # May also be the answer to publishing what is published.
    (24, 2207008): Line(Reason.MEDIA_EXPIRED, Do.ANEW),
    (25, 2207050): Line(Reason.RESTRICTED, Do.CALL, Do.CALL),
    (32, None): _LIMITED,
    # Not readable: also for a moment after it was made. See `preparing` for what never is.
    (100, 33): _TEMPORARY,
    (100, 2207023): Line(Reason.FORMAT, Do.MEND),
    (100, 2207028): Line(Reason.FORMAT, Do.MEND),
    (100, 2207035): Line(Reason.TAGS, Do.MEND),
    (100, 2207036): Line(Reason.TAGS, Do.MEND),
    (100, 2207037): Line(Reason.TAGS, Do.MEND),
    (100, 2207040): Line(Reason.TAGS, Do.MEND),
    (102, None): _DEAD_KEY,
    (104, None): _DEAD_KEY,
    (190, None): _DEAD_KEY,
    (190, 459): Line(Reason.CHECKPOINT, Do.CALL, Do.DOUBT_AND_CALL),
    (352, 2207026): Line(Reason.FORMAT, Do.MEND),
    (613, None): _LIMITED,
    (9004, 2207052): Line(Reason.CANNOT_FETCH, Do.ANEW, at_last=Do.HOST),
    (9004, 2207077): Line(Reason.CANNOT_FETCH, Do.ANEW, at_last=Do.HOST),
    (9007, 2207027): Line(Reason.STILL_PROCESSING, Do.POLL, Do.POLL),
    (36000, 2207004): Line(Reason.SIZE, Do.MEND),
    (36001, 2207005): Line(Reason.FORMAT, Do.MEND),
    (36003, 2207009): Line(Reason.RATIO, Do.MEND),
    (36004, 2207010): Line(Reason.CAPTION, Do.MEND),
    (80002, None): _LIMITED,
    **{(code, None): _FORBIDDEN for code in range(200, 300)},
}
GONE = (100, 33)
_NEVER_DELETED = {(-1, 2207073), (-1, 2207085)}
_BY_SUBCODE = {subcode: line for (_, subcode), line in TABLE.items() if subcode}


def line_of(error: GraphError) -> Line:
    """A failure of theirs or of the network says nothing of the post, whatever it names."""
    if error.status == 0:
        return _UNREACHABLE
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _TEMPORARY
    known = TABLE.get((error.code, error.subcode)) or TABLE.get((error.code, None))
    if known is None and not error.code:  # of somebody in between, for all we know
        return _TEMPORARY if error.transient else _NOT_THEIRS
    return known or (_TEMPORARY if error.transient else _UNKNOWN)


def line_of_status(subcode: int) -> Line:
    """Of a container that could not be made, by the number in its `status`; 0: it named none."""
    return _BY_SUBCODE.get(subcode, _UPLOAD)


def before(error: GraphError) -> PublishingError:
    """What it means as long as the publishing call has not left."""
    line = line_of(error)
    return meant(line.before, line, error)


def on_publishing(error: GraphError) -> PublishingError:
    """What it means as the answer to the publishing call."""
    line = line_of(error)
    if not error.left:
        return meant(Do.WAIT, line, error)
    return meant(line.publishing, line, error)


def on_reading(error: GraphError) -> PublishingError:
    """What it means while looking: only a dead key and a limit are more than not having seen."""
    line = line_of(error)
    if line.reason is Reason.RATE_LIMITED or line.before is Do.CALL:
        return meant(line.before, line, error)
    return meant(Do.DOUBT, line, error)


def on_the_side(error: GraphError) -> PublishingError:
    """What it means for a thing done to a published post: no reason to stop the account, where the
    key merely does not reach so far."""
    line = line_of(error)
    if line is _FORBIDDEN:
        return meant(Do.MEND, line, error)
    return before(error)


def on_commenting(error: GraphError) -> PublishingError:
    """As on the side; but a comment that may have been written must not be written twice."""
    if error.left and not error.is_clear:
        return meant(Do.DOUBT, line_of(error), error)
    return on_the_side(error)


def on_taking_down(error: GraphError) -> PublishingError:
    """What a key may not delete, or Instagram cannot, a person must."""
    line = line_of(error)
    if (error.code, error.subcode) in _NEVER_DELETED or line is _FORBIDDEN:
        return CannotTakeDown(str(error), reason=line.reason, said=error.said)
    return before(error)


def meant(do: Do, line: Line, error: GraphError) -> PublishingError:
    """The contract's word for it."""
    text, reason, said = str(error), line.reason, error.said
    match do:
        case Do.WAIT | Do.ANEW:
            wait, is_asked = error.wait or line.wait, error.wait is not None
            return TheirsForNow(text, wait=wait, is_asked=is_asked, reason=reason, said=said)
        case Do.POLL:
            return StillProcessing(text)
        case Do.MEND:
            return TheirsForGood(text, reason=reason, said=said)
        case Do.CALL:
            return AccountNeedsPerson(text, reason=reason, said=said)
        case Do.HOST:
            return Ours(text, reason=reason, said=said)
        case Do.DOUBT | Do.DOUBT_AND_CALL:
            call = do is Do.DOUBT_AND_CALL
            return OutcomeUnknown(
                text, needs_person=call, wait=error.wait, reason=reason, said=said
            )
