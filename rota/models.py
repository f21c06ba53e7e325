"""Nominations, and the invitations that go with them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from takeover.db import Id, Model, words
from takeover.people.models import Person
from takeover.programmes.models import Programme
from takeover.states import HasState, Move


class NominationState(StrEnum):
    NOMINATED = "nominated"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # by those who nominated, before an answer
    STEPPED_DOWN = "stepped_down"  # by the person, after a yes


class Nomination(Model, HasState):
    """HR's proposal that somebody takes the account for a week."""

    __tablename__ = "nominations"
    __table_args__ = (
        Index(
            "uq_nominations_one_open",
            "programme_id",
            "person_id",
            unique=True,
            sqlite_where=text("state IN ('nominated', 'invited', 'accepted')"),
            postgresql_where=text("state IN ('nominated', 'invited', 'accepted')"),
        ),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    state: Mapped[NominationState] = mapped_column(words(NominationState), index=True)
    country: Mapped[str] = mapped_column(String(2), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    programme: Mapped[Programme] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    history: Mapped[list["NominationMove"]] = relationship(order_by="NominationMove.id")


class NominationMove(Move, Model):
    __tablename__ = "nomination_moves"

    nomination_id: Mapped[int] = mapped_column(ForeignKey("nominations.id"), index=True)


N = NominationState
Nomination.move_model = NominationMove
Nomination.allowed_moves = {
    N.NOMINATED: {N.INVITED, N.WITHDRAWN},
    N.INVITED: {N.ACCEPTED, N.DECLINED, N.WITHDRAWN},
    N.ACCEPTED: {N.STEPPED_DOWN},
}


class Invitation(Model):
    """A link by which one person reads what they are invited to, and answers for themselves."""

    __tablename__ = "invitations"

    id: Mapped[Id]
    nomination_id: Mapped[int] = mapped_column(ForeignKey("nominations.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    nomination: Mapped[Nomination] = relationship()
