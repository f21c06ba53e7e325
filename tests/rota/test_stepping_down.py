"""Taking a yes back: at any time, with one confirmation, at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from rota.answering import step_down
from rota.models import Nomination, NominationState
from rota.planning import give
from takeover.i18n import week_span
from takeover.posts.models import PostState
from takeover.weeks.giving import NoConsent, find_week, take_back
from tests.cast import NOW, THIS_MONDAY
from tests.preparing import a_draft, a_submitted_post, an_approved_post
from tests.rota.conftest import link_in


def test_they_read_what_they_said_yes_to_word_for_word(browse, cast):
    page = browse(cast.zofia).get("/account").follow("Your consent")
    assert page.says(" ".join(cast.consent.words.split()))


def test_one_confirmation_takes_it_back(browse, cast, session, recorded):
    page = browse(cast.zofia).get("/consent").submit("Yes, stop now")
    assert page.says("Everything of yours that was waiting has stopped.")
    assert page.says("Taken back")
    assert cast.consent.withdrawn_at is not None
    nomination = session.scalars(
        select(Nomination).where(Nomination.person_id == cast.zofia.id)
    ).one()
    assert nomination.state is NominationState.STEPPED_DOWN
    assert recorded("consent_withdrawn")[0].by_id == cast.zofia.id
    assert recorded("week_taken_back")[0].by_id == cast.zofia.id


def test_twice_is_once(browse, cast, recorded):
    page = browse(cast.zofia).get("/consent")
    page.submit("Yes, stop now")
    page.submit("Yes, stop now")
    assert len(recorded("consent_withdrawn")) == 1


def test_the_week_is_free_at_once_and_the_leads_are_told(browse, cast, session, outbox):
    browse(cast.zofia).get("/consent").submit("Yes, stop now")
    assert find_week(session, cast.programme, THIS_MONDAY) is None
    (message,) = outbox("stepped_down", cast.lea)
    assert "Zofia Kowalczyk" in message.text
    assert week_span(cast.week.starts_on, cast.week.ends_on) in message.text
    assert link_in(message) == "/rota"


def test_after_their_week_the_leads_are_told_that_something_may_have_to_come_down(
    browse, cast, session, outbox
):
    cast.week.starts_on = THIS_MONDAY - timedelta(weeks=2)
    session.commit()
    browse(cast.zofia).get("/consent").submit("Yes, stop now")
    (message,) = outbox("stepped_down", cast.lea)
    assert "taken down" in message.text
    assert "Open again" not in message.text
    assert cast.week.taken_back_at is None  # they had it; that stays true


def test_whoever_had_no_week_troubles_nobody(browse, cast, session, outbox):
    take_back(cast.week, by=cast.lea, at=NOW, even_begun=True)
    session.commit()
    browse(cast.zofia).get("/consent").submit("Yes, stop now")
    assert outbox("stepped_down", cast.lea) == []


def test_nobody_takes_back_the_yes_of_another(browse, cast):
    browser = browse(cast.amir)
    assert not browser.get("/consent").says(cast.consent.words.partition("\n")[0])
    form = browser.get("/sign-in/link/none")  # any page with a form
    token = next(f.get("value") for f in form.tree.iter("input") if f.get("name") == "csrf_token")
    answer = browser.post(f"/consent/{cast.consent.id}/take-back", csrf_token=token)
    assert answer.status == 404
    assert cast.consent.stands


def test_a_stranger_learns_nothing(browse, cast):
    assert browse().get("/consent").status == 403


def test_no_consent_no_week(session, cast, browse):
    browse(cast.zofia).get("/consent").submit("Yes, stop now")
    with pytest.raises(NoConsent):
        give(
            cast.programme,
            cast.zofia,
            session=session,
            starts_on=THIS_MONDAY + timedelta(weeks=1),
            by=cast.lea,
            at=NOW,
        )


@pytest.mark.parametrize("bring", [a_draft, a_submitted_post, an_approved_post])
def test_everything_of_theirs_that_waits_stops(browse, cast, session, bring, recorded):
    post = bring(session, cast)
    browse(cast.zofia).get("/consent").submit("Yes, stop now")
    assert post.state is PostState.WITHDRAWN
    assert post.slot_at is None
    assert recorded("withdrawn")[-1].object_id == post.id


def test_what_waits_of_a_week_that_is_over_stops_too(browse, cast, session):
    post = a_submitted_post(session, cast)
    cast.week.starts_on = THIS_MONDAY - timedelta(weeks=2)
    session.commit()
    browse(cast.zofia).get("/consent").submit("Yes, stop now")
    assert post.state is PostState.WITHDRAWN
    assert cast.week.taken_back_at is None


def test_it_is_all_or_nothing(cast, session, recorded):
    post = an_approved_post(session, cast)
    step_down(cast.consent, session=session, by=cast.zofia, at=NOW)
    session.rollback()
    assert cast.consent.stands
    assert post.state is PostState.APPROVED
    assert recorded("consent_withdrawn") == []
