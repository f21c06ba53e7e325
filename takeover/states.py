"""How a thing with a state moves: by a table of allowed moves, with its history and the audit."""

from collections.abc import Mapping, Set
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, cast

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from takeover import audit
from takeover.audit import Actor
from takeover.db import Id, Model


class MoveNotAllowed(Exception):
    """Nothing leads from the state it is in to the state asked for."""

    def __init__(self, subject: Model, *, from_state: str, to_state: str) -> None:
        super().__init__(f"{subject.__tablename__}: {from_state} does not lead to {to_state}")
        self.from_state = from_state
        self.to_state = to_state


class Move:
    """The columns of a history row; each model with a state has such a table of its own."""

    id: Mapped[Id]
    at: Mapped[datetime]
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str] = mapped_column(String(40))
    why: Mapped[str] = mapped_column(Text, default="")

    @declared_attr
    def by_id(cls) -> Mapped[int | None]:  # noqa: N805  # SQLAlchemy calls it with the class
        return mapped_column(ForeignKey("people.id"))


class HasState:
    """Mixed into a model that has a `state` column and a `history` of moves."""

    allowed_moves: ClassVar[Mapping[Any, Set[Any]]]
    move_model: ClassVar[type[Any]]

    def begin(self, *, by: Actor | None, at: datetime, **facts: Any) -> None:
        """Put its first state on the record. It must have been added to a session."""
        self._write(None, by=by, at=at, why="", facts=facts)

    def move(
        self, to_state: StrEnum, *, by: Actor | None, at: datetime, why: str = "", **facts: Any
    ) -> None:
        """Go to another state. Raises MoveNotAllowed."""
        this = cast(Any, self)
        from_state = this.state
        if to_state not in self.allowed_moves.get(from_state, frozenset()):
            raise MoveNotAllowed(this, from_state=from_state, to_state=to_state)
        this.state = to_state
        self._write(from_state, by=by, at=at, why=why, facts=facts)

    def _write(
        self,
        from_state: StrEnum | None,
        *,
        by: Actor | None,
        at: datetime,
        why: str,
        facts: dict[str, Any],
    ) -> None:
        this = cast(Any, self)
        states = {
            "from_state": from_state.value if from_state else None,
            "to_state": this.state.value,
        }
        this.history.append(self.move_model(at=at, by_id=by.id if by else None, why=why, **states))
        audit.record(this, this.state.value, by=by, at=at, **states, **facts)
