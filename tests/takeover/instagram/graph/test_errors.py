"""Every line of the table of the Graph API's errors, through the real client.

For each: what it means before anything is published, what when it came again and again, and what
as the answer to the call that publishes.
"""

from datetime import timedelta

import pytest

from takeover.instagram.graph import errors
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Ours,
    OutcomeUnknown,
    Reason,
    StillProcessing,
    TheirsForGood,
    TheirsForNow,
)

CREATE, PUBLISH = r"/\d+/media$", "media_publish$"
SOME = [3, 101, 368, 12345]  # codes the table does not know
CALL = "call"  # OutcomeUnknown, and a person besides

# code, subcode, before, when it stays, publishing, reason
LINES = [
    (-2, 2207003, TheirsForNow, Ours, OutcomeUnknown, Reason.CANNOT_FETCH),
    (-2, 2207020, TheirsForNow, TheirsForGood, TheirsForNow, Reason.MEDIA_EXPIRED),
    (-1, 2207001, TheirsForNow, TheirsForNow, OutcomeUnknown, Reason.TEMPORARY),
    (-1, 2207032, TheirsForNow, TheirsForGood, OutcomeUnknown, Reason.UPLOAD),
    (-1, 2207053, TheirsForNow, TheirsForGood, OutcomeUnknown, Reason.UPLOAD),
    (-1, 2207082, TheirsForNow, TheirsForGood, OutcomeUnknown, Reason.UPLOAD),
    (1, 0, TheirsForNow, TheirsForNow, OutcomeUnknown, Reason.TEMPORARY),
    (2, 0, TheirsForNow, TheirsForNow, OutcomeUnknown, Reason.TEMPORARY),
    (1, 2207057, TheirsForGood, TheirsForGood, OutcomeUnknown, Reason.FORMAT),
    (4, 2207051, AccountNeedsPerson, AccountNeedsPerson, CALL, Reason.SPAM_BLOCK),
    *((code, 0, TheirsForNow, TheirsForNow, OutcomeUnknown, Reason.RATE_LIMITED)
      for code in (4, 17, 32, 613, 80002)),
    (9, 2207042, TheirsForNow, TheirsForNow, TheirsForNow, Reason.QUOTA),
    (24, 2207006, TheirsForNow, AccountNeedsPerson, OutcomeUnknown, Reason.MEDIA_EXPIRED),
    (24, 2207008, TheirsForNow, TheirsForGood, OutcomeUnknown, Reason.MEDIA_EXPIRED),
    (25, 2207050, AccountNeedsPerson, AccountNeedsPerson, AccountNeedsPerson, Reason.RESTRICTED),
    (100, 2207023, TheirsForGood, TheirsForGood, OutcomeUnknown, Reason.FORMAT),
    (100, 2207028, TheirsForGood, TheirsForGood, OutcomeUnknown, Reason.FORMAT),
    (100, 2207035, TheirsForGood, TheirsForGood, OutcomeUnknown, Reason.TAGS),
    (100, 2207036, TheirsForGood, TheirsForGood, OutcomeUnknown, Reason.TAGS),
    (100, 2207037, TheirsForGood, TheirsForGood, OutcomeUnknown, Reason.TAGS),
    (100, 2207040, TheirsForGood, TheirsForGood, OutcomeUnknown, Reason.TAGS),
    (352, 2207026, TheirsForGood, TheirsForGood, OutcomeUnknown, Reason.FORMAT),
    (9004, 2207052, TheirsForNow, Ours, OutcomeUnknown, Reason.CANNOT_FETCH),
    (9004, 2207077, TheirsForNow, Ours, OutcomeUnknown, Reason.CANNOT_FETCH),
    (9007, 2207027, StillProcessing, StillProcessing, StillProcessing, Reason.STILL_PROCESSING),
    (36000, 2207004, TheirsForGood, TheirsForGood, OutcomeUnknown, Reason.SIZE),
    (36001, 2207005, TheirsForGood, TheirsForGood, OutcomeUnknown, Reason.FORMAT),
    (36003, 2207009, TheirsForGood, TheirsForGood, OutcomeUnknown, Reason.RATIO),
    (36004, 2207010, TheirsForGood, TheirsForGood, OutcomeUnknown, Reason.CAPTION),
    *((code, 0, AccountNeedsPerson, AccountNeedsPerson, AccountNeedsPerson, Reason.PERMISSION)
      for code in (10, 200, 230, 299)),
    (100, 33, TheirsForNow, TheirsForNow, OutcomeUnknown, Reason.TEMPORARY),
    (102, 0, AccountNeedsPerson, AccountNeedsPerson, CALL, Reason.TOKEN),
    (104, 0, AccountNeedsPerson, AccountNeedsPerson, CALL, Reason.TOKEN),
    *((190, sub, AccountNeedsPerson, AccountNeedsPerson, CALL, Reason.TOKEN)
      for sub in (0, 458, 460, 463, 464, 467, 999)),
    (190, 459, AccountNeedsPerson, AccountNeedsPerson, CALL, Reason.CHECKPOINT),
    *((code, 0, TheirsForNow, TheirsForNow, OutcomeUnknown, Reason.OTHER) for code in SOME),
]  # fmt: skip
IDS = [f"{code}/{subcode}" for code, subcode, *_ in LINES]


