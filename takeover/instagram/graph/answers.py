"""What the Graph API answered: an object that was asked for, or what is known of the refusal."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

Answer = Mapping[str, Any]

_ID = re.compile(r"[0-9]{1,40}")  # it becomes a part of addresses
_TRACE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_SAID = 500  # characters
_LONGEST_WAIT = timedelta(hours=24)  # every limit of theirs is over by then


class GraphError(Exception):
    """Anything but the answer that was asked for. Its text holds no secret and no name.

    code, subcode  Instagram's own, 0 where it named none
    status         of HTTP, 0 where no answer came back
    left           whether the request may have reached Instagram
    transient      Instagram says that it may go well another time
    said           its sentence for people (`error_user_msg`)
    trace          what its support asks for
    wait           how long it asks to be left alone, where it does
    """

    def __init__(
        self,
        what: str,
        *,
        code: int = 0,
        subcode: int = 0,
        status: int = 0,
        left: bool = True,
        transient: bool = False,
        said: str = "",
        trace: str = "",
        wait: timedelta | None = None,
    ) -> None:
        super().__init__(
            f"Graph: {what} (HTTP {status}, code {code}/{subcode}, trace {trace or 'none'})"
        )
        self.code, self.subcode, self.status, self.left = code, subcode, status, left
        self.transient, self.said, self.trace, self.wait = transient, said, trace, wait

    @property
    def is_clear(self) -> bool:
        """Whether Instagram itself refused, by a number of its own, and is in working order."""
        return bool(self.code) and self.status < HTTPStatus.INTERNAL_SERVER_ERROR


def understood(
    status: int, headers: Mapping[str, str], body: bytes, *, secrets: tuple[str, ...]
) -> Answer:
    """The object of a good answer; raises GraphError for everything else, whatever its status."""
    found = _object_in(body)
    if found is None:
        raise GraphError("an answer that is no JSON object", status=status)
    error = found.get("error")
    if isinstance(error, dict):
        raise _refusal(status, headers, error, secrets)
    if isinstance(found.get("debug_info"), dict):  # as uploads are refused
        again = found["debug_info"].get("retriable") is True
        raise GraphError("the upload was refused", status=status, transient=again)
    if status != HTTPStatus.OK or "error" in found:
        raise GraphError("an answer that is not understood", status=status)
    return found


def id_in(answer: Answer, name: str = "id") -> str:
    """Raises GraphError where there is none: what follows would ask for something else."""
    value = answer.get(name)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise GraphError("an answer without its id", status=HTTPStatus.OK)
    return value


def text_in(answer: Answer, name: str) -> str:
    """Empty where there is none. Raises GraphError where it is no text."""
    value = answer.get(name, "")
    if not isinstance(value, str):
        raise GraphError(f"{name} is no text", status=HTTPStatus.OK)
    return value


def number_in(answer: Answer, name: str) -> int:
    """Raises GraphError where there is no number that counts something."""
    value = answer.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise GraphError(f"{name} is no number", status=HTTPStatus.OK)
    return value


def objects_in(answer: Answer, name: str = "data") -> list[Answer]:
    """Raises GraphError where it is no list of objects."""
    value = answer.get(name)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise GraphError(f"{name} is no list", status=HTTPStatus.OK)
    return value


def succeeded(answer: Answer) -> None:
    """Raises GraphError unless it says so."""
    if answer.get("success") is not True:
        raise GraphError("an answer that does not say that it is done", status=HTTPStatus.OK)


def _object_in(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refusal(
    status: int, headers: Mapping[str, str], error: dict[str, Any], secrets: tuple[str, ...]
) -> GraphError:
    trace = str(error.get("fbtrace_id", ""))
    return GraphError(
        "refused",
        code=_number(error.get("code")),
        subcode=_number(error.get("error_subcode")),
        status=status,
        transient=error.get("is_transient") is True,
        said=_said(error.get("error_user_msg"), secrets),
        trace=trace if _TRACE.fullmatch(trace) else "",
        wait=_asked_wait(headers),
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _said(value: object, secrets: tuple[str, ...]) -> str:
    """Their sentence, on one line; one that repeats a key is not repeated."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if any(secret in text for secret in secrets):
        return ""
    return text[:_LONGEST_SAID]


def _asked_wait(headers: Mapping[str, str]) -> timedelta | None:
    """The longest of the times that the limits' headers name."""
    waits = [timedelta(minutes=m) for m in _minutes(headers.get("X-Business-Use-Case-Usage", ""))]
    after = headers.get("Retry-After", "")
    if after.isascii() and after.isdigit() and len(after) < len("1000000"):
        waits.append(timedelta(seconds=int(after)))
    longest = max(waits, default=timedelta())
    return min(longest, _LONGEST_WAIT) if longest else None


def _minutes(usage: str) -> list[int]:
    """Of `{"<account>": [{"estimated_time_to_regain_access": minutes, …}, …]}`."""
    found = _object_in(usage.encode()) or {}
    limits = [limit for limits in found.values() if isinstance(limits, list) for limit in limits]
    named = [
        _number(limit.get("estimated_time_to_regain_access"))
        for limit in limits
        if isinstance(limit, dict)
    ]
    return [minutes for minutes in named if 0 < minutes < 1_000_000]
