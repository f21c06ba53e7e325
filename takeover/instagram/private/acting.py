"""What is done to a post that is there: its comments, and taking it down. Each request once."""

import re
from typing import Any

from instagrapi import exceptions as theirs

from takeover.instagram.private import answers
from takeover.instagram.private.asking import Asking
from takeover.instagram.private.client import GatedClient
from takeover.instagram.private.gate import Permit, PublishGate
from takeover.instagram.private.verdicts import after_acting, verdict
from takeover.instagram.publisher import (
    CannotTakeDown,
    OnAccount,
    OutcomeUnknown,
    PublishingError,
    Reason,
    TheirsForGood,
    TheirsForNow,
)

_PAGES = 5
_ID = re.compile(r"[0-9]+_([0-9]+)")


class Acting:
    def __init__(self, client: GatedClient, gate: PublishGate, asking: Asking) -> None:
        self._client, self._gate, self._asking = client, gate, asking
        self._pk = str(client.user_id)

    def take_down(self, on: OnAccount) -> None:
        """Raises CannotTakeDown where it is another door's, or another account's, and what acting
        raises; that it is gone already is fine."""
        media_id = self._id_of(on)
        if media_id is None:
            raise CannotTakeDown("this door does not know the post", reason=Reason.UNSUPPORTED)
        data = self._client.with_default_data({"media_id": media_id})
        permit, error = self._do(f"media/{media_id}/delete/", data)
        if isinstance(error, theirs.MediaUnavailable):
            return
        if error is not None:
            raise _meant(permit, error, may_repeat=True)
        if answers.json_of(permit.answer).get("did_delete") is not True:
            raise TheirsForNow("Instagram does not say that it deleted the post")

    def comment(self, on: OnAccount, text: str) -> None:
        media_id = self._known(on)
        token = self._client.generate_uuid()
        data = {
            "delivery_class": "organic",
            "feed_position": "0",
            "container_module": "feed_timeline",
            "media_id": media_id,
            "_uid": self._pk,
            "user_breadcrumb": self._client.gen_user_breadcrumb(len(text)),
            "idempotence_token": token,
            "comment_creation_key": token,
            "comment_text": text,
        }
        permit, error = self._do(f"media/{media_id}/comment/", self._client.with_action_data(data))
        if error is not None:
            raise _meant(permit, error, may_repeat=False)
        if not isinstance(answers.json_of(permit.answer).get("comment"), dict):
            raise OutcomeUnknown("Instagram does not say that it took the comment")

    def has_comment(self, on: OnAccount, text: str) -> bool:
        """Whether the account itself said that. Raises what reading raises."""
        params: dict[str, Any] = {"can_support_threading": "true"}
        for _ in range(_PAGES):
            page = self._asking.read(f"media/{self._known(on)}/comments/", params)
            said = page.get("comments")
            if page.get("status") != "ok" or not isinstance(said, list):
                raise OutcomeUnknown("the comments could not be read")
            if any(self._said(comment, text) for comment in said):
                return True
            if not page.get("next_min_id"):
                return False
            params["min_id"] = page["next_min_id"]
        raise OutcomeUnknown("the post has too many comments")

    def close_comments(self, on: OnAccount) -> None:
        media_id = self._known(on)
        data = self._client.with_action_data({"media_id": media_id})
        permit, error = self._do(f"media/{media_id}/disable_comments/", data)
        if error is not None:
            raise _meant(permit, error, may_repeat=True)

    def _said(self, comment: object, text: str) -> bool:
        if not isinstance(comment, dict) or not isinstance(comment.get("user"), dict):
            raise OutcomeUnknown("the comments could not be read")
        is_ours = str(comment["user"].get("pk")) == self._pk
        return is_ours and answers.same_words(str(comment.get("text") or ""), text)

    def _known(self, on: OnAccount) -> str:
        media_id = self._id_of(on)
        if media_id is None:
            raise TheirsForGood("this door does not know the post", reason=Reason.UNSUPPORTED)
        return media_id

    def _id_of(self, on: OnAccount) -> str | None:
        """As the app names the posts of this account; None for any other."""
        named = _ID.fullmatch(on.media_id)
        return on.media_id if named and named[1] == self._pk else None

    def _do(self, endpoint: str, data: dict[str, Any]) -> tuple[Permit, Exception | None]:
        with self._gate.permit(f"/api/v1/{endpoint}") as permit:
            try:
                self._client.private_request(endpoint, data)
            except Exception as error:
                return permit, error
        return permit, None


def _meant(permit: Permit, error: Exception, *, may_repeat: bool) -> PublishingError:
    if not permit.sent:
        return verdict(error)
    return after_acting(permit.answer, error, may_repeat=may_repeat)
