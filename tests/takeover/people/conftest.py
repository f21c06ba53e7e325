from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.mail.models import Message
from takeover.people import passwords
from takeover.people.models import Person
from takeover.people.passwords import set_password
from tests.cast import PASSWORD, Cast


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hashing is slow on purpose; here it need not be."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def amir(cast: Cast, session: Session) -> Person:
    """Comms approver, with a password."""
    set_password(cast.amir, PASSWORD)
    session.commit()
    return cast.amir


@pytest.fixture
def letters(session: Session) -> Callable[[Person], list[Message]]:
    """The messages with a sign-in link that wait for somebody, oldest first."""

    def to(person: Person) -> list[Message]:
        session.commit()
        of_them = (Message.person_id == person.id, Message.kind == "sign_in")
        return list(session.scalars(select(Message).where(*of_them).order_by(Message.id)))

    return to


@pytest.fixture
def link_in(letters) -> Callable[[Person], str]:
    """The path of the newest link in somebody's mailbox."""

    def of(person: Person) -> str:
        text = letters(person)[-1].text
        (line,) = [line for line in text.splitlines() if line.startswith("http://localhost/")]
        return line.removeprefix("http://localhost")

    return of
