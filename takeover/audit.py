"""Every decision, on the record: who, what, when, from which state to which. Never edited."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ForeignKey, Index, String, inspect
from sqlalchemy.orm import Mapped, mapped_column, object_session

from takeover.db import Id, Model


class Actor(Protocol):
    """Whoever did it. None stands for the application itself."""

    @property
    def id(self) -> int: ...


class AuditEntry(Model):
    """One line of the record. It holds ids and words of ours, nothing personal."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_object", "object_kind", "object_id"),)

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    action: Mapped[str] = mapped_column(String(80))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int]
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str | None] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(
    subject: Model,
    action: str,
    *,
    by: Actor | None,
    at: datetime,
    from_state: str | None = None,
    to_state: str | None = None,
    **facts: Any,
) -> None:
    """Write an audit entry into the subject's own session, to be committed with the change.

    The subject must be in a session. `facts` must be JSON and name nobody.
    """
    session = object_session(subject)
    if session is None:
        raise ValueError("only what is in a session can be put on the record")
    session.flush()
    (identity,) = inspect(subject).identity or (None,)
    session.add(
        AuditEntry(
            at=at,
            by_id=by.id if by else None,
            action=action,
            object_kind=subject.__tablename__,
            object_id=identity,
            from_state=from_state,
            to_state=to_state,
            facts=facts,
        )
    )
