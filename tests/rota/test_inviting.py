"""The lead invites; the message is written once, with the change or not at all."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rota.inviting import InvitedAlready, invite
from rota.models import Invitation, NominationState
from takeover.states import MoveNotAllowed
from tests.cast import NOW
from tests.rota.conftest import link_in


def test_the_lead_invites_from_the_list_with_one_click(browse, cast, outbox, recorded):
    page = browse(cast.lea).get("/nominations?state=to-invite").submit("Invite")
    assert page.says("Noé Lambert is invited. The message is on its way.")
    assert page.path == "/nominations"
    assert cast.nomination.state is NominationState.INVITED
    (message,) = outbox("invitation", cast.noe)
    assert message.address == "noe@home.example"
    assert link_in(message).startswith("/invitations/")
    assert recorded("invited")[-1].by_id == cast.lea.id


def test_the_message_is_in_their_language(cast, invited, outbox):
    (message,) = outbox("invitation", cast.noe)
    assert message.language == "fr"
    assert "@a_week_at_nordwerk" in message.text


def test_clicking_twice_sends_one_message(browse, cast, outbox):
    page = browse(cast.lea).get(f"/nominations/{cast.nomination.id}")
    page.submit("Invite")
    again = page.submit("Invite")
    assert again.says("Noé Lambert is invited already. Nothing was sent twice.")
    assert len(outbox("invitation", cast.noe)) == 1


def test_what_is_rolled_back_sends_nothing(session, cast, outbox, recorded):
    before = len(recorded("invited"))
    invite(cast.nomination, session=session, by=cast.lea, at=NOW)
    session.rollback()
    assert outbox("invitation", cast.noe) == []
    assert len(recorded("invited")) == before


def test_an_expired_invitation_can_be_sent_again_with_a_new_link(
    browse, cast, session, outbox, recorded
):
    invite(cast.nomination, session=session, by=cast.lea, at=NOW - timedelta(days=22))
    session.commit()
    old = link_in(outbox("invitation", cast.noe)[0])
    page = browse(cast.lea).get(f"/nominations/{cast.nomination.id}").submit("Invite again")
    assert page.says("is invited")
    new = link_in(outbox("invitation", cast.noe)[1])
    assert new != old
    assert browse().get(old).status == 410
    assert browse().get(new).status == 200
    assert len(recorded("invited_again")) == 1


def test_as_long_as_it_can_be_answered_it_is_not_sent_again(session, cast, invited):
    with pytest.raises(InvitedAlready):
        invite(invited, session=session, by=cast.lea, at=NOW + timedelta(days=20))


def test_a_closed_nomination_is_not_invited(browse, cast, session, outbox):
    page = browse(cast.lea).get(f"/nominations/{cast.nomination.id}")
    cast.nomination.move(NominationState.WITHDRAWN, by=cast.hanna, at=NOW)
    page = page.submit("Invite")
    assert page.status == 422
    assert page.says("This nomination is closed: no invitation was sent.")
    assert outbox("invitation", cast.noe) == []
    with pytest.raises(MoveNotAllowed):
        invite(cast.nomination, session=session, by=cast.lea, at=NOW)


def test_hr_does_not_invite(browse, cast):
    browser = browse(cast.hanna)
    page = browser.get(f"/nominations/{cast.nomination.id}")
    with pytest.raises(AssertionError, match="no button"):
        page.submit("Invite")
    assert cast.nomination.state is NominationState.NOMINATED


def test_the_lead_hands_over_a_link_where_there_is_no_mailbox(
    browse, cast, session, invited, path, recorded
):
    page = browse(cast.lea).get(f"/nominations/{invited.id}").submit("Make a link")
    (link,) = [
        field.get("value", "") for field in page.tree.iter("input") if field.get("id") == "link"
    ]
    assert link.startswith("http://localhost/invitations/")
    assert browse().get(link.removeprefix("http://localhost")).status == 200
    assert browse().get(path).status == 200  # the one in the mail stays good
    (entry,) = recorded("invitation_handed_over")
    assert entry.by_id == cast.lea.id
    secret = link.rpartition("/")[2]
    assert secret not in str(entry.facts)


def test_only_the_digest_of_a_link_is_kept(session, invited, path):
    kept = session.scalars(select(Invitation.digest)).all()
    assert path.rpartition("/")[2] not in kept
    assert session.scalar(select(func.count()).select_from(Invitation)) == 2
