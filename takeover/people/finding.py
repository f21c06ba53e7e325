"""Finding people in a long list."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from takeover.people.models import Grant, Person, Role

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One page of people, by name."""

    people: Sequence[Person]
    count: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // A_PAGE))


def search_people(
    session: Session, *, words: str = "", role: Role | None = None, page: int = 1
) -> Found:
    """Those whose name or address has every word, and who hold the role. Pages count from 1; one
    past the last is the last."""
    chosen = _chosen(words, role)
    count = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    page = min(max(page, 1), max(1, -(-count // A_PAGE)))
    people = session.scalars(
        chosen.order_by(func.lower(Person.name), Person.id)
        .limit(A_PAGE)
        .offset((page - 1) * A_PAGE)
    ).all()
    return Found(people, count, page)


def _chosen(words: str, role: Role | None) -> Select[Person]:
    chosen = select(Person)
    for word in words.split():
        chosen = chosen.where(
            or_(
                Person.name.icontains(word, autoescape=True),
                Person.email.icontains(word, autoescape=True),
            )
        )
    if role is not None:
        chosen = chosen.where(Person.id.in_(select(Grant.person_id).where(Grant.role == role)))
    return chosen
