"""What the tests of the rota share: the outbox, the record, and the link in a message."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rota.inviting import invite
from rota.models import Nomination
from takeover.audit import AuditEntry
from takeover.mail.models import Message
from takeover.people.models import Person
from tests.cast import NOW, Cast

Outbox = Callable[..., list[Message]]
Recorded = Callable[..., list[AuditEntry]]


@pytest.fixture
def outbox(session: Session) -> Outbox:
    """`outbox("brief", noe)`: the messages of that kind to that person."""

    def messages(kind: str, to: Person) -> list[Message]:
        query = select(Message).where(Message.kind == kind, Message.person_id == to.id)
        return list(session.scalars(query.order_by(Message.id)))

    return messages


@pytest.fixture
def recorded(session: Session) -> Recorded:
    """`recorded("week_given")`: the audit entries of that action."""

    def entries(action: str) -> list[AuditEntry]:
        query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return list(session.scalars(query))

    return entries


@pytest.fixture
def invited(session: Session, cast: Cast) -> Nomination:
    """Noé, who has his invitation."""
    invite(cast.nomination, session=session, by=cast.lea, at=NOW)
    session.commit()
    return cast.nomination


@pytest.fixture
def path(invited: Nomination, outbox: Outbox) -> str:
    """The address of Noé's invitation, as his message has it."""
    return link_in(outbox("invitation", invited.person)[-1])


def link_in(message: Message) -> str:
    """The path of the one address in the message."""
    (found,) = set(re.findall(r"http://localhost(/\S+)", message.text))
    return str(found)
