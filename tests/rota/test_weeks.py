"""The rota: who has the account when, and giving a week with its brief."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from briefs.models import Brief
from rota.answering import accept, consent_words
from rota.planning import give
from takeover.mail.models import Message
from takeover.people.models import Person, SignInLink
from takeover.posts.models import PostState
from takeover.weeks.giving import NotAMonday, WeekTaken, find_week
from takeover.weeks.models import Consent, Week
from tests.cast import NOW, THIS_MONDAY
from tests.preparing import an_approved_post

NEXT_MONDAY = THIS_MONDAY + timedelta(weeks=1)
PATH = f"/rota/a-week-in-a-life/{NEXT_MONDAY}"


@pytest.fixture
def willing(session, cast, invited):
    """Noé, who said yes."""
    words = consent_words(cast.programme, "fr")
    accept(invited, session=session, words=words, language="fr", at=NOW)
    session.commit()
    return cast.noe


def test_the_rota_shows_weeks_from_this_one_on(browse, cast):
    page = browse(cast.lea).get("/rota")
    rows = [item for item in page.tree.iter("li") if "week" in item.get("class", "").split()]
    assert len(rows) == 12
    assert page.says("Zofia Kowalczyk")
    assert page.says("Welder, Poland")
    assert page.says("11 open weeks here.")


def test_a_running_week_is_on_air_once_something_is_on_the_account(browse, cast, session):
    post = an_approved_post(session, cast)
    page = browse(cast.lea).get("/rota")
    assert page.says("Their week now")
    assert not page.says("On air")

    post.move(PostState.PUBLISHING, by=None, at=NOW)
    post.published_at = NOW
    post.move(PostState.PUBLISHED, by=None, at=NOW)
    session.commit()
    page = browse(cast.lea).get("/rota")
    assert page.says("On air")
    assert not page.says("Their week now")


def test_the_lead_reads_that_a_running_week_is_given_for_good(browse, cast, session, willing):
    sentence = "Once you give it, it cannot be taken back."
    assert not browse(cast.lea).get(PATH).says(sentence)
    with time_machine.travel("2026-11-29 22:59:00+00:00", tick=True):
        assert not browse(cast.lea).get(PATH).says(sentence)
    with time_machine.travel("2026-11-29 23:00:00+00:00", tick=True):  # Monday in Paris
        page = browse(cast.lea).get(PATH)
        assert page.text.index(sentence) < page.text.index("Noé Lambert")
        page = page.submit("Give", person=willing.id)
    assert page.path == "/rota"


def test_earlier_and_later_weeks_are_a_click_away(browse, cast):
    page = browse(cast.lea).get("/rota")
    assert page.follow("Earlier weeks").says("Nobody had it")
    assert not page.follow("Later weeks").says("Zofia")
    assert page.follow("Later weeks").follow("Earlier weeks").says("Zofia")


def test_the_lead_gives_a_week_to_somebody_who_said_yes(
    browse, cast, session, willing, outbox, recorded
):
    rota = browse(cast.lea).get("/rota")
    assert f'href="{PATH}"' in rota.html
    page = rota.browser.get(PATH)
    assert page.says("Who has the week of")
    page = page.submit("Give", person=willing.id)
    assert page.path == "/rota"
    assert page.says("Their brief is on its way.")
    week = find_week(session, cast.programme, NEXT_MONDAY)
    assert week
    assert week.person_id == willing.id
    assert recorded("week_given")[-1].by_id == cast.lea.id
    assert recorded("brief_composed")[-1].by_id == cast.lea.id
    assert len(outbox("brief", willing)) == 1


def test_those_without_a_week_come_first(browse, cast, willing):
    page = browse(cast.lea).get(PATH)
    assert page.text.index("Noé Lambert") < page.text.index("Zofia Kowalczyk")
    assert page.says("Apprentice")
    assert page.says("None yet")
    assert not page.says("Sam Stranger")


def test_whoever_did_not_say_yes_is_given_nothing(browse, cast, session, outbox):
    page = browse(cast.lea).get(PATH).submit("Give", person=cast.noe.id)
    assert page.status == 422
    assert page.says("Noé Lambert has not said yes, or has taken it back.")
    assert find_week(session, cast.programme, NEXT_MONDAY) is None
    assert outbox("brief", cast.noe) == []


@pytest.mark.parametrize("person", ["", "x", "999999", "-1"])
def test_nobody_is_nobody(browse, cast, person):
    page = browse(cast.lea).get(PATH).submit("Give", person=person)
    assert page.status == 422
    assert page.says("Choose somebody of the list.")


def test_a_week_that_is_taken_says_whose_it_is(browse, cast, session, willing, outbox):
    page = browse(cast.lea).get(PATH)
    give(cast.programme, cast.zofia, session=session, starts_on=NEXT_MONDAY, by=cast.lea, at=NOW)
    session.commit()
    page = page.submit("Give", person=willing.id)
    assert page.status == 422
    assert page.says("Zofia Kowalczyk has this week.")
    assert page.says("Somebody was faster: nothing was changed.")
    assert outbox("brief", willing) == []


def test_a_week_that_is_over_is_given_to_nobody(browse, cast, willing):
    path = f"/rota/a-week-in-a-life/{THIS_MONDAY - timedelta(weeks=1)}"
    assert browse(cast.lea).get(path).says("This week is over.")
    page = browse(cast.lea).get(PATH)
    with time_machine.travel(NOW + timedelta(days=21), tick=True):
        late = browse(cast.lea).get(PATH)
    assert late.says("This week is over.")
    assert page.says("Give")


@pytest.mark.parametrize("day", ["2026-11-24", "9999-12-27", "0001-01-01", "monday", "2026-13-01"])
def test_an_address_that_is_no_week_leads_nowhere(browse, cast, day):
    assert browse(cast.lea).get(f"/rota/a-week-in-a-life/{day}").status == 404
    assert browse(cast.lea).get(f"/rota?from={day}").status == 200


def test_another_programme_leads_nowhere(browse, cast):
    assert browse(cast.lea).get(f"/rota/another/{NEXT_MONDAY}").status == 404


def test_approvers_look_and_the_lead_plans(browse, cast):
    assert browse(cast.amir).get("/rota").says("Zofia Kowalczyk")
    assert "Give this week" not in browse(cast.amir).get("/rota").text
    assert browse(cast.amir).get(PATH).status == 403


@pytest.mark.parametrize("who", ["hanna", "olga", "ada", "zofia", "stranger"])
def test_the_rota_is_for_comms_alone(browse, cast, who):
    assert browse(getattr(cast, who)).get("/rota").status == 403


def test_a_week_to_come_is_taken_back_and_its_person_told(
    browse, cast, session, willing, outbox, recorded
):
    browser = browse(cast.lea)
    page = browser.get(PATH).submit("Give", person=willing.id)
    page = page.submit("Take the week back")
    assert page.says("The week is open again. Noé Lambert is told.")
    assert find_week(session, cast.programme, NEXT_MONDAY) is None
    (message,) = outbox("week_taken_back", willing)
    assert message.language == "fr"
    assert recorded("week_taken_back")[-1].by_id == cast.lea.id


def test_what_was_prepared_for_it_does_not_go_out_and_its_slots_are_free(
    browse, cast, session, willing
):
    week = give(
        cast.programme, cast.zofia, session=session, starts_on=NEXT_MONDAY, by=cast.lea, at=NOW
    )
    session.commit()
    post = an_approved_post(session, cast, week=week)
    slot = post.slot_at
    browse(cast.lea).get("/rota").submit("Take the week back")
    assert post.state is PostState.WITHDRAWN
    his = give(cast.programme, willing, session=session, starts_on=NEXT_MONDAY, by=cast.lea, at=NOW)
    session.commit()
    assert an_approved_post(session, cast, week=his, caption="Mine").slot_at == slot


def test_a_week_that_has_begun_stays_theirs(browse, cast, session, willing):
    give(cast.programme, willing, session=session, starts_on=NEXT_MONDAY, by=cast.lea, at=NOW)
    session.commit()
    page = browse(cast.lea).get("/rota")
    with time_machine.travel(NOW + timedelta(days=5), tick=True):
        page.browser = browse(cast.lea)
        again = page.browser.get("/rota")
        with pytest.raises(AssertionError, match="no button"):
            again.submit("Take the week back")
        token = page.browser.get("/nominations/new")
        token = next(
            f.get("value") for f in token.tree.iter("input") if f.get("name") == "csrf_token"
        )
        week = find_week(session, cast.programme, NEXT_MONDAY)
        late = page.browser.post(f"/rota/weeks/{week.id}/take-back", csrf_token=token)
    assert late.status == 422
    assert late.says("The week of Noé Lambert has begun, so it stays theirs.")
    assert find_week(session, cast.programme, NEXT_MONDAY)


def test_week_brief_link_and_messages_are_all_or_nothing(session, cast, willing, outbox):
    def everything():
        kinds = (Week, Brief, Message, SignInLink, Consent)
        return [session.scalar(select(func.count()).select_from(kind)) for kind in kinds]

    before = everything()
    give(cast.programme, willing, session=session, starts_on=NEXT_MONDAY, by=cast.lea, at=NOW)
    assert everything() != before
    session.rollback()
    assert everything() == before


def test_a_week_begins_on_a_monday(session, cast, willing):
    with pytest.raises(NotAMonday):
        give(
            cast.programme,
            willing,
            session=session,
            starts_on=date(2026, 12, 1),
            by=cast.lea,
            at=NOW,
        )


def test_the_same_person_may_have_a_second_week_but_no_week_has_two(session, cast, willing):
    give(cast.programme, cast.zofia, session=session, starts_on=NEXT_MONDAY, by=cast.lea, at=NOW)
    with pytest.raises(WeekTaken):
        give(cast.programme, willing, session=session, starts_on=NEXT_MONDAY, by=cast.lea, at=NOW)


def test_hundreds_of_people_are_a_page_at_a_time_and_can_be_searched(browse, cast, session):
    session.execute(
        Person.__table__.insert(),
        [
            {
                "id": 1000 + n,
                "name": f"Person {n:03}",
                "email": f"p{n}@home.example",
                "created_at": NOW,
                "language": "en",
                "timezone": "UTC",
                "country": "FR",
                "job": "Welder",
                "workplace": "",
                "session_epoch": 0,
            }
            for n in range(120)
        ],
    )
    session.execute(
        Consent.__table__.insert(),
        [
            {
                "person_id": 1000 + n,
                "programme_id": cast.programme.id,
                "words": "yes",
                "version": "1",
                "language": "en",
                "given_at": NOW,
            }
            for n in range(120)
        ],
    )
    session.commit()
    page = browse(cast.lea).get(PATH)
    assert page.says("Page 1 of 3")
    assert page.follow("Next").says("Person 050")
    assert browse(cast.lea).get(PATH + "?search=welder+077").says("Person 077")
    assert browse(cast.lea).get("/rota").says("120 people said yes and have had no week yet.")
