"""Preparing a post: its containers, made one after the other, and each put on the record at once.

The handle's `containers` are named by their item's position, and `post` for the one that is
published; `anew` counts how often one had to be made again, and `items` is how many the post has.
"""

import re
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any, BinaryIO

from takeover.clock import now
from takeover.instagram.graph import containers, errors
from takeover.instagram.graph.answers import GraphError, id_in, text_in
from takeover.instagram.graph.client import GraphClient
from takeover.instagram.graph.containers import Wanted, Ways
from takeover.instagram.graph.errors import Do, Line
from takeover.instagram.graph.pushing import push
from takeover.instagram.publisher import (
    UPLOADED,
    Handle,
    Kind,
    OutcomeUnknown,
    Outgoing,
    PublishingError,
    Reason,
    StillProcessing,
)

POST = "post"
MOST_ANEW = 2
_ANOTHER_TIME = {
    HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
}  # fmt: skip
_NOT_READABLE = Line(Reason.TEMPORARY, Do.ANEW, at_last=Do.WAIT)
READABLE_WITHIN = timedelta(minutes=1)
"""Of a container that was just made; also of others a read may say for a moment that it is gone."""

_SUBCODE = re.compile(r"\b22[0-9]{5}\b")


class Status(StrEnum):
    """Of a container."""

    IN_PROGRESS = "IN_PROGRESS"
    FINISHED = "FINISHED"
    PUBLISHED = "PUBLISHED"
    ERROR = "ERROR"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between looks at a container that is not ready, before it is left for later."""

    looks: tuple[float, ...] = (1.0, 2.0)
    sleep: Callable[[float], None] = field(default=time.sleep)


class _Anew(Exception):
    """A container is of no use and off the record: begin again with what is left."""


def status_of(client: GraphClient, container: str) -> tuple[Status, int]:
    """What became of a container, and the subcode of its error (0: none). Raises GraphError."""
    answer = client.get(container, fields="status_code,status")
    try:
        status = Status(text_in(answer, "status_code"))
    except ValueError:
        raise GraphError("a container in a state nobody knows", status=HTTPStatus.OK) from None
    named = _SUBCODE.search(text_in(answer, "status"))
    return status, int(named[0]) if named else 0


def container_of(handle: Handle, client: GraphClient) -> str | None:
    """The container that is published, where this account has made it."""
    if handle.get("ig_user") != client.account:
        return None
    container: str | None = handle.get("containers", {}).get(POST, {}).get("id")
    return container


class Preparation:
    """Of one post, going on from its handle."""

    def __init__(
        self,
        outgoing: Outgoing,
        handle: Handle,
        keep: Callable[[Handle], None],
        *,
        client: GraphClient,
        ways: Ways,
        pace: Pace,
    ) -> None:
        self._outgoing, self._keep = outgoing, keep
        self._client, self._ways, self._pace = client, ways, pace
        self._handle: dict[str, Any] = deepcopy(dict(handle))
        if self._handle.get("ig_user") != client.account:  # made by another account: of no use here
            self._handle |= {"ig_user": client.account, "containers": {}, "anew": {}}

    def finish(self) -> Handle:
        """Returns when Instagram says that it is ready. Raises PublishingErrors."""
        has_files = bool(self._outgoing.items) or not self._handle.get(UPLOADED)
        if has_files:
            containers.checked(self._outgoing, self._ways)
            self._handle["items"] = len(self._outgoing.items)
        while True:  # a container is made anew so often, and no more
            if not has_files and not self._is_uploaded:
                self._remember()
                raise StillProcessing("its files are wanted again")
            try:
                return self._once()
            except _Anew:
                continue

    @property
    def _is_uploaded(self) -> bool:
        """Whether Instagram has every file, though it may not be done with them."""
        made, carousel = self._containers, self._outgoing.kind is Kind.CAROUSEL
        items = [str(n) for n in range(self._handle["items"])] if carousel else [POST]
        return all(name in made and made[name].get("pushed", True) for name in items)

    @property
    def _containers(self) -> dict[str, dict[str, Any]]:
        made: dict[str, dict[str, Any]] = self._handle["containers"]
        return made

    def _once(self) -> Handle:
        carousel = self._outgoing.kind is Kind.CAROUSEL
        self._make(POST, self._around_children if carousel else self._alone)
        self._wait_for(POST)
        return deepcopy(self._handle)

    def _alone(self) -> Wanted:
        return containers.single(self._outgoing, self._ways)

    def _around_children(self) -> Wanted:
        """The carousel's own container, once all its items are ready."""
        positions = range(self._handle["items"])
        for position in positions:
            self._make(str(position), self._child_at(position))
        for position in positions:
            self._wait_for(str(position))
        ids = [self._containers[str(position)]["id"] for position in positions]
        return containers.carousel(self._outgoing, ids)

    def _child_at(self, position: int) -> Callable[[], Wanted]:
        return lambda: containers.child(self._outgoing, position, self._ways)

    def _make(self, name: str, wanted: Callable[[], Wanted]) -> None:
        """Have that container, with all its bytes, whatever of it there is already."""
        made = self._containers.get(name)
        if made is not None and made.get("pushed", True):
            return
        asked = wanted()
        if made is None:
            self._create(name, asked)
        if asked.clip is not None:
            self._push(name, asked.clip, begun=made is not None)

    def _create(self, name: str, wanted: Wanted) -> None:
        client = self._client
        try:
            answer = client.post(
                f"{client.account}/media", wanted.form, within=client.patience.create
            )
            made: dict[str, Any] = {"id": id_in(answer)}
            if wanted.clip is not None:
                made |= {"uri": text_in(answer, "uri"), "pushed": False}
        except GraphError as error:
            raise self._meant(name, error) from None
        self._containers[name] = made
        self._remember()

    def _push(self, name: str, clip: BinaryIO, *, begun: bool) -> None:
        made = self._containers[name]
        try:
            push(clip, made["id"], made["uri"], client=self._client, begun=begun)
        except GraphError as error:
            if _is_final(error):
                self._lose(name, errors.line_of_status(0), error)
                raise _Anew from None
            raise self._unreadable(name, error) or self._meant(name, error) from None
        made["pushed"] = True
        self._remember()

    def _wait_for(self, name: str) -> None:
        """Returns when it is ready. Raises StillProcessing, and _Anew where it never will be."""
        for pause in (0.0, *self._pace.looks):
            if pause:
                self._pace.sleep(pause)
            try:
                status, subcode = status_of(self._client, self._containers[name]["id"])
            except GraphError as error:
                raise self._unreadable(name, error) or self._meant(name, error) from None
            self._containers[name].pop("unreadable_since", None)
            if status is Status.FINISHED:
                return
            if status is Status.PUBLISHED:
                raise OutcomeUnknown("the container is published already")
            if status is not Status.IN_PROGRESS:
                line, failed = _line_of(status, subcode), _failed(status, subcode)
                self._lose(name, line, failed)
                if line.at_last is Do.HOST:  # a site of ours that was away is not back at once
                    raise errors.meant(line.before, line, failed)
                raise _Anew
        raise StillProcessing("the container is in progress")

    def _unreadable(self, name: str, error: GraphError) -> Exception | None:
        """Where it is said to be gone: time enough to be readable, then one in its place. None
        where something else is wrong."""
        if (error.code, error.subcode) != errors.GONE or not error.is_clear:
            return None
        made = self._containers[name]
        since = datetime.fromisoformat(made.setdefault("unreadable_since", now().isoformat()))
        if now() - since < READABLE_WITHIN:
            self._remember()
            return StillProcessing("the container is not readable")
        self._lose(name, _NOT_READABLE, error)
        return _Anew()

    def _meant(self, name: str, error: GraphError) -> PublishingError:
        """The error to raise; a container that is needed anew is counted, and off the record."""
        line = errors.line_of(error)
        if line.before is Do.ANEW:
            self._lose(name, line, error)
        return errors.before(error)

    def _lose(self, name: str, line: Line, error: GraphError) -> None:
        """Take a container off the record. Raises what it means when that was too often: then the
        next who tries begins from nothing."""
        count: dict[str, int] = self._handle["anew"]
        count[name] = count.get(name, 0) + 1
        lost = [*self._containers] if name == POST else [name]
        for one in lost:  # the items of a carousel are as old as it is
            self._containers.pop(one, None)
        over = count[name] > MOST_ANEW or line.before is Do.CALL
        if over:
            count.clear()
        self._remember()
        if over:
            last = line.before if line.before is not Do.ANEW else line.at_last
            raise errors.meant(last, line, error) from None

    def _remember(self) -> None:
        self._handle[UPLOADED] = self._is_uploaded
        self._keep(deepcopy(self._handle))


def _is_final(error: GraphError) -> bool:
    """Whether an upload was refused for good: uploads name no number, and say so otherwise."""
    refused = HTTPStatus.BAD_REQUEST <= error.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return refused and error.status not in _ANOTHER_TIME and not error.code and not error.transient


def _line_of(status: Status, subcode: int) -> Line:
    if status is Status.EXPIRED:
        return Line(Reason.MEDIA_EXPIRED, Do.ANEW)
    return errors.line_of_status(subcode)


def _failed(status: Status, subcode: int) -> GraphError:
    return GraphError(f"a container is {status}", subcode=subcode, status=HTTPStatus.OK)
