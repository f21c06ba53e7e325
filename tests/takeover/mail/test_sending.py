"""The outbox against a real SMTP server on loopback."""

import email
import re
import socket
import ssl
from dataclasses import replace
from datetime import timedelta
from email import policy
from ipaddress import ip_address

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

import rota.inviting
from takeover.app import create_app
from takeover.db import db
from takeover.mail.models import Message, MessageState
from takeover.mail.sending import send
from takeover.mail.writing import write
from takeover.schedule import run_once
from tests import cast as company
from tests.cast import NOW
from tests.conftest import settings_for

# The server on loopback has no certificate; the one of a company has.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


class Mailbox:
    """What the server was given."""

    def __init__(self):
        self.letters = []
        self.refuse = ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        letter = email.message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append((envelope.rcpt_tos, letter))
        return "250 taken"


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def smtp(mailbox):
    server = Server(mailbox)
    server.start()
    yield server
    server.stop()


class Server:
    """An SMTP server on a port of its own, that can go away and come back."""

    def __init__(self, mailbox):
        self.mailbox = mailbox
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def start(self):
        self._controller = Controller(
            self.mailbox,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=self._check,
            auth_require_tls=False,
            auth_required=True,
        )
        self._controller.start()

    def stop(self):
        self._controller.stop()

    def _check(self, server, session, envelope, mechanism, data):
        good = data.login == b"takeover" and data.password == b"p@ss/word"
        return AuthResult(success=good, handled=False)


@pytest.fixture
def app(database, smtp, tmp_path):
    """The application, with a real way out for its messages."""
    database.empty()
    app = create_app(
        settings_for(
            database.url,
            tmp_path,
            mail_url=f"smtp://takeover:p%40ss%2Fword@127.0.0.1:{smtp.port}",
            mail_from="takeover@nordwerk.example",
        )
    )
    with time_machine.travel(NOW, tick=True), app.app_context():
        yield app
        db.session.close()
        db.engine.dispose()


@pytest.fixture
def cast(app, database, session):
    """The cast, whose own messages are not waited for."""
    database.fill(lambda: company.gather(session))
    gathered = company.find(session)
    for message in session.scalars(select(Message).order_by(Message.id)):
        message.state = MessageState.SENT
    session.commit()
    return gathered


def invite(session, cast):
    """Noé's invitation, as it waits in the outbox."""
    rota.inviting.invite(cast.nomination, session=session, by=cast.lea, at=NOW)
    session.commit()
    return session.scalar(select(Message).where(Message.person_id == cast.noe.id))


def deliver(app, session):
    """One turn of the clock."""
    session.commit()
    run_once(app, "send_mail")
    session.expire_all()


def test_it_delivers_a_message_once_in_the_readers_language(app, session, cast, mailbox):
    message = invite(session, cast)

    deliver(app, session)
    deliver(app, session)

    ((recipients, letter),) = mailbox.letters
    assert recipients == ["noe@home.example"]
    assert letter["From"] == "Takeover <takeover@nordwerk.example>"
    assert letter["Content-Language"] == "fr"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Subject"]
    text = letter.get_body(("plain",)).get_content()
    html = letter.get_body(("html",)).get_content()
    (link,) = re.findall(r"http://localhost/invitations/\S+", text)
    assert f'href="{link}"' in html
    session.expire_all()
    assert message.state is MessageState.SENT


def test_what_was_sent_is_not_kept_with_its_links(app, session, cast, mailbox):
    message = invite(session, cast)

    deliver(app, session)

    session.expire_all()
    assert message.text == message.html == ""


def test_a_message_that_is_being_sent_is_not_sent_by_another_worker(app, session, cast, mailbox):
    message = invite(session, cast)
    message.lease_until = NOW + timedelta(minutes=1)
    session.commit()

    send(message.id)

    assert mailbox.letters == []


def test_a_message_that_a_dead_worker_held_is_sent_after_all(app, session, cast, mailbox):
    message = invite(session, cast)
    message.lease_until = NOW - timedelta(seconds=1)
    session.commit()

    deliver(app, session)

    assert len(mailbox.letters) == 1


def test_while_the_server_is_away_it_waits_and_tries_again(app, session, cast, mailbox, smtp):
    message = invite(session, cast)
    smtp.stop()

    deliver(app, session)
    session.expire_all()
    assert message.state is MessageState.WAITING
    assert message.next_try_at > NOW

    smtp.start()
    deliver(app, session)
    assert mailbox.letters == []
    with time_machine.travel(message.next_try_at + timedelta(seconds=1)):
        deliver(app, session)
    assert len(mailbox.letters) == 1


def test_an_address_that_does_not_exist_is_given_up_and_says_so(app, session, cast, mailbox):
    mailbox.refuse = "550 no such mailbox"
    message = invite(session, cast)

    deliver(app, session)

    session.expire_all()
    assert message.state is MessageState.FAILED
    assert "noe" not in message.trouble


def test_the_same_message_is_written_once(app, session, cast):
    message = invite(session, cast)
    facts = {"to": cast.noe, "key": message.key, "at": NOW}

    assert write(session, message.kind, link="never asked for", **facts) is None


def test_a_name_cannot_smuggle_html_into_a_message(app, session, cast):
    cast.noe.name = "<img/src=x>&Sons Lambert"
    message = invite(session, cast)

    assert "<img/src" not in message.html
    assert "<img/src=x>&Sons" in message.text


def test_nothing_waits_in_the_database_while_the_mail_server_thinks(app, session, cast, mailbox):
    invite(session, cast)
    held, pool = [], db.engine.pool
    take = mailbox.handle_DATA

    async def think(server, state, envelope):
        held.append(pool.checkedout())
        return await take(server, state, envelope)

    mailbox.handle_DATA = think
    deliver(app, session)

    assert held == [0]


def test_a_server_whose_certificate_nobody_vouches_for_is_given_nothing(
    app, session, cast, mailbox, tmp_path
):
    """Over smtps the library's own default would believe anybody, password and all."""
    message = invite(session, cast)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path / "certificate.pem"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, mail_url=f"smtps://127.0.0.1:{port}")
    server = Trusting(mailbox, hostname="127.0.0.1", port=port, ssl_context=context)
    server.start()
    try:
        deliver(app, session)
    finally:
        server.stop()
        app.extensions["settings"] = before

    assert mailbox.letters == []
    assert message.state is MessageState.WAITING
    assert message.trouble == "SSLCertVerificationError"


class Trusting(Controller):
    """A server over TLS that makes sure it runs by asking itself, whatever its certificate."""

    def _trigger_server(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection((self.hostname, self.port), 5) as plain:
            context.wrap_socket(plain).close()


def self_signed(path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=9))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_name_with_what_no_message_can_hold_stops_no_message(app, session, cast, mailbox):
    cast.noe.name = "Noé\x07\vLambert"
    message = invite(session, cast)

    deliver(app, session)

    ((_recipients, letter),) = mailbox.letters
    assert "Noé" in letter.get_body(("plain",)).get_content()
    assert message.state is MessageState.SENT
