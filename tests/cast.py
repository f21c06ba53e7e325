"""A small company: the same few people in every test, among them one who may not."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rota.answering import accept, consent_words
from rota.inviting import invite
from rota.models import Nomination
from rota.nominating import nominate
from takeover.people.adding import add_person, give_role
from takeover.people.models import Person, Role
from takeover.programmes.models import Programme
from takeover.weeks.giving import give_week
from takeover.weeks.models import Consent, Week

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday
THIS_MONDAY = date(2026, 11, 23)
PASSWORD = "correct horse battery staple"


@dataclass
class Cast:
    programme: Programme
    hanna: Person  # nominates people of France and Germany
    lea: Person  # leads the programme
    amir: Person  # approves
    olga: Person  # approves for the law
    ada: Person  # administers
    zofia: Person  # has the account this week
    noe: Person  # is nominated, and knows nothing of it yet
    stranger: Person  # may do nothing
    consent: Consent  # Zofia's
    week: Week  # Zofia's
    nomination: Nomination  # Noé's


def gather(session: Session) -> None:
    """Let them happen, in a database that holds nothing yet. Commits."""
    long_ago = NOW - timedelta(days=30)
    programme = Programme(
        slug="a-week-in-a-life",
        name="A week in a life of…",
        account="a_week_at_nordwerk",
        timezone="Europe/Paris",
        language="en",
        slot_days=[0, 1, 2, 3, 4, 5, 6],
        slot_times=["08:30", "12:15", "18:00"],
        created_at=long_ago,
    )
    session.add(programme)

    def person(name: str, email: str, *roles: Role, **facts: str) -> Person:
        added = add_person(session, name=name, email=email, by=None, at=long_ago, **facts)
        session.flush()
        for role in roles:
            give_role(added, role, by=None, at=long_ago, countries=["FR", "DE"])
        return added

    hanna = person("Hanna Vogel", "hanna@nordwerk.example", Role.HR)
    lea = person("Léa Martin", "lea@nordwerk.example", Role.LEAD)
    person("Amir Haddad", "amir@nordwerk.example", Role.APPROVER)
    person("Olga Petrova", "olga@nordwerk.example", Role.LEGAL)
    person("Ada Byrne", "ada@nordwerk.example", Role.ADMINISTRATOR)
    person("Sam Stranger", "sam@elsewhere.example")

    def nominated(name: str, email: str, country: str, **facts: str) -> Nomination:
        return nominate(
            programme,
            session=session,
            name=name,
            email=email,
            country=country,
            job=facts["job"],
            workplace=facts["workplace"],
            language=facts["language"],
            reason="",
            by=lea if country == "PL" else hanna,
            at=long_ago,
        )

    hers = nominated(
        "Zofia Kowalczyk",
        "zofia@home.example",
        "PL",
        job="Welder",
        workplace="Wrocław",
        language="en",
    )
    invite(hers, session=session, by=lea, at=long_ago)
    accept(hers, session=session, words=consent_words(programme, "en"), language="en", at=long_ago)
    hers.person.timezone = "Europe/Warsaw"
    give_week(programme, hers.person, session=session, starts_on=THIS_MONDAY, by=lea, at=long_ago)
    nominated(
        "Noé Lambert",
        "noe@home.example",
        "FR",
        job="Apprentice",
        workplace="Lyon",
        language="fr",
    )
    session.commit()


def find(session: Session) -> Cast:
    """The cast of a database in which they were gathered."""
    people = {p.email.partition("@")[0]: p for p in session.scalars(select(Person))}
    return Cast(
        programme=session.scalars(select(Programme)).one(),
        hanna=people["hanna"],
        lea=people["lea"],
        amir=people["amir"],
        olga=people["olga"],
        ada=people["ada"],
        zofia=people["zofia"],
        noe=people["noe"],
        stranger=people["sam"],
        consent=session.scalars(select(Consent)).one(),
        week=session.scalars(select(Week)).one(),
        nomination=session.scalars(
            select(Nomination).where(Nomination.person_id == people["noe"].id)
        ).one(),
    )
