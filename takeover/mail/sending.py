"""Sending what waits in the outbox, each message once, however often and wherever this runs."""

import logging
import smtplib
import ssl
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from config import LOOPBACK
from takeover.clock import now
from takeover.db import db
from takeover.mail.models import Message, MessageState
from takeover.schedule import Job
from takeover.web import settings
from takeover.work import Task, hand_out

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
TIMEOUT = 30  # seconds for each step of the SMTP dialogue
WAITS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720)]
OUTBOX = "outbox:"


def hand_out_waiting() -> None:
    """The clock's turn: give every message that is due to a worker."""
    if settings().mail_url == OUTBOX:
        return  # they stay in the outbox, where the demo shows them
    due = list(db.session.scalars(_due(now()).limit(200)))
    db.session.commit()
    for message_id in due:
        hand_out(SEND, message_id)


def send(message_id: int) -> None:
    """Claim the message, commit, send it, record, commit."""
    message = _claim(db.session, message_id, at=now())
    if message is None:
        return
    letter = _compose(message)
    db.session.commit()  # nothing waits in the database for somebody else's mail server
    try:
        _deliver(letter)
    except (OSError, smtplib.SMTPException) as error:
        _note_trouble(message, error, at=now())
    else:
        message.state = MessageState.SENT
        message.sent_at = now()
        message.lease_until = None
        # It may hold a link that signs somebody in; it is theirs alone now.
        message.text = message.html = ""
    db.session.commit()


SEND = Task("send_message", send)
JOB = Job("send_mail", hand_out_waiting, every=timedelta(seconds=5))


def _due(at: datetime) -> Select[int]:
    free = or_(Message.lease_until.is_(None), Message.lease_until < at)
    return (
        select(Message.id)
        .where(Message.state == MessageState.WAITING, Message.next_try_at <= at, free)
        .order_by(Message.next_try_at)
    )


def _claim(session: Session, message_id: int, *, at: datetime) -> Message | None:
    """The message, if it is ours to send now. Commits: claiming is that."""
    claimed = session.execute(
        update(Message)
        .where(Message.id == message_id, Message.id.in_(_due(at)))
        .values(lease_until=at + LEASE, tries=Message.tries + 1)
    )
    session.commit()
    return session.get(Message, message_id) if claimed.rowcount == 1 else None  # type: ignore[attr-defined]


def _note_trouble(message: Message, error: Exception, *, at: datetime) -> None:
    refused = isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 for code, _ in error.recipients.values()
    )
    message.trouble = type(error).__name__  # its text would name the address
    message.lease_until = None
    if refused or message.tries > len(WAITS):
        message.state = MessageState.FAILED
    else:
        message.next_try_at = at + WAITS[message.tries - 1]
    log.warning("message not sent", extra={"message_id": message.id, "error": message.trouble})


def _deliver(letter: EmailMessage) -> None:
    """Raises OSError or smtplib.SMTPException."""
    where = urlsplit(settings().mail_url)
    with _connected(where) as server:
        server.ehlo()
        private = where.scheme == "smtps" or where.hostname in LOOPBACK
        if where.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
            private = True
        if where.username:
            if not private:
                raise smtplib.SMTPNotSupportedError("no encryption: the password stays here")
            server.login(unquote(where.username), unquote(where.password or ""))
        server.send_message(letter)


def _connected(where: SplitResult) -> smtplib.SMTP:
    host, port = where.hostname or "localhost", where.port or 0
    if where.scheme == "smtps":  # smtplib's own default would take any certificate
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(host, port, timeout=TIMEOUT)


def _compose(message: Message) -> EmailMessage:
    mail = EmailMessage()
    sender = settings().mail_from
    mail["Subject"] = message.subject
    mail["From"] = Address("Takeover", addr_spec=sender)
    mail["To"] = message.address
    mail["Date"] = message.written_at
    mail["Message-ID"] = make_msgid(f"takeover-{message.id}", sender.partition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    mail["Content-Language"] = message.language  # setting the content drops such headers
    return mail