def refusal(code, subcode=0, *, said="", transient=False):
    error = {
        "message": "Something in English",
        "type": "OAuthException",
        "code": code,
        "is_transient": transient,
        "error_user_msg": said,
        "fbtrace_id": "AbC-1_2",
    }
    return {"error": error | ({"error_subcode": subcode} if subcode else {})}


def caught(call, *args):
    with pytest.raises(Exception) as raised:  # noqa: PT011  # which one is the question
        call(*args)
    return raised.value


def is_a(error, expected, reason):
    if expected is CALL:
        assert error.needs_person
        expected = OutcomeUnknown
    elif expected is OutcomeUnknown:
        assert not error.needs_person
    assert (type(error), error.reason) == (expected, reason)


@pytest.mark.parametrize(("code", "subcode", "before", "stays", "_", "reason"), LINES, ids=IDS)
def test_before_publishing(
    code, subcode, before, stays, _, reason, publisher, photo, rehearsal, kept
):
    rehearsal.wire.add(path=CREATE, status=400, body=refusal(code, subcode, said="So."), times=9)

    for meant in (before, before, stays):
        error = caught(publisher.prepare, photo, kept.last, kept)
        is_a(error, meant, reason)
        assert error.said == ("" if meant is StillProcessing else "So.")
    assert len(rehearsal.wire.log("create_container")) == 3


@pytest.mark.parametrize(("code", "subcode", "_", "_stays", "meant", "reason"), LINES, ids=IDS)
def test_on_publishing(code, subcode, _, _stays, meant, reason, publisher, photo, rehearsal, kept):
    rehearsal.wire.add(path=PUBLISH, status=400, body=refusal(code, subcode))
    handle = publisher.prepare(photo, {}, kept)

    is_a(caught(publisher.publish, photo, handle), meant, reason)

    assert len(rehearsal.wire.log("media_publish")) == 1


def test_every_line_of_ours_is_tested():
    tested = {(code, subcode or None) for code, subcode, *_ in LINES}
    untested = errors.TABLE.keys() - tested

    assert all(200 <= code < 300 for code, _ in untested)


@pytest.mark.parametrize(("code", "subcode", "_", "_stays", "_meant", "_reason"), LINES, ids=IDS)
def test_a_failure_of_their_server_is_a_doubt_on_publishing_whatever_it_names(
    code, subcode, _, _stays, _meant, _reason, publisher, photo, rehearsal, kept
):
    rehearsal.wire.add(path=PUBLISH, status=500, body=refusal(code, subcode))
    handle = publisher.prepare(photo, {}, kept)

    is_a(caught(publisher.publish, photo, handle), OutcomeUnknown, Reason.TEMPORARY)


@pytest.mark.parametrize("status", [401, 403, 404, 500, 502, 503])
def test_an_answer_without_a_number_of_theirs(status, publisher, photo, rehearsal, kept):
    rehearsal.wire.add(path=CREATE, status=status, body="<html>Sorry</html>")
    is_a(caught(publisher.prepare, photo, {}, kept), TheirsForNow, Reason.TEMPORARY)

    handle = publisher.prepare(photo, {}, kept)
    rehearsal.wire.add(path=PUBLISH, status=status, body="<html>Sorry</html>")
    is_a(caught(publisher.publish, photo, handle), OutcomeUnknown, Reason.TEMPORARY)


def test_what_is_transient_is_tried_again_soon(publisher, photo, rehearsal, kept):
    rehearsal.wire.add(path=CREATE, status=400, body=refusal(12345, transient=True))
    assert caught(publisher.prepare, photo, {}, kept).wait == timedelta(minutes=1)

    handle = publisher.prepare(photo, {}, kept)
    rehearsal.wire.add(path=PUBLISH, status=400, body=refusal(12345, transient=True))
    is_a(caught(publisher.publish, photo, handle), OutcomeUnknown, Reason.TEMPORARY)


def test_a_limit_is_over_when_its_header_says_so(make_answer):
    usage = '{"17": [{"type": "instagram", "estimated_time_to_regain_access": 12}], "18": "?"}'

    for headers, minutes in (
        ({"X-Business-Use-Case-Usage": usage}, 12),
        ({"Retry-After": "1200"}, 20),
        ({"X-Business-Use-Case-Usage": usage, "Retry-After": "1200"}, 20),
        ({"X-Business-Use-Case-Usage": '{"17": [{"estimated_time_to_regain_access": 0}]}'}, 30),
        ({"X-Business-Use-Case-Usage": "rubbish", "Retry-After": "Tomorrow"}, 30),
        ({"Retry-After": "999999"}, 24 * 60),
    ):
        error = make_answer(400, headers, refusal(80002))
        assert errors.before(error).wait == timedelta(minutes=minutes)
