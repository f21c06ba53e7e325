"""Publishing by the official door: containers, one call that makes them a post, and a look."""

import logging
from collections.abc import Callable
from datetime import datetime

from takeover.instagram.graph import errors
from takeover.instagram.graph.answers import (
    GraphError,
    id_in,
    number_in,
    objects_in,
    succeeded,
    text_in,
)
from takeover.instagram.graph.client import GraphClient
from takeover.instagram.graph.containers import Ways
from takeover.instagram.graph.listing import (
    Listed,
    address_in,
    alike,
    of_that_call,
    pages,
    same_words,
    the_only,
)
from takeover.instagram.graph.preparing import (
    Pace,
    Preparation,
    Status,
    container_of,
    status_of,
)
from takeover.instagram.publisher import (
    CannotTakeDown,
    CannotTell,
    Handle,
    Look,
    OnAccount,
    Ours,
    OutcomeUnknown,
    Outgoing,
    Quota,
    Reason,
    StillProcessing,
)

_log = logging.getLogger(__name__)


class GraphPublisher:
    """A Publisher: see there for what each call promises and raises."""

    def __init__(
        self,
        client: GraphClient,
        *,
        ways: Ways,
        is_ours: Callable[[OnAccount], bool],
        deletes: bool,
        pace: Pace | None = None,
    ) -> None:
        """`is_ours` says whether what is on the account is known as another post of ours."""
        self._client, self._ways, self._is_ours = client, ways, is_ours
        self._deletes, self._pace = deletes, pace or Pace()

    @property
    def account(self) -> str:
        return self._client.account

    def prepare(self, outgoing: Outgoing, handle: Handle, keep: Callable[[Handle], None]) -> Handle:
        """Besides what the contract names: OutcomeUnknown where the container is published, which
        only a call can have done that is not on the record."""
        return Preparation(
            outgoing, handle, keep, client=self._client, ways=self._ways, pace=self._pace
        ).finish()

    def publish(self, outgoing: Outgoing, handle: Handle) -> OnAccount:
        """The permalink is asked for later: nothing may come between a post and its record."""
        container = container_of(handle, self._client)
        if container is None:
            raise Ours("nothing was prepared for this account", reason=Reason.WRONG_ACCOUNT)
        client = self._client
        try:
            answer = client.post(
                f"{client.account}/media_publish",
                {"creation_id": container},
                within=client.patience.publish,
            )
            media_id = id_in(answer)
        except GraphError as error:
            raise errors.on_publishing(error) from None
        return OnAccount(media_id=media_id, permalink="")

    def permalink_of(self, on: OnAccount) -> str:
        try:
            within = self._client.patience.after
            return address_in(self._client.get(on.media_id, within=within, fields="permalink"))
        except GraphError as error:
            _log.info("no permalink yet: %s", error)
            return ""

    def still_shows(self, on: OnAccount) -> bool:
        try:
            id_in(self._client.get(on.media_id, within=self._client.patience.after, fields="id"))
        except GraphError as error:
            if not _is_gone(error):
                raise errors.on_reading(error) from None
        else:
            return True
        if not self._is_gone(on.media_id):
            raise CannotTell("its number says that it is gone, and no more does")
        return False

    def shows(self, on: OnAccount, caption: str) -> bool:
        try:
            within = self._client.patience.after
            answer = self._client.get(on.media_id, within=within, fields="caption")
            return same_words(text_in(answer, "caption"), caption)  # none is left out
        except GraphError as error:
            _log.info("no caption yet: %s", error)
            return True

    def find(self, outgoing: Outgoing, handle: Handle, *, sent_at: datetime) -> Look:
        """What the container says, and then the account's listing."""
        container = container_of(handle, self._client)
        if container is None:
            raise OutcomeUnknown("no container of this account", reason=Reason.WRONG_ACCOUNT)
        try:
            status = self._status_of(container)
            listed = alike(self._client, outgoing, sent_at=sent_at, is_ours=self._is_ours)
        except GraphError as error:
            raise errors.on_reading(error) from None
        if status is Status.IN_PROGRESS:
            raise StillProcessing("the container is in progress")
        if outgoing.caption.strip():
            return _look(status, the_only(listed))
        return _look_without_words(status, listed, sent_at)

    def take_down(self, on: OnAccount) -> None:
        if not self._deletes:
            raise CannotTakeDown("Instagram Login deletes nothing", reason=Reason.UNSUPPORTED)
        try:
            succeeded(self._client.delete(on.media_id))
        except GraphError as error:
            if _is_gone(error) and self._is_gone(on.media_id):
                return
            raise errors.on_taking_down(error) from None

    def comment(self, on: OnAccount, text: str) -> None:
        try:
            id_in(self._client.post(f"{on.media_id}/comments", {"message": text}))
        except GraphError as error:
            raise errors.on_commenting(error) from None

    def has_comment(self, on: OnAccount, text: str) -> bool:
        try:
            name = text_in(self._client.get(self._client.account, fields="username"), "username")
            if not name:
                raise OutcomeUnknown("the account does not say its name")
            return any(
                text_in(comment, "username") == name and same_words(text_in(comment, "text"), text)
                for page in pages(self._client, f"{on.media_id}/comments", fields="text,username")
                for comment in page
            )
        except GraphError as error:
            raise errors.on_reading(error) from None

    def close_comments(self, on: OnAccount) -> None:
        try:
            succeeded(self._client.post(on.media_id, {"comment_enabled": "false"}))
        except GraphError as error:
            raise errors.on_the_side(error) from None

    def quota(self) -> Quota | None:
        path = f"{self._client.account}/content_publishing_limit"
        try:
            limits = objects_in(self._client.get(path, fields="quota_usage,config"))
            if len(limits) != 1:
                raise OutcomeUnknown("not one quota")
            used, config = number_in(limits[0], "quota_usage"), limits[0].get("config")
            if not isinstance(config, dict):
                return None
            return Quota(used=used, total=number_in(config, "quota_total"))
        except GraphError as error:
            raise errors.on_reading(error) from None

    def _status_of(self, container: str) -> Status | None:
        """None where there is no such container any more: the listing alone must tell."""
        try:
            return status_of(self._client, container)[0]
        except GraphError as error:
            if _is_gone(error):
                return None
            raise

    def _is_gone(self, media_id: str) -> bool:
        """Asked once more: a post that is merely not readable for a moment is still there. Nor is
        it gone where this key reads nothing, or while the account lists it. Raises CannotTakeDown
        where that cannot be seen, and what taking down raises."""
        client = self._client
        try:
            client.get(media_id, fields="id")
        except GraphError as error:
            if not _is_gone(error):
                return False
        else:
            return False
        try:
            return not any(
                id_in(post) == media_id
                for where in ("media", "stories")
                for page in pages(client, f"{client.account}/{where}", fields="id")
                for post in page
            )
        except GraphError as error:
            raise errors.on_taking_down(error) from None
        except OutcomeUnknown as error:
            raise CannotTakeDown(str(error), reason=Reason.UNSUPPORTED) from None


def _look(status: Status | None, found: OnAccount | None) -> Look:
    """Believe the listing where the container does not speak against it: what is like a post that
    was not published is another one. Raises CannotTell."""
    if found is None:
        return _look_in_vain(status)
    if status is Status.FINISHED:
        raise CannotTell("one like it is listed; its own container is not published")
    return Look(found=found, by_words=True)


def _look_without_words(status: Status | None, listed: list[Listed], sent_at: datetime) -> Look:
    """Of a story, and whatever else says nothing that it could be told by, only the container says
    whether it is out; which one it is nothing says. Raises CannotTell."""
    if status is Status.PUBLISHED and (made := of_that_call(listed, sent_at=sent_at)):
        return Look(found=None, alike=made)
    if listed and status is not Status.PUBLISHED:
        raise CannotTell("one of its kind is listed, and its container tells nothing")
    return _look_in_vain(status)


def _look_in_vain(status: Status | None) -> Look:
    """Nothing like it is listed. Raises CannotTell."""
    if status is Status.PUBLISHED:
        raise CannotTell("it is published, and not listed yet")
    return Look(found=None, ready=status is Status.FINISHED)


def _is_gone(error: GraphError) -> bool:
    return error.is_clear and (error.code, error.subcode) == errors.GONE
