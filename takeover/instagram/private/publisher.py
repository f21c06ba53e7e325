"""Publishing through the app's private API, with instagrapi. One account, one worker.

It never signs in: there is no password here. A person makes the session, and makes it anew when
Instagram wants to see somebody. Written against instagrapi 3.2.2; pin it exactly.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from takeover.clock import now
from takeover.instagram.private import answers
from takeover.instagram.private.acting import Acting
from takeover.instagram.private.asking import Asking
from takeover.instagram.private.client import opened
from takeover.instagram.private.configuring import configure
from takeover.instagram.private.gate import Patience, Permit, PublishGate
from takeover.instagram.private.planning import Plan, checked, names_in, plan_of, planned
from takeover.instagram.private.uploading import upload
from takeover.instagram.private.verdicts import after_sending, verdict
from takeover.instagram.private.way import way_to
from takeover.instagram.publisher import (
    AccountNeedsPerson,
    CannotTell,
    Handle,
    Kind,
    Look,
    OnAccount,
    Ours,
    OutcomeUnknown,
    Outgoing,
    PublishingError,
    Reason,
    StillProcessing,
    TheirsForNow,
    Video,
)

_log = logging.getLogger(__name__)

# What the app leaves between the upload of a clip and publishing it.
CLIP_SETTLES = timedelta(seconds=10)


class PrivatePublisher:
    """A Publisher (see there for what each call promises and raises)."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        *,
        base_url: str | None,
        on_session: Callable[[dict[str, Any]], None],
        is_ours: Callable[[OnAccount], bool],
        pace: float | None = None,
        patience: Patience | None = None,
        clip_settles: timedelta = CLIP_SETTLES,
    ) -> None:
        """Open the account's saved session (instagrapi's `get_settings()`); asks nothing yet.

        base_url is where a stand-in for Instagram listens; None is Instagram. on_session is given
        the session after each call, to be kept: it is a secret. pace is seconds between requests,
        where they are not those of patience. is_ours says whether what is on the account is known
        as another post of ours. Raises Ours when there is no session in the settings.
        """
        self._patience = patience or Patience()
        self._gate = PublishGate(way_to(base_url), self._patience)
        self._site = (base_url or "https://www.instagram.com").rstrip("/")
        self._on_session, self._is_ours = on_session, is_ours
        self._clip_settles = clip_settles
        pace = self._patience.pace if pace is None else pace
        self._client = opened(settings, gate=self._gate, pace=pace)
        self._pk = str(self._client.user_id)
        self._asking = Asking(self._client)
        self._acting = Acting(self._client, self._gate, self._asking)

    @property
    def account(self) -> str:
        return self._pk

    def prepare(self, outgoing: Outgoing, handle: Handle, keep: Callable[[Handle], None]) -> Handle:
        """Check post and session, name what is to be uploaded, and upload it."""
        checked(outgoing)
        plan = planned(outgoing, handle, account_pk=self._pk, is_spent=self._gate.has_let_out)
        if not self._asking.is_for(outgoing.account):
            raise Ours("the saved session belongs to another account", reason=Reason.WRONG_ACCOUNT)
        self._keep_session()
        keep(plan.kept_in(handle))
        for position, wanted in enumerate(plan.uploads):
            if not wanted.at:
                self._upload(outgoing, position, plan)
                plan = plan.with_arrived(position, at=now())
                keep(plan.kept_in(handle))
        self._let_settle(outgoing, plan)
        return plan.kept_in(handle)

    def publish(self, outgoing: Outgoing, handle: Handle) -> OnAccount:
        """Send the one request that publishes what was uploaded."""
        plan = self._plan_in(handle)
        permit, error = self._send(outgoing, plan)
        if not permit.sent:
            raise verdict(error) if error else Ours("the client sent nothing")
        names = names_in(handle)
        media = answers.published(permit.answer, names=names)
        if media is None:
            refusal = after_sending(permit.answer, error)
            if isinstance(refusal, TheirsForNow):
                self._gate.forget(plan.upload_id)
            media = self._despite(refusal, outgoing, names)
        self._keep_session()
        return self._where(media, outgoing)

    def find(self, outgoing: Outgoing, handle: Handle, *, sent_at: datetime) -> Look:
        """Look by the uploads' names; else for the one post with this caption of that time."""
        if handle.get("account_pk") != self._pk:
            raise OutcomeUnknown(
                "the saved session belongs to another account", reason=Reason.WRONG_ACCOUNT
            )
        is_story = outgoing.kind is Kind.STORY
        items = self._asking.stories() if is_story else self._asking.feed_since(sent_at)
        media = answers.match(
            items,
            outgoing,
            names=names_in(handle),
            sent_at=sent_at,
            is_ours=lambda media: self._is_ours(self._where(media, outgoing)),
        )
        self._keep_session()
        if media is None and is_story and now() - sent_at > answers.STORY_LASTS:
            raise CannotTell("a story of that time would not be shown any more")
        if media is None:
            return Look(found=None)
        by_words = not answers.names_of(media) & names_in(handle)
        return Look(found=self._where(media, outgoing), by_words=by_words)

    def permalink_of(self, on: OnAccount) -> str:
        """Whatever finds a post here tells its address."""
        return on.permalink

    def shows(self, on: OnAccount, caption: str) -> bool:
        """And whether its caption was lost."""
        return not on.is_altered

    def take_down(self, on: OnAccount) -> None:
        self._acting.take_down(on)
        self._keep_session()

    def comment(self, on: OnAccount, text: str) -> None:
        self._acting.comment(on, text)
        self._keep_session()

    def has_comment(self, on: OnAccount, text: str) -> bool:
        return self._acting.has_comment(on, text)

    def close_comments(self, on: OnAccount) -> None:
        self._acting.close_comments(on)
        self._keep_session()

    def quota(self) -> None:
        """The app is told of none."""

    def _plan_in(self, handle: Handle) -> Plan:
        plan = plan_of(handle)
        if plan is None or not all(upload.at for upload in plan.uploads):
            raise Ours("it has not been prepared")
        if plan.account_pk != self._pk:
            raise Ours("the saved session belongs to another account", reason=Reason.WRONG_ACCOUNT)
        return plan

    def _upload(self, outgoing: Outgoing, position: int, plan: Plan) -> None:
        wanted = plan.uploads[position]
        try:
            upload(self._client, outgoing, position, upload_id=wanted.id, shape=wanted.shape)
        except Exception as error:
            refusal = verdict(error)
        else:
            return
        raise refusal  # anew, so that no secret hangs on to it

    def _let_settle(self, outgoing: Outgoing, plan: Plan) -> None:
        """Clips are not ready at once. Raises StillProcessing."""
        if any(isinstance(item, Video) for item in outgoing.items):
            left = self._clip_settles - (now() - plan.arrived_at)
            if left > timedelta(0):
                raise StillProcessing("a clip has just been uploaded", wait=left)

    def _send(self, outgoing: Outgoing, plan: Plan) -> tuple[Permit, Exception | None]:
        """Try to publish; what became of the one request, and what the client made of it."""
        left = self._patience.settles - (now() - plan.arrived_at).total_seconds()
        if left > 0:
            time.sleep(min(left, self._patience.settles))
        with self._gate.permit(plan.upload_id) as permit:
            try:
                configure(self._client, outgoing, plan)
            except Exception as error:
                return permit, error
        return permit, None

    def _despite(
        self, refusal: PublishingError, outgoing: Outgoing, names: frozenset[str]
    ) -> answers.Media:
        """Our post, if it is there in spite of the refusal; else raises what is known.

        AccountNeedsPerson is taken for proof that nothing went out, so only after a look: where
        there is no looking, whatever the reason, nothing is known.
        """
        if not isinstance(refusal, AccountNeedsPerson):
            raise refusal
        try:
            items = self._asking.newest(outgoing.kind)
        except (AccountNeedsPerson, TheirsForNow, OutcomeUnknown):
            raise OutcomeUnknown(
                f"{refusal}; then it could not be looked for",
                needs_person=True,
                reason=refusal.reason,
                said=refusal.said,
            ) from None
        for item in items:
            if answers.names_of(item) & names:
                return item
        raise refusal

    def _where(self, media: answers.Media, outgoing: Outgoing) -> OnAccount:
        found = answers.on_account(media, outgoing, site=self._site, account_pk=self._pk)
        return replace(found, is_altered=answers.lost_its_caption(media, caption=outgoing.caption))

    def _keep_session(self) -> None:
        """Never in the way of an outcome: what was published stays published."""
        try:
            self._on_session(self._client.get_settings())
        except Exception as error:
            _log.error("the refreshed session could not be kept: %s", type(error).__name__)
