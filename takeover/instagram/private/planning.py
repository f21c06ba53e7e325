"""What is uploaded under which name, and what of it is done: all that a handle keeps.

Names are chosen, and on the record, before anything is sent: by them a post is found again.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from takeover.clock import now
from takeover.instagram.private.uploading import Shape, shape_of
from takeover.instagram.publisher import (
    EARLIER,
    SENT,
    Handle,
    Kind,
    Outgoing,
    Photo,
    Reason,
    TheirsForGood,
    Video,
)

UPLOADS_LAST = timedelta(hours=12)
MOST_REFUSALS = 3  # of the same uploads: then Instagram is given them anew

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BLOCK = 1024 * 1024  # bytes
_FEWEST, _MOST = 2, 20  # as in the app


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One item. `at` is when it had arrived, as ISO; empty: it has not."""

    id: str
    sha256: str
    width: int
    height: int
    duration: float
    at: str = ""

    @property
    def shape(self) -> Shape:
        return Shape(self.width, self.height, self.duration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`upload_id` names the post itself: its only item, or a carousel (`client_sidecar_id`).

    `earlier` are the names it was uploaded under before; `refused` is when it was sent in vain.
    """

    account_pk: str
    upload_id: str
    uploads: tuple[Upload, ...]
    earlier: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def arrived_at(self) -> datetime:
        """When the last of it had; raises ValueError while something has not."""
        return max(datetime.fromisoformat(upload.at) for upload in self.uploads)

    def with_arrived(self, position: int, *, at: datetime) -> "Plan":
        uploads = list(self.uploads)
        uploads[position] = replace(uploads[position], at=at.isoformat())
        return replace(self, uploads=tuple(uploads))

    def kept_in(self, handle: Handle) -> Handle:
        return {**handle, **asdict(self)}


class _UploadIds:
    """Names for uploads, as the app makes them: milliseconds since 1970; never one twice."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = Lock()

    def next(self) -> str:
        with self._lock:
            self._last = max(self._last + 1, (now() - _EPOCH) // timedelta(milliseconds=1))
            return str(self._last)


_upload_ids = _UploadIds()


def checked(outgoing: Outgoing) -> None:
    """Raises TheirsForGood for what Instagram makes nothing of, before anything leaves."""
    kinds = [type(item) for item in outgoing.items]
    fits = {
        Kind.PHOTO: kinds == [Photo],
        Kind.REEL: kinds == [Video],
        Kind.STORY: len(kinds) == 1,
        Kind.CAROUSEL: _FEWEST <= len(kinds) <= _MOST,
    }
    if not fits[outgoing.kind]:
        raise TheirsForGood(f"{len(kinds)} items are no {outgoing.kind}", reason=Reason.FORMAT)


def plan_of(handle: Handle) -> Plan | None:
    """None in a handle of another door, or of an earlier edition of this one."""
    try:
        return Plan(
            account_pk=handle["account_pk"],
            upload_id=handle["upload_id"],
            uploads=tuple(Upload(**upload) for upload in handle["uploads"]),
            earlier=tuple(handle["earlier"]),
            refused=tuple(handle["refused"]),
        )
    except (KeyError, TypeError):
        return None


def names_in(handle: Handle) -> frozenset[str]:
    """Every name that the post may have been published under."""
    uploads = [upload["id"] for upload in handle.get("uploads", ())]
    names = {handle.get("upload_id", ""), *uploads, *handle.get("earlier", ())} - {""}
    return frozenset(names | names_in(handle[EARLIER]) if EARLIER in handle else names)


def planned(
    outgoing: Outgoing, handle: Handle, *, account_pk: str, is_spent: Callable[[str], bool]
) -> Plan:
    """Go on with what was uploaded as far as it is of use, else a plan with new names.

    What was sent in vain is uploaded anew, but for clips: they may only not have been ready. It is
    `is_spent` too whose publishing request left without a clear answer.
    """
    found, digests = plan_of(handle), [_digest_of(item) for item in outgoing.items]
    refused = found.refused if found else ()
    sent = handle.get(SENT, "")
    is_new = bool(sent) and sent not in refused
    if is_new:
        refused = (*refused, sent)
    anew = is_new and (not _has_clips(outgoing.items) or len(refused) % MOST_REFUSALS == 0)
    if found and not anew and not is_spent(found.upload_id) and _is_of(found, account_pk, digests):
        return replace(found, refused=refused)
    return _a_plan(outgoing, handle, digests, account_pk=account_pk, refused=refused)


def _is_of(plan: Plan, account_pk: str, digests: list[str]) -> bool:
    """Whether it is of these bytes on this account, and Instagram has them still."""
    arrived = [datetime.fromisoformat(upload.at) for upload in plan.uploads if upload.at]
    return (
        plan.account_pk == account_pk
        and [upload.sha256 for upload in plan.uploads] == digests
        and all(now() - at < UPLOADS_LAST for at in arrived)
    )


def _a_plan(outgoing: Outgoing, handle: Handle, digests: list[str], **kept: Any) -> Plan:
    uploads = []
    for item, digest in zip(outgoing.items, digests, strict=True):
        shape = shape_of(item)
        uploads.append(Upload(id=_upload_ids.next(), sha256=digest, **asdict(shape)))
    alone = outgoing.kind is not Kind.CAROUSEL
    return Plan(
        upload_id=uploads[0].id if alone else _upload_ids.next(),
        uploads=tuple(uploads),
        earlier=tuple(sorted(names_in(handle))),
        **kept,
    )


def _has_clips(items: Sequence[Photo | Video]) -> bool:
    return any(isinstance(item, Video) for item in items)


def _digest_of(item: Photo | Video) -> str:
    """Of all its bytes, its cover's too."""
    if isinstance(item, Photo):
        return hashlib.sha256(item.jpeg).hexdigest()
    digest = hashlib.sha256(item.cover)
    item.mp4.seek(0)
    while block := item.mp4.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()
