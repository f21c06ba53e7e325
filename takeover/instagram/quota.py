"""What the account may still publish today: asked for now and then, and counted down in between.

Instagram holds to it as well, when it is asked to publish; who asks first sends nothing in vain.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from takeover.instagram.publisher import (
    AccountNeedsPerson,
    Publisher,
    PublishingError,
    Reason,
    TheirsForNow,
)

EVERY = timedelta(minutes=5)
WAIT = timedelta(minutes=15)


class QuotaWatch:
    """One account's, as long as one worker has it."""

    def __init__(self, publisher: Publisher, clock: Callable[[], datetime]) -> None:
        self._publisher, self._clock = publisher, clock
        self._left: int | None = None
        self._asked_at: datetime | None = None

    def check(self) -> None:
        """Raises TheirsForNow where nothing may go out now, and AccountNeedsPerson."""
        at = self._clock()
        if self._asked_at is None or at - self._asked_at >= EVERY:
            self._left, self._asked_at = self._asked(), at
        if self._left is not None and self._left <= 0:
            raise TheirsForNow("the quota is used up", wait=WAIT, reason=Reason.QUOTA)

    def spend(self) -> None:
        if self._left is not None:
            self._left -= 1

    def _asked(self) -> int | None:
        """None where the door has none, or does not say: then Instagram itself holds to it. Asked
        to slow down, who went on to publish would be throttled for longer."""
        try:
            quota = self._publisher.quota()
        except AccountNeedsPerson:
            raise
        except PublishingError as error:
            if error.reason is Reason.RATE_LIMITED:
                raise
            return None
        return quota.total - quota.used if quota else None
