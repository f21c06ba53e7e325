"""Faults with a name, for people and for tests: what goes wrong, and where."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """`path` and `method` are as a Fault's."""

    said: str
    path: str
    method: str = "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    said: str
    fault: dict[str, Any]


WHERE = {
    "publishing": Where(said="When a post is published", path=r"/media_publish$|/media/configure"),
    "preparing": Where(said="When a container is made", path=r"^/v\d+\.0/\d+/media$"),
    "uploading": Where(said="When bytes are uploaded", path=r"^/rupload_ig|^/ig-api-upload/"),
    "looking": Where(
        said="When the account is read",
        path=r"/(media|stories)$|/feed/user/|^/v\d+\.0/\d+$",
        method="GET",
    ),
    "commenting": Where(said="When a comment is written", path=r"/comments?/?$"),
}


def _error(code: int, subcode: int = 0, message: str = "", **more: Any) -> dict[str, Any]:
    error = {"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode}
    return {"error": {**error, "is_transient": False, "fbtrace_id": "Arehearsed", **more}}


_USAGE = (
    '{"1":[{"type":"instagram","call_count":100,"total_cputime":25,"total_time":25,'
    '"estimated_time_to_regain_access":5}]}'
)

MISHAPS = {
    "lost": Mishap(said="It is done, and the answer is lost", fault={"drop_after": True}),
    "cut": Mishap(said="It is done, and the answer is cut off", fault={"cut": True}),
    "never_arrives": Mishap(said="The connection is closed at once", fault={"drop_before": True}),
    "stalls": Mishap(said="There is never an answer, and nothing is done", fault={"stall": True}),
    "slow": Mishap(said="It is done, and answered after 5 seconds", fault={"delay": 5}),
    "late": Mishap(said="It is done after 5 seconds", fault={"late": 5}),
    "twice": Mishap(said="It is done twice", fault={"twice": True}),
    "broken": Mishap(
        said="Error 500, and nothing is done",
        fault={"status": 500, "body": _error(2, message="An unexpected error.", is_transient=True)},
    ),
    "broken_after": Mishap(
        said="Error 502, although it is done",
        fault={"status_after": 502, "body": "<html>Bad Gateway</html>"},
    ),
    "html": Mishap(
        said="It is done; the answer is a web page", fault={"body": "<html>Sorry</html>"}
    ),
    "half_json": Mishap(said="It is done; the answer is half of one", fault={"body": '{"id": "17'}),
    "wrong_json": Mishap(
        said="It is done; the answer is of something else", fault={"body": {"unexpected": True}}
    ),
    "throttled": Mishap(
        said="Too many requests (80002)",
        fault={
            "status": 400,
            "body": _error(80002, message="There have been too many calls."),
            "headers": {"X-Business-Use-Case-Usage": _USAGE},
        },
    ),
    "too_many": Mishap(said="Too many requests (429)", fault={"status": 429}),
    "spam": Mishap(
        said="“We restrict certain activity” (2207051)",
        fault={"status": 400, "body": _error(4, 2207051, "Application request limit reached")},
    ),
    "restricted": Mishap(
        said="The account is restricted (2207050)",
        fault={"status": 400, "body": _error(25, 2207050, "The account is restricted.")},
    ),
    "token": Mishap(
        said="The token is not good any more (190)",
        fault={"status": 400, "body": _error(190, 460, "The session has been invalidated.")},
    ),
    "checkpoint": Mishap(
        said="A checkpoint (the app)",
        fault={
            "status": 400,
            "body": {
                "message": "challenge_required",
                "challenge": {"api_path": "/challenge/1/abc/"},
                "status": "fail",
            },
        },
    ),
}


def fault(mishap: str, where: str, *, times: int = 1) -> dict[str, Any]:
    """What Wire.add takes; raises KeyError for names there are not."""
    place = WHERE[where]
    return {
        **MISHAPS[mishap].fault,
        "path": place.path,
        "method": place.method,
        "times": times,
    }
