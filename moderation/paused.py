"""What the head of every page says of pauses, for whoever reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.placing import PLACERS
from takeover.people.models import Person, Role
from takeover.posts.held_up import how_many_to_place
from takeover.programmes.models import Pause, Programme
from takeover.programmes.pausing import PAUSERS, programmes_and_pauses
from takeover.weeks.models import Consent


@dataclass(frozen=True, slots=True)
class Tap:
    """What one person paused at one instant."""

    pauses: tuple[Pause, ...]
    is_everything: bool

    @property
    def first(self) -> Pause:
        return self.pauses[0]

    @property
    def programmes(self) -> list[Programme]:
        return [pause.programme for pause in self.pauses]


@dataclass(frozen=True, slots=True)
class Head:
    taps: list[Tap]
    may_pause: bool
    something_runs: bool
    to_place: int  # posts that wait for the reader
    is_for_author: bool


def head_for(person: Person, *, session: Session, at: datetime) -> Head:
    every = programmes_and_pauses(session)
    may_pause = not person.roles.isdisjoint(PAUSERS)
    places = not person.roles.isdisjoint(PLACERS)
    return Head(
        taps=_concerning(person, taps_of(every), session=session),
        may_pause=may_pause,
        something_runs=any(pause is None for _programme, pause in every),
        to_place=how_many_to_place(session, at=at) if places else 0,
        is_for_author=Role.AMBASSADOR in person.roles and not may_pause,
    )


def taps_of(every: Iterable[tuple[Programme, Pause | None]]) -> list[Tap]:
    """The latest first. `every` are all programmes, each with its pause, if it has one."""
    by_tap: dict[tuple[datetime, int], list[Pause]] = {}
    runs = False
    for _programme, pause in every:
        if pause is None:
            runs = True
        else:
            by_tap.setdefault((pause.begun_at, pause.begun_by_id), []).append(pause)
    is_everything = not runs and len(by_tap) == 1
    return [
        Tap(tuple(pauses), is_everything)
        for _key, pauses in sorted(by_tap.items(), key=lambda item: item[0], reverse=True)
    ]


def _concerning(person: Person, taps: list[Tap], *, session: Session) -> list[Tap]:
    """An ambassador hears of the programmes they take part in, and of no other."""
    if not taps or person.roles != {Role.AMBASSADOR}:
        return taps
    theirs = set(
        session.scalars(select(Consent.programme_id).where(Consent.person_id == person.id))
    )
    return [tap for tap in taps if any(pause.programme_id in theirs for pause in tap.pauses)]
