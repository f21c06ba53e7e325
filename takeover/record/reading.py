"""Reading the record, newest first, a page at a time, however long it has become."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from takeover.audit import AuditEntry
from takeover.people.models import Person

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Entries:
    """One page, newest first. `older` and `newer`: the ids to go on from, where there is more."""

    lines: Sequence[AuditEntry]
    people: dict[int, Person]
    older: int | None
    newer: int | None


def read_entries(
    session: Session,
    *,
    kind: str = "",
    object_id: int | None = None,
    before: int | None = None,
    after: int | None = None,
) -> Entries:
    """The newest entries that are older than `before`, or the oldest that are newer than `after`.

    They are found by their ids, so that the thousandth page is as quick as the first.
    """
    chosen = _about(kind, object_id)
    if after is not None:
        asked = chosen.where(AuditEntry.id > after).order_by(AuditEntry.id)
    elif before is not None:
        asked = chosen.where(AuditEntry.id < before).order_by(AuditEntry.id.desc())
    else:
        asked = chosen.order_by(AuditEntry.id.desc())
    found = list(session.scalars(asked.limit(A_PAGE + 1)))
    more, lines = len(found) > A_PAGE, found[:A_PAGE]
    if after is not None:
        lines.reverse()
    has_older = after is not None or more
    has_newer = more if after is not None else before is not None
    return Entries(
        lines,
        _who(session, lines),
        older=lines[-1].id if lines and has_older else None,
        newer=lines[0].id if lines and has_newer else None,
    )


def _about(kind: str, object_id: int | None) -> Select[AuditEntry]:
    chosen = select(AuditEntry)
    if kind:
        chosen = chosen.where(AuditEntry.object_kind == kind)
    if object_id is not None:
        chosen = chosen.where(AuditEntry.object_id == object_id)
    return chosen


def _who(session: Session, lines: Sequence[AuditEntry]) -> dict[int, Person]:
    ids = {line.by_id for line in lines if line.by_id is not None}
    ids |= {line.object_id for line in lines if line.object_kind == Person.__tablename__}
    found = session.scalars(select(Person).where(Person.id.in_(ids)))
    return {person.id: person for person in found}
