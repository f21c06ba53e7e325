"""The outbox, read as if it were everybody's mailbox."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from takeover.mail.models import Message
from takeover.people.models import Person

MOST = 200


def newest_messages(session: Session) -> list[tuple[Message, str]]:
    """Each with the name of its reader, the latest first."""
    rows = session.execute(
        select(Message, Person.name)
        .join(Person, Person.id == Message.person_id)
        .order_by(Message.written_at.desc(), Message.id.desc())
        .limit(MOST)
    )
    return [(message, name) for message, name in rows]


def find_message(session: Session, message_id: int) -> Message | None:
    return session.get(Message, message_id)


def as_shown(message: Message) -> str:
    """Its HTML, with links that leave the frame it is shown in."""
    return message.html.replace('target="_blank"', 'target="_top"')
