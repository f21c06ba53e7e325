"""Beginning a programme."""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from takeover import audit
from takeover.audit import Actor
from takeover.programmes.models import Programme

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
USERNAME = re.compile(r"[A-Za-z0-9._]{1,30}")  # Instagram's own rule for usernames

# What a new programme begins with; its settings page changes it.
WEEKDAYS = (0, 1, 2, 3, 4)
TIMES = ("08:30", "12:15", "18:00")


class SlugTaken(Exception):
    """Another programme is called that in addresses."""


class AccountTaken(Exception):
    """An account belongs to one programme."""


def begin_programme(
    session: Session,
    *,
    slug: str,
    name: str,
    account: str,
    timezone: str,
    language: str,
    by: Actor | None,
    at: datetime,
    slot_days: Iterable[int] = WEEKDAYS,
    slot_times: Iterable[str] = TIMES,
) -> Programme:
    """Raises SlugTaken, AccountTaken; ValueError, in words, for what cannot be one."""
    account = account.strip().removeprefix("@")
    if not SLUG.fullmatch(slug):
        raise ValueError(f"{slug!r} will not do: use small letters, figures and hyphens.")
    if not USERNAME.fullmatch(account):
        raise ValueError(f"{account!r} is not an Instagram username.")
    if not name.strip():
        raise ValueError("A programme needs a name.")
    same = or_(Programme.slug == slug, func.lower(Programme.account) == account.lower())
    other = session.scalar(select(Programme).where(same))
    if other is not None:
        raise SlugTaken if other.slug == slug else AccountTaken
    programme = Programme(
        slug=slug,
        name=name.strip(),
        account=account,
        timezone=timezone,
        language=language,
        slot_days=list(slot_days),
        slot_times=list(slot_times),
        created_at=at,
    )
    session.add(programme)
    audit.record(programme, "programme_begun", by=by, at=at)
    return programme
