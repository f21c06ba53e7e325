"""What the stories of the demo share."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from takeover.demo.company import ACCOUNT, NAME, SLOT_TIMES, SLUG, STAFF, ZONE
from takeover.instagram.doors import SANDBOX
from takeover.instagram.holding import let_go, take_hold
from takeover.instagram.publishing import send
from takeover.instagram.sandbox import SandboxPublisher
from takeover.instagram.working import Work
from takeover.media.store import Store
from takeover.people.adding import add_person, give_role
from takeover.people.models import Person, Role
from takeover.posts.models import Post
from takeover.programmes.beginning import begin_programme
from takeover.programmes.models import Programme
from takeover.web import public_address
from takeover.weeks.giving import monday_of, today_of


class Ground:
    """What all stories stand on: the programme, its staff, the account it publishes to."""

    def __init__(
        self, session: Session, connection: Connection, store: Store, at: datetime
    ) -> None:
        self.session = session
        self.store = store
        self.at = at
        self.programme = self._open_programme()
        self.staff = self._hire()
        # The sandbox writes in transactions of its own, which here are parts of ours.
        self._sandbox = sessionmaker(connection, join_transaction_mode="create_savepoint")

    @property
    def this_monday(self) -> date:
        return monday_of(today_of(self.programme, at=self.at))

    def one(self, role: Role, number: int = 0) -> Person:
        holders = [person for person in self.staff if role in person.roles]
        return holders[number % len(holders)]

    def nominator_for(self, country: str) -> Person:
        return next(person for person in self.staff if country in person.nominates_for)

    def publish(self, post: Post, *, at: datetime) -> None:
        lease = timedelta(minutes=5)
        hold = take_hold(self.session, post.programme_id, lease=lease, at=at)
        if hold is None:
            raise AssertionError(f"post {post.id} could not go out at {at}")
        work = Work(
            session=self.session,
            hold=hold,
            publisher=SandboxPublisher(self._sandbox, public_address("/sandbox"), lambda: at),
            door=SANDBOX,
            store=self.store,
            clock=lambda: at,
            lease=lease,
        )
        send(work, post.id)
        let_go(self.session, hold)

    def _open_programme(self) -> Programme:
        return begin_programme(
            self.session,
            slug=SLUG,
            name=NAME,
            account=ACCOUNT,
            timezone=ZONE,
            language="en",
            by=None,
            at=self.at - timedelta(days=90),
            slot_days=range(7),
            slot_times=SLOT_TIMES,
        )

    def _hire(self) -> list[Person]:
        at = self.programme.created_at
        people = []
        for member in STAFF:
            person = add_person(
                self.session,
                name=member.name,
                email=member.email,
                timezone=member.timezone,
                country=member.country,
                job=member.job,
                workplace=member.workplace,
                by=None,
                at=at,
            )
            self.session.flush()
            give_role(person, member.role, by=None, at=at, countries=member.countries)
            people.append(person)
        return people
