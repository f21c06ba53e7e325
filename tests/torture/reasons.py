"""What may truly be said of a post that waits for a person: what was done to it, and no more.

Written from what Meta and the app say of their errors, not from our tables: those are on trial.
"""

from typing import Any

from takeover.instagram.publisher import Reason
from tests.torture.plans import Plan

OF_DEATHS = frozenset({"", Reason.OTHER})  # the worker that sent it stopped working
OF_THE_LINE = frozenset({Reason.NETWORK, Reason.TEMPORARY, Reason.OTHER, Reason.UPLOAD})
OF_CODES = {
    (80002, 0): Reason.RATE_LIMITED,
    (4, 0): Reason.RATE_LIMITED,
    (4, 2207051): Reason.SPAM_BLOCK,
    (25, 2207050): Reason.RESTRICTED,
    (190, 460): Reason.TOKEN,
    (9007, 2207027): Reason.STILL_PROCESSING,
    (9, 2207042): Reason.QUOTA,
    (24, 2207008): Reason.MEDIA_EXPIRED,
    (100, 33): Reason.TEMPORARY,
    (-2, 2207003): Reason.CANNOT_FETCH,
    (36003, 2207009): Reason.RATIO,
}
OF_MESSAGES = {
    "challenge_required": Reason.CHECKPOINT,
    "login_required": Reason.TOKEN,
    "feedback_required": Reason.SPAM_BLOCK,
}
OF_STATUS = {429: Reason.RATE_LIMITED}


def true_reasons(plan: Plan) -> frozenset[str]:
    reasons = set(OF_DEATHS)
    for fault in plan.faults:
        reasons |= _of(fault)
    if plan.behaviour.get("processing_polls") or plan.behaviour.get("transcode_polls"):
        reasons.add(Reason.STILL_PROCESSING)
    if plan.behaviour.get("republish") == "error":  # of what the network doubled
        reasons.add(Reason.MEDIA_EXPIRED)
    return frozenset(reasons)


def _of(fault: dict[str, Any]) -> set[str]:
    body = fault.get("body")
    said = body if isinstance(body, dict) else {}
    error = said.get("error", {})
    if (reason := OF_CODES.get((error.get("code"), error.get("error_subcode", 0)))) is not None:
        return {reason}
    if (reason := OF_MESSAGES.get(said.get("message", ""))) is not None:
        return {reason}
    if (reason := OF_STATUS.get(fault.get("status", 0))) is not None:
        return {reason}
    return set(OF_THE_LINE)
