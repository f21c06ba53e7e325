"""Pausing a programme: from that instant nothing of it goes out, until somebody resumes it."""

from datetime import datetime

from sqlalchemy import Exists, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from takeover import audit
from takeover.audit import Actor
from takeover.people.models import Role
from takeover.plain import one_line
from takeover.programmes.models import Pause, Programme

PAUSERS = (Role.APPROVER, Role.LEAD, Role.LEGAL, Role.ADMINISTRATOR)
"""Who may stop what goes out, and let it go on."""


class AlreadyPaused(Exception):
    """Somebody else was quicker."""


class NotPaused(Exception):
    """Somebody else has resumed it."""


class SaidOtherwise(Exception):
    """Somebody else has said why since it was looked at. `reason` is theirs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def lock_programme(session: Session, programme_id: int) -> Programme:
    """Until the transaction ends nobody pauses it, resumes it, or sends anything of it; but rows
    that name it may be written. Before any of its posts is locked."""
    return session.scalars(
        select(Programme)
        .where(Programme.id == programme_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def open_pause(session: Session, programme_id: int) -> Pause | None:
    return session.scalar(
        select(Pause).where(Pause.programme_id == programme_id, Pause.ended_at.is_(None))
    )


def find_pause(session: Session, pause_id: int) -> Pause | None:
    return session.get(Pause, pause_id)


def in_the_way(
    programme_id: int | InstrumentedAttribute[int],
    slot_at: datetime | InstrumentedAttribute[datetime | None],
) -> Exists:
    """Whether a pause is in the way of what was due at that instant, or was when it came: somebody
    has to place it again. Of values, or of the columns of a query."""
    holds = or_(Pause.ended_at.is_(None), Pause.ended_at >= slot_at)
    return select(Pause.id).where(Pause.programme_id == programme_id, holds).exists()


def holds_up(session: Session, programme_id: int, slot_at: datetime) -> bool:
    """See `in_the_way`."""
    return bool(session.scalar(select(in_the_way(programme_id, slot_at))))


def programmes_and_pauses(session: Session) -> list[tuple[Programme, Pause | None]]:
    """Every programme by its name, each with the pause that holds just now."""
    holds = and_(Pause.programme_id == Programme.id, Pause.ended_at.is_(None))
    found = session.execute(
        select(Programme, Pause)
        .outerjoin(Pause, holds)
        .options(joinedload(Pause.begun_by))
        .order_by(Programme.name, Programme.id)
    )
    return [(programme, pause) for programme, pause in found]


def pause(programme: Programme, *, session: Session, reason: str, by: Actor, at: datetime) -> Pause:
    """The programme must be locked. Raises AlreadyPaused."""
    if open_pause(session, programme.id) is not None:
        raise AlreadyPaused
    begun = Pause(programme_id=programme.id, reason=reason.strip(), begun_at=at, begun_by_id=by.id)
    session.add(begun)
    audit.record(programme, "paused", by=by, at=at)
    return begun


def pause_everything(session: Session, *, by: Actor, at: datetime) -> list[Pause]:
    """Every programme that runs. Empty where none does: somebody was quicker."""
    # Locked in one order by everybody, so that two people at once wait for each other in turn.
    every = session.scalars(
        select(Programme)
        .order_by(Programme.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    paused = set(session.scalars(select(Pause.programme_id).where(Pause.ended_at.is_(None))))
    return [
        pause(programme, session=session, reason="", by=by, at=at)
        for programme in every
        if programme.id not in paused
    ]


def say_why(
    paused: Pause, *, session: Session, seen: str, reason: str, by: Actor, at: datetime
) -> bool:
    """For all that was paused by the same tap, instead of the reason that was seen. Whether that
    says anything new.

    Raises NotPaused, SaidOtherwise.
    """
    same = session.scalars(
        select(Pause)
        .where(Pause.begun_at == paused.begun_at, Pause.begun_by_id == paused.begun_by_id)
        .where(Pause.ended_at.is_(None))
        .order_by(Pause.programme_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not same:
        raise NotPaused
    changed = [one for one in same if one.reason != reason.strip()]
    # Lines end otherwise once a form has held them.
    unseen = [one.reason for one in changed if one_line(one.reason) != one_line(seen)]
    if unseen:
        raise SaidOtherwise(unseen[0])
    for one in changed:
        was, one.reason = one.reason, reason.strip()
        audit.record(one.programme, "pause_explained", by=by, at=at, was=was, reason=one.reason)
    return bool(changed)


def resume(programme: Programme, *, session: Session, by: Actor, at: datetime) -> Pause:
    """The programme must be locked. Raises NotPaused."""
    ended = open_pause(session, programme.id)
    if ended is None:
        raise NotPaused
    ended.ended_at, ended.ended_by_id = at, by.id
    audit.record(programme, "resumed", by=by, at=at)
    return ended
