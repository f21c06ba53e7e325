"""What every message has in common, whatever it tells."""

import re

import pytest
from sqlalchemy import select

import rota.inviting
from takeover.mail.models import Message
from takeover.people.mailing import send_link
from tests.cast import NOW


@pytest.fixture
def invitation(session, cast):
    rota.inviting.invite(cast.nomination, session=session, by=cast.lea, at=NOW)
    session.commit()
    return session.scalar(select(Message).where(Message.person_id == cast.noe.id))


@pytest.mark.parametrize(
    ("name", "called"),
    [("James Okonkwo", "James"), ("Björk", "Björk"), ("Nguyễn Thị Minh Khai", "Nguyễn")],
)
def test_people_are_greeted_by_the_first_word_of_their_name(session, cast, name, called):
    cast.zofia.name = name
    send_link(session, cast.zofia, by=None, at=NOW)
    session.commit()

    message = session.scalars(select(Message).where(Message.kind == "sign_in")).one()

    assert message.text.startswith(f"Hello {called},\n")
    assert f">Hello {called},<" in message.html


def test_every_kind_of_message_greets_alike(app):
    for template in app.jinja_env.list_templates():
        if re.fullmatch(r"mail/(?!layout).*\.txt", template):
            source, _, _ = app.jinja_env.loader.get_source(app.jinja_env, template)
            assert '_("Hello %(name)s,", name=first_name)' in source, template


def test_its_foot_names_the_programme_and_where_an_answer_goes(app, cast, invitation):
    for said in (invitation.text, invitation.html):
        foot = said.rpartition("A week in a life of…")[2]
        assert "Takeover" in foot
        assert "takeover@localhost" in foot


def test_a_message_about_no_programme_has_a_foot_too(session, cast):
    send_link(session, cast.zofia, by=None, at=NOW)
    session.commit()

    message = session.scalars(select(Message).where(Message.kind == "sign_in")).one()

    assert message.text.rstrip().endswith(
        "Takeover\nA question? Answer this message: your answer goes to takeover@localhost."
    )


def test_a_long_address_breaks_at_its_joints_and_stays_whole_for_who_follows_it(invitation):
    (link,) = re.findall(r"http://localhost/invitations/\S+", invitation.text)

    assert f'href="{link}"' in invitation.html
    assert "http://<wbr>localhost/<wbr>invitations/<wbr>" in invitation.html.replace(" />", ">")
