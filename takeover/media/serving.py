"""Sending a file: with the headers that keep it harmless and private, whole or a part of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from flask import Response, abort, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from takeover.media.store import NotStored

# Whatever a file turns out to be, it runs nothing and loads nothing but itself.
POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    key: str
    digest: str
    content_type: str
    disposition: str  # the header Content-Disposition


class Files(Protocol):
    """What can be sent from: the store, or anything else that is read in parts."""

    def size(self, key: str) -> int:
        """In bytes. Raises NotStored."""

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Its bytes from `start` up to `end`, not included. Raises NotStored."""


def send(file: File, store: Files) -> Response:
    """The file, or the part that was asked for; a video's player asks for one after the other.

    The browser may keep it, and asks each time whether its reader may still see it.
    """
    response = _with_headers(file)
    if request.if_none_match.contains_weak(file.digest):
        response.status_code = HTTPStatus.NOT_MODIFIED
        return response
    try:
        size = store.size(file.key)
        start, end = _part(response, size)
        response.content_length = end - start
        if request.method != "HEAD":
            response.response = store.read(file.key, start, end)
    except NotStored:
        abort(404)
    except RequestedRangeNotSatisfiable:
        return _beyond(size)
    return response


def _with_headers(file: File) -> Response:
    response = Response(content_type=file.content_type)
    response.set_etag(file.digest)
    response.accept_ranges = "bytes"
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.headers["Content-Disposition"] = file.disposition
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _part(response: Response, size: int) -> tuple[int, int]:
    """Which bytes to send, from and up to; the response then says so.

    Several ranges at once, and what is no range, are answered by the whole file.
    """
    wanted = request.range
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return 0, size
    response.make_conditional(request, accept_ranges=True, complete_length=size)
    sent = response.content_range
    if response.status_code != HTTPStatus.PARTIAL_CONTENT or sent.start is None:
        return 0, size
    return sent.start, sent.stop or size


def _beyond(size: int) -> Response:
    response = Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    response.headers["Content-Range"] = f"bytes */{size}"
    return response
