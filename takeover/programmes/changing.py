"""Changing what a programme is called, and when its posts go out."""

from datetime import datetime
from typing import Any

from takeover import audit
from takeover.audit import Actor
from takeover.programmes.models import Programme

SETTINGS = (
    "name",
    "account",
    "timezone",
    "language",
    "slot_days",
    "slot_times",
    "spacing",
    "grace",
    "quiet_from",
    "quiet_until",
)


def change_settings(programme: Programme, *, by: Actor, at: datetime, **settings: Any) -> bool:
    """Set these, and put on the record what they were. Whether anything changed.

    Posts that are approved keep the slot they have; spacing and grace hold for them too.
    Raises ValueError for what is no setting.
    """
    if unknown := set(settings) - set(SETTINGS):
        raise ValueError(f"no such settings: {sorted(unknown)}")
    changed = {
        name: [getattr(programme, name), value]
        for name, value in settings.items()
        if getattr(programme, name) != value
    }
    if not changed:
        return False
    for name, (_before, after) in changed.items():
        setattr(programme, name, after)
    audit.record(programme, "settings_changed", by=by, at=at, changed=changed)
    return True
