"""Two people doing the same thing in the same instant, each in their own transaction."""

import threading
from collections.abc import Callable
from contextvars import Context
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rota.answering import accept, consent_words, decline, step_down
from rota.finding import lock_nomination
from rota.inviting import InvitedAlready, invite
from rota.models import Nomination
from rota.nominating import NominatedAlready, nominate
from rota.planning import give
from takeover.db import db
from takeover.mail.models import Message
from takeover.people.models import Person
from takeover.programmes.models import Programme
from takeover.states import MoveNotAllowed
from takeover.weeks.giving import NoConsent, WeekTaken
from takeover.weeks.models import Consent, Week
from tests.cast import NOW, THIS_MONDAY

pytestmark = pytest.mark.each_database

NEXT_MONDAY = THIS_MONDAY + timedelta(weeks=1)


@pytest.fixture
def at_once(app, session) -> Callable[..., list[object]]:
    """Runs each in a thread and a session of its own, all let go at one instant; gives what each
    returned or raised."""

    def run(*deeds: Callable[[], object]) -> list[object]:
        session.commit()
        gate = threading.Barrier(len(deeds))
        outcomes: list[object] = [None] * len(deeds)

        def one(number: int, deed: Callable[[], object]) -> None:
            with app.app_context():
                gate.wait(timeout=20)
                try:
                    outcomes[number] = deed()
                    db.session.commit()
                except Exception as error:
                    db.session.rollback()
                    outcomes[number] = error

        threads = [
            threading.Thread(target=Context().run, args=(one, number, deed))
            for number, deed in enumerate(deeds)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        session.expire_all()
        return outcomes

    return run


def the(kind: type, number: int) -> object:
    return db.session.get(kind, number)


def test_a_week_given_by_two_at_once_goes_to_one_of_them(at_once, session, cast, invited):
    words = consent_words(cast.programme, "fr")
    accept(invited, session=session, words=words, language="fr", at=NOW)
    programme, lead = cast.programme.id, cast.lea.id
    people = [cast.zofia.id, cast.noe.id] * 3

    def giving(person: int) -> Callable[[], object]:
        return lambda: (
            give(
                the(Programme, programme),
                the(Person, person),
                session=db.session,
                starts_on=NEXT_MONDAY,
                by=the(Person, lead),
                at=NOW,
            ).id
        )

    outcomes = at_once(*(giving(person) for person in people))
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, WeekTaken) for outcome in outcomes) == len(people) - 1
    assert session.scalar(select(func.count()).where(Week.starts_on == NEXT_MONDAY)) == 1
    assert session.scalar(select(func.count()).where(Message.kind == "brief")) == 1


def test_a_week_given_while_its_person_steps_down_is_never_left_standing(at_once, session, cast):
    programme, lead, person = cast.programme.id, cast.lea.id, cast.zofia.id
    consent = cast.consent.id

    def giving(weeks: int) -> Callable[[], object]:
        return lambda: (
            give(
                the(Programme, programme),
                the(Person, person),
                session=db.session,
                starts_on=THIS_MONDAY + timedelta(weeks=weeks),
                by=the(Person, lead),
                at=NOW,
            ).id
        )

    def stepping_down() -> object:
        return step_down(the(Consent, consent), session=db.session, by=the(Person, person), at=NOW)

    outcomes = at_once(giving(1), stepping_down, giving(2), giving(3))
    assert outcomes[1] is None
    for outcome in (outcomes[0], outcomes[2], outcomes[3]):
        assert isinstance(outcome, int | NoConsent)
    assert session.scalar(select(func.count()).where(Week.taken_back_at.is_(None))) == 0


def test_inviting_at_once_sends_one_message(at_once, session, cast, outbox):
    nomination, lead = cast.nomination.id, cast.lea.id

    def inviting() -> object:
        found = lock_nomination(db.session, nomination)
        return invite(found, session=db.session, by=the(Person, lead), at=NOW).id

    outcomes = at_once(inviting, inviting, inviting)
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, InvitedAlready) for outcome in outcomes) == 2
    assert len(outbox("invitation", cast.noe)) == 1


def test_a_yes_and_a_no_at_once_are_one_answer(at_once, session, cast, invited):
    nomination = invited.id
    words = consent_words(cast.programme, "fr")

    def yes() -> object:
        found = lock_nomination(db.session, nomination)
        return accept(found, session=db.session, words=words, language="fr", at=NOW).id

    def no() -> object:
        return decline(lock_nomination(db.session, nomination), at=NOW)

    outcomes = at_once(yes, no, yes)
    assert sum(isinstance(outcome, MoveNotAllowed) for outcome in outcomes) == 2
    consents = session.scalar(select(func.count()).where(Consent.person_id == cast.noe.id))
    assert consents == (invited.state == "accepted")


def test_nominating_the_same_person_at_once_makes_one_nomination(at_once, session, cast):
    programme, hr = cast.programme.id, cast.hanna.id

    def nominating() -> object:
        return nominate(
            the(Programme, programme),
            session=db.session,
            name="Greta Meier",
            email="greta@home.example",
            country="DE",
            job="Electrician",
            workplace="Kiel",
            language="en",
            reason="",
            by=the(Person, hr),
            at=NOW,
        ).id

    outcomes = at_once(nominating, nominating, nominating)
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, NominatedAlready) for outcome in outcomes) == 2
    greta = session.scalars(select(Person).where(Person.email == "greta@home.example")).one()
    assert session.scalar(select(func.count()).where(Nomination.person_id == greta.id)) == 1
